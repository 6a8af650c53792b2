-- What `parked list` shows: events that wait, the oldest first. A filter that is NULL lets all through;
-- `total` counts all that match, shown or not.
SELECT p.id, p.state::text, p.waits_for::text, p.waits_code::text, p.gated, p.client_id, p.kind::text,
    p.key::text, p.type::text, p.event_id, t.name, p.partition_id, p.record_offset, p.recorded_at,
    (extract(epoch FROM greatest(now() - p.recorded_at, '0')) * 1000000)::bigint AS age,
    count(*) OVER () AS total
FROM parked_events AS p JOIN topics AS t USING (topic_id)
WHERE p.state = 'waiting'
    AND ($1::uuid IS NULL OR p.client_id = $1)
    AND ($2::event_type IS NULL OR p.type = $2)
    AND ($3::parked_for IS NULL OR p.waits_for = $3)
    AND ($4::text IS NULL OR t.name = $4)
    AND p.recorded_at <= now() - $5::bigint * interval '1 microsecond'
ORDER BY p.recorded_at, p.id
LIMIT $6::bigint
