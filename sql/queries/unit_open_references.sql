INSERT INTO parked_due (topic_id, partition_id, client_id)
SELECT DISTINCT p.topic_id, p.partition_id, p.client_id
FROM unnest($1::parked_for[], $2::text[]) AS w(kind, code)
JOIN parked_events p ON p.waits_for = w.kind AND p.waits_code = w.code AND p.state = 'waiting'
ORDER BY topic_id, partition_id, client_id -- in one order for all
ON CONFLICT (topic_id, partition_id, client_id) DO UPDATE SET stamp = excluded.stamp
