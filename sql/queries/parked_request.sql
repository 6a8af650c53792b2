-- Asks for these events to wait no longer. Columns as in letters_request.sql.
WITH chosen AS (
    SELECT id, topic_id, partition_id, state FROM parked_events
    WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE
), made AS (
    INSERT INTO operator_requests (parked_id, topic_id, partition_id, action, actor, reason)
    SELECT id, topic_id, partition_id, $2, $3, $4 FROM chosen WHERE state = 'waiting'
    ORDER BY id
    ON CONFLICT DO NOTHING
    RETURNING id, parked_id
)
SELECT c.id, c.state::text, false, coalesce(r.id, 0), coalesce(m.id, 0)
FROM chosen AS c
LEFT JOIN made AS m ON m.parked_id = c.id
LEFT JOIN operator_requests AS r ON r.parked_id = c.id AND r.done_at IS NULL
ORDER BY c.id
