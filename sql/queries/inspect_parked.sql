-- What `parked list` shows: events that wait, the oldest first. A filter that is NULL lets all through;
-- `total` counts all that match, shown or not, apart from the sorting: a window would carry every row.
WITH matching AS NOT MATERIALIZED (
    SELECT p.*, t.name
    FROM parked_events AS p JOIN topics AS t USING (topic_id)
    WHERE p.state = 'waiting'
        AND ($1::uuid IS NULL OR p.client_id = $1)
        AND ($2::event_type IS NULL OR p.type = $2)
        AND ($3::parked_for IS NULL OR p.waits_for = $3)
        AND ($4::text IS NULL OR t.name = $4)
        AND p.recorded_at <= now() - $5::bigint * interval '1 microsecond')
SELECT id, state::text, waits_for::text, waits_code::text, gated, client_id, kind::text, key::text, type::text,
    event_id, name, partition_id, record_offset, recorded_at,
    (extract(epoch FROM greatest(now() - recorded_at, '0')) * 1000000)::bigint AS age,
    (SELECT count(*) FROM matching) AS total
FROM matching
ORDER BY recorded_at, id
LIMIT $6::bigint
