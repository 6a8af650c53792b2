-- One statement, so that nobody can come between reading a position and owning it.
-- mode: 0 claim, 1 resume (only at our own epoch), 2 create (if there is a row by now, claim).
-- The update waits for a transaction that holds the row and sees what it has committed.
WITH me AS (
    SELECT backend_start FROM pg_stat_get_activity(pg_backend_pid())
), wanted AS (
    SELECT * FROM unnest($1::smallint[], $2::integer[], $3::smallint[], $4::bigint[], $5::bigint[], $6::bytea[])
        WITH ORDINALITY AS w(topic_id, partition_id, mode, epoch, low, digest, ordinal)
    ORDER BY topic_id, partition_id -- one order for all, so that two cannot block each other
), taken AS (
    UPDATE consumer_offsets o
    SET epoch = o.epoch + 1, owner = $7, owner_pid = pg_backend_pid(), owner_started = me.backend_start,
        taken_at = now(), stopped_at = NULL, stopped_reason = NULL,
        waits_since = NULL, waits_reason = NULL,
        -- A claim at the position of the one before, or at a record that was tried alone: somebody died.
        claims = CASE WHEN w.mode = 1 THEN o.claims
                      WHEN o.claimed_offset = o.next_offset THEN o.claims + 1 ELSE 1 END,
        claimed_offset = o.next_offset,
        trials = CASE WHEN w.mode = 1 THEN o.trials
                      WHEN o.trial_offset = o.next_offset THEN o.trials + 1 ELSE 0 END
    FROM wanted w, me
    WHERE o.topic_id = w.topic_id AND o.partition_id = w.partition_id
      AND w.mode <> 2 AND (w.mode <> 1 OR o.epoch = w.epoch)
    RETURNING o.*
), created AS (
    INSERT INTO consumer_offsets AS o (topic_id, partition_id, next_offset, epoch, owner, owner_pid,
        owner_started, ledger_seq, chain, recorded_at, anchor_digest, proven_digest, claims,
        claimed_offset, lost)
    SELECT w.topic_id, w.partition_id, w.low, 1, $7, pg_backend_pid(), me.backend_start,
           CASE WHEN w.low > 0 THEN 1 ELSE 0 END, w.digest,
           CASE WHEN w.low > 0 THEN $8::timestamptz END, decode(repeat('00', 32), 'hex'),
           decode(repeat('00', 32), 'hex'), 1, w.low, w.low
    FROM wanted w, me
    WHERE w.mode = 2
    ON CONFLICT (topic_id, partition_id) DO UPDATE
    SET epoch = o.epoch + 1, owner = excluded.owner, owner_pid = excluded.owner_pid,
        owner_started = excluded.owner_started, taken_at = now(), stopped_at = NULL, stopped_reason = NULL,
        waits_since = NULL, waits_reason = NULL,
        claims = CASE WHEN o.claimed_offset = o.next_offset THEN o.claims + 1 ELSE 1 END,
        claimed_offset = o.next_offset,
        trials = CASE WHEN o.trial_offset = o.next_offset THEN o.trials + 1 ELSE 0 END
    RETURNING o.*
), booked AS (
    -- A new row, and no other, has epoch 1: what lies below its position is lost, and is on the books.
    INSERT INTO ingest_ledger (topic_id, partition_id, seq, first_offset, next_offset, recorded_at, cause,
        consumed, resolved, appended, logged, duplicated, parked, rejected, duplicates, gaps, lost, digest)
    SELECT topic_id, partition_id, 1, 0, next_offset, recorded_at, 'live', 0, 0, 0, 0, 0, 0, 0, '{}', '{}',
           int8range(0, next_offset), chain
    FROM created
    WHERE epoch = 1 AND next_offset > 0
), mine AS (
    SELECT * FROM taken UNION ALL SELECT * FROM created
)
SELECT w.ordinal::integer, m.epoch IS NOT NULL,
       EXISTS (SELECT FROM consumer_offsets o
               WHERE o.topic_id = w.topic_id AND o.partition_id = w.partition_id),
       w.topic_id, m.epoch, m.next_offset, m.ledger_seq, m.chain, m.recorded_at, m.anchor_offset, m.anchor_digest,
       m.claims, m.trials, m.proven_offset, m.proven_digest,
       EXISTS (SELECT FROM consumer_offsets o
               WHERE o.topic_id = w.topic_id AND o.partition_id = w.partition_id AND o.owner = $7)
FROM wanted w
LEFT JOIN mine m ON m.topic_id = w.topic_id AND m.partition_id = w.partition_id
