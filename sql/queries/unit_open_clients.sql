INSERT INTO parked_due (topic_id, partition_id, client_id)
SELECT DISTINCT p.topic_id, p.partition_id, p.client_id
FROM unnest($1::uuid[]) AS w(client_id)
JOIN parked_events p ON p.client_id = w.client_id AND p.state = 'waiting'
ON CONFLICT (topic_id, partition_id, client_id) DO UPDATE SET stamp = excluded.stamp
