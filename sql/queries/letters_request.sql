-- Asks for these dead letters to be tried again ($2: retried or forced). Tells of each: its state, whether
-- it is erased, the request that stood already (0: none) and the new one (0: none was made).
WITH chosen AS (
    SELECT id, topic_id, partition_id, state, erased_by FROM dead_letters
    WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE
), made AS (
    INSERT INTO operator_requests (dead_letter_id, topic_id, partition_id, action, actor, reason)
    SELECT id, topic_id, partition_id, $2, $3, $4 FROM chosen
    WHERE state = 'open' AND erased_by IS NULL
    ORDER BY id
    ON CONFLICT DO NOTHING
    RETURNING id, dead_letter_id
)
SELECT c.id, c.state::text, c.erased_by IS NOT NULL, coalesce(r.id, 0), coalesce(m.id, 0)
FROM chosen AS c
LEFT JOIN made AS m ON m.dead_letter_id = c.id
LEFT JOIN operator_requests AS r ON r.dead_letter_id = c.id AND r.done_at IS NULL
ORDER BY c.id
