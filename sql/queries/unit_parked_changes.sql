-- Each still waits; one that was resolved meanwhile is a clash like that of a version. In words that fit no
-- index of what waits: the planner takes that for few, and would read all of it rather than probe by id.
WITH wanted AS (
    SELECT * FROM unnest($1::bigint[], $2::parked_state[], $3::parked_for[], $4::text[], $5::timestamptz[], $6::bigint[])
        AS w(id, state, waits_for, waits_code, recorded_at, seq)
), changed AS (
    UPDATE parked_events p
    SET state = w.state,
        waits_for = CASE WHEN w.state = 'waiting' THEN w.waits_for ELSE p.waits_for END,
        waits_code = CASE WHEN w.state = 'waiting' THEN w.waits_code ELSE p.waits_code END,
        resolved_at = CASE WHEN w.state <> 'waiting' THEN w.recorded_at END,
        resolved_seq = CASE WHEN w.state <> 'waiting' THEN w.seq END
    FROM wanted w
    WHERE p.id = w.id AND p.resolved_at IS NULL
    RETURNING p.id
)
SELECT secretmagic_require((SELECT count(*) FROM changed), cardinality($1::bigint[]), 'SM002', 'waiting events')
