-- Handing a request out is counted before anybody looks at its record: one that the program died of, or
-- could not finish, comes alone the next time, and after the fifth time not at all. What went on before it
-- could expire is not handed out either.
WITH asked AS (
    SELECT r.id, r.attempts, p.state
    FROM operator_requests r
    LEFT JOIN parked_events p ON p.id = r.parked_id
    WHERE r.topic_id = $1 AND r.partition_id = $2 AND r.action = $3 AND r.id > $4 AND r.done_at IS NULL
    ORDER BY r.id
    LIMIT $5
), too_late AS (
    UPDATE operator_requests r SET done_at = now(), outcome = 'too_late', detail = format('it is %s already', a.state)
    FROM asked a
    WHERE r.id = a.id AND a.state <> 'waiting'
), mine AS (
    SELECT id, attempts FROM asked WHERE state IS NULL OR state = 'waiting'
), given_up AS (
    UPDATE operator_requests r SET done_at = now(), outcome = 'died'
    FROM mine m
    WHERE r.id = m.id AND m.attempts >= 5
), handed AS (
    UPDATE operator_requests r SET attempts = r.attempts + 1
    FROM (SELECT id FROM mine WHERE attempts < 5 ORDER BY id
          LIMIT CASE WHEN EXISTS (SELECT FROM mine WHERE attempts > 0) THEN 1 ELSE $5 END) m
    WHERE r.id = m.id
    RETURNING r.id, r.dead_letter_id, r.parked_id
)
SELECT coalesce(p.id, 0), coalesce(d.record_offset, p.record_offset), coalesce(d.record_time, p.record_time),
       CASE WHEN d.id IS NULL THEN p.record_key ELSE d.record_key END,
       CASE WHEN d.id IS NULL THEN p.record_value ELSE d.record_value END,
       coalesce(d.header_names, p.header_names), coalesce(d.header_values, p.header_values),
       coalesce(d.id, 0), h.id, p.client_id, p.waits_for, p.waits_code
FROM handed h
LEFT JOIN dead_letters d ON d.id = h.dead_letter_id
LEFT JOIN parked_events p ON p.id = h.parked_id
ORDER BY h.id
