DELETE FROM parked_due d
USING unnest($3::uuid[], $4::bigint[]) AS w(client_id, stamp)
WHERE d.topic_id = $1 AND d.partition_id = $2 AND d.client_id = w.client_id AND d.stamp = w.stamp
