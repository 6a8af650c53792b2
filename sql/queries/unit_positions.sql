-- Compare and set, first of all: whoever lost a partition stops here. The ledger gets the rows that
-- were moved and no others, so a fenced writer meets this error and not one of the ledger's key.
WITH wanted AS (
    SELECT * FROM unnest($1::smallint[], $2::integer[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                         $7::timestamptz[], $8::event_cause[], $9::integer[], $10::integer[], $11::integer[],
                         $12::integer[], $13::integer[], $14::integer[], $15::int8multirange[],
                         $16::int8multirange[], $17::int8range[], $18::bytea[], $19::bigint[], $20::bytea[])
        AS w(topic_id, partition_id, epoch, seq, first_offset, next_offset, recorded_at, cause, consumed,
             appended, logged, duplicated, parked, rejected, duplicates, gaps, lost, digest,
             anchor_offset, anchor_digest)
), moved AS (
    UPDATE consumer_offsets o
    SET next_offset = w.next_offset, ledger_seq = w.seq, chain = w.digest, recorded_at = w.recorded_at,
        anchor_offset = CASE WHEN w.anchor_offset < 0 THEN o.anchor_offset ELSE w.anchor_offset END,
        anchor_digest = CASE WHEN w.anchor_offset < 0 THEN o.anchor_digest ELSE w.anchor_digest END,
        consumed = o.consumed + w.consumed, appended = o.appended + w.appended,
        logged = o.logged + w.logged, duplicated = o.duplicated + w.duplicated,
        parked = o.parked + w.parked, rejected = o.rejected + w.rejected,
        lost = o.lost + CASE WHEN isempty(w.lost) THEN 0 ELSE upper(w.lost) - lower(w.lost) END
    FROM wanted w
    WHERE o.topic_id = w.topic_id AND o.partition_id = w.partition_id
      AND o.next_offset = w.first_offset AND o.epoch = w.epoch
    RETURNING w.*
), booked AS (
    INSERT INTO ingest_ledger (topic_id, partition_id, seq, first_offset, next_offset, recorded_at, cause,
        consumed, appended, logged, duplicated, parked, rejected, duplicates, gaps, lost, digest)
    SELECT topic_id, partition_id, seq, first_offset, next_offset, recorded_at, cause,
        consumed, appended, logged, duplicated, parked, rejected, duplicates, gaps, lost, digest
    FROM moved
)
SELECT secretmagic_require((SELECT count(*) FROM moved), cardinality($1::smallint[]), 'SM001', 'positions')
