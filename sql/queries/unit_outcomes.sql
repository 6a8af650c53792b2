-- Each is still to be done. A dead letter that is rejected again stays open; each attempt is counted.
-- What was handed out before its dead letter was erased must not be applied afterwards.
WITH wanted AS (
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
        AS w(id, dead_letter_id, outcome, code, detail, recorded_at)
), done AS (
    UPDATE operator_requests r
    SET done_at = w.recorded_at, outcome = w.outcome, code = w.code, detail = w.detail
    FROM wanted w
    WHERE r.id = w.id AND r.done_at IS NULL
    RETURNING r.id
), letters AS (
    UPDATE dead_letters d
    SET attempts = d.attempts + 1,
        state = CASE WHEN w.outcome = 'rejected' THEN d.state ELSE 'retried' END
    FROM wanted w
    WHERE d.id = w.dead_letter_id AND d.state = 'open'
      AND (d.erased_by IS NULL OR w.code = 'VALUE_MISSING')
    RETURNING d.id
)
SELECT secretmagic_require((SELECT count(*) FROM done) + (SELECT count(*) FROM letters),
    cardinality($1::bigint[]) + (SELECT count(*) FROM wanted WHERE dead_letter_id IS NOT NULL), 'SM002', 'requests')
