-- What `dead-letters list` shows of each, the oldest first.
SELECT d.id, d.state::text, d.code::text, d.field, d.value, d.reason, d.client_id, d.type, d.event_id, t.name,
    d.partition_id, d.record_offset, d.recorded_at,
    (extract(epoch FROM greatest(now() - d.recorded_at, '0')) * 1000000)::bigint AS age, d.attempts, d.erased_by
FROM dead_letters AS d JOIN topics AS t USING (topic_id)
WHERE d.id = ANY ($1::bigint[])
ORDER BY d.recorded_at, d.id
LIMIT $2::bigint
