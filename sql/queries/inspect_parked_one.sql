-- What `parked show` tells of one event, whatever became of it.
SELECT p.id, p.state::text, p.waits_for::text, p.waits_code::text, p.gated, p.client_id, p.kind::text,
    p.key::text, p.type::text, p.event_id, t.name, p.partition_id, p.record_offset, p.recorded_at,
    (extract(epoch FROM greatest(coalesce(p.resolved_at, now()) - p.recorded_at, '0')) * 1000000)::bigint AS age,
    1::bigint AS total, p.first_wait::text, p.ledger_seq, p.record_time, p.resolved_at, p.resolved_seq,
    p.record_key, p.record_value, p.erased_by
FROM parked_events AS p JOIN topics AS t USING (topic_id)
WHERE p.id = $1::bigint
