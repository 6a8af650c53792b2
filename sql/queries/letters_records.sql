-- The same with the records as they came, some at a time: `dead-letters show` and `export`.
SELECT d.id, d.state::text, d.code::text, d.field, d.value, d.reason, d.client_id, d.type, d.event_id, t.name,
    d.partition_id, d.record_offset, d.recorded_at,
    (extract(epoch FROM greatest(now() - d.recorded_at, '0')) * 1000000)::bigint AS age, d.attempts, d.erased_by,
    d.ledger_seq, d.record_time, d.record_key, d.record_value
FROM dead_letters AS d JOIN topics AS t USING (topic_id)
WHERE d.id = ANY ($1::bigint[]) AND d.id > $2::bigint
ORDER BY d.id
LIMIT $3::bigint
