-- What `status` tells of the waiting room: by partition and by what is waited for.
SELECT t.name, p.partition_id, p.waits_for::text, count(*),
    (extract(epoch FROM greatest(now() - min(p.recorded_at), '0')) * 1000000)::bigint AS oldest_age
FROM parked_events AS p JOIN topics AS t USING (topic_id)
WHERE p.state = 'waiting'
GROUP BY t.name, p.partition_id, p.waits_for ORDER BY 1, 2, 3
