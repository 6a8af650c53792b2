-- What changed behind the lane's back, and what of its partitions is due: queues of the waiting room of the
-- partition that has the one due longest, before requests of operators.
WITH mine AS (
    SELECT * FROM unnest($1::smallint[], $2::integer[], $3::bigint[], $4::bigint[])
        AS w(topic_id, partition_id, epoch, next_offset)
), longest AS MATERIALIZED (
    SELECT d.topic_id, d.partition_id
    FROM parked_due d JOIN mine m ON m.topic_id = d.topic_id AND m.partition_id = d.partition_id
    ORDER BY d.stamp LIMIT 1
)
SELECT EXISTS (SELECT FROM mine m
               LEFT JOIN consumer_offsets o ON o.topic_id = m.topic_id AND o.partition_id = m.partition_id
               WHERE o.epoch IS DISTINCT FROM m.epoch OR o.next_offset IS DISTINCT FROM m.next_offset),
       due.topic_id, due.partition_id, due.cause, due.client_id, due.stamp
FROM (VALUES (1)) AS one
LEFT JOIN (
    (SELECT d.topic_id, d.partition_id, 'released' AS cause, d.client_id, d.stamp
     FROM parked_due d JOIN longest l ON l.topic_id = d.topic_id AND l.partition_id = d.partition_id
     ORDER BY d.stamp LIMIT $5)
    UNION ALL
    (SELECT r.topic_id, r.partition_id, r.action, NULL, r.id
     FROM operator_requests r JOIN mine m ON m.topic_id = r.topic_id AND m.partition_id = r.partition_id
     WHERE r.done_at IS NULL AND NOT EXISTS (SELECT FROM longest)
     ORDER BY r.id LIMIT 1)) AS due ON true
