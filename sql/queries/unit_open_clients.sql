-- From one partition of a client's waiting events to the next, a probe each: a hundred thousand of them may
-- wait on one, and every chunk that is released opens the client again. In one order for all.
WITH RECURSIVE queues AS (
    SELECT w.client_id, q.topic_id, q.partition_id
    FROM unnest($1::uuid[]) AS w(client_id),
    LATERAL (SELECT p.topic_id, p.partition_id FROM parked_events p
             WHERE p.client_id = w.client_id AND p.state = 'waiting'
             ORDER BY p.topic_id, p.partition_id LIMIT 1) q
    UNION ALL
    SELECT l.client_id, q.topic_id, q.partition_id
    FROM queues l,
    LATERAL (SELECT p.topic_id, p.partition_id FROM parked_events p
             WHERE p.client_id = l.client_id AND p.state = 'waiting'
               AND (p.topic_id, p.partition_id) > (l.topic_id, l.partition_id)
             ORDER BY p.topic_id, p.partition_id LIMIT 1) q
)
INSERT INTO parked_due (topic_id, partition_id, client_id)
SELECT topic_id, partition_id, client_id FROM queues
ORDER BY topic_id, partition_id, client_id
ON CONFLICT (topic_id, partition_id, client_id) DO UPDATE SET stamp = excluded.stamp
