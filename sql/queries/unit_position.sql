-- Compare and set, first of all: whoever lost the partition stops here. The ledger gets its row only
-- if the position moved, so a fenced writer meets this error and not one of the ledger's key.
WITH moved AS (
    UPDATE consumer_offsets o
    SET next_offset = $6::bigint, ledger_seq = $4::bigint, chain = $18::bytea, recorded_at = $7::timestamptz,
        anchor_offset = coalesce($19::bigint, o.anchor_offset),
        anchor_digest = coalesce($20::bytea, o.anchor_digest),
        consumed = o.consumed + $9::integer, appended = o.appended + $10::integer,
        logged = o.logged + $11::integer, duplicated = o.duplicated + $12::integer,
        parked = o.parked + $13::integer, rejected = o.rejected + $14::integer,
        lost = o.lost + CASE WHEN isempty($17::int8range) THEN 0 ELSE upper($17) - lower($17) END
    WHERE o.topic_id = $1::smallint AND o.partition_id = $2::integer
      AND o.epoch = $3::bigint AND o.next_offset = $5::bigint
    RETURNING 1
), booked AS (
    INSERT INTO ingest_ledger (topic_id, partition_id, seq, first_offset, next_offset, recorded_at, cause,
        consumed, appended, logged, duplicated, parked, rejected, duplicates, gaps, lost, digest)
    SELECT $1, $2, $4, $5, $6, $7, $8::event_cause, $9, $10, $11, $12, $13, $14,
           $15::int8multirange, $16::int8multirange, $17, $18
    FROM moved
    RETURNING 1
)
SELECT secretmagic_require((SELECT count(*) FROM booked), 1, 'SM001', 'position and epoch')
