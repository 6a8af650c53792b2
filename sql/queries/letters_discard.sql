-- Closes these dead letters for good, as a fact with actor and reason; nothing is deleted. Columns as in
-- letters_request.sql. One that somebody asks to be tried again at this moment is left to that request.
WITH chosen AS (
    SELECT d.id, d.topic_id, d.partition_id, d.state, r.id AS standing
    FROM dead_letters AS d
    LEFT JOIN operator_requests AS r ON r.dead_letter_id = d.id AND r.done_at IS NULL
    WHERE d.id = ANY ($1::bigint[])
), closed AS (
    UPDATE dead_letters AS d SET state = 'discarded'
    FROM chosen AS c
    WHERE d.id = c.id AND c.state = 'open' AND c.standing IS NULL
    RETURNING d.id, d.topic_id, d.partition_id
), made AS (
    INSERT INTO operator_requests (dead_letter_id, topic_id, partition_id, action, actor, reason, done_at, outcome)
    SELECT id, topic_id, partition_id, $2, $3, $4, now(), 'discarded' FROM closed ORDER BY id
    RETURNING id, dead_letter_id
)
SELECT c.id, c.state::text, false, coalesce(c.standing, 0), coalesce(m.id, 0)
FROM chosen AS c LEFT JOIN made AS m ON m.dead_letter_id = c.id
ORDER BY c.id
