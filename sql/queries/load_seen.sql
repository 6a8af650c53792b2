-- Several dead letters may carry one id: the one with the very content asked for comes first. One that
-- was applied later is in the log; a waiting event has not seen itself. IS NOT DISTINCT FROM leaves only the
-- index that begins with the event's id: by the client's the planner would read all that waits of it.
SELECT w.ordinal::integer, coalesce(e.content_hash, g.content_hash), p.content_hash, d.content_hash
FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::bigint[])
    WITH ORDINALITY AS w(event_id, client_id, content_hash, parked_id, ordinal)
LEFT JOIN events e ON e.event_id = w.event_id AND e.client_id = w.client_id
LEFT JOIN processing_logs g ON g.event_id = w.event_id AND g.client_id = w.client_id
LEFT JOIN LATERAL (
    SELECT q.content_hash
    FROM parked_events q
    WHERE q.event_id = w.event_id AND q.client_id IS NOT DISTINCT FROM w.client_id AND q.state = 'waiting' AND q.id <> w.parked_id
    LIMIT 1) p ON true
LEFT JOIN LATERAL (
    SELECT l.content_hash
    FROM dead_letters l
    WHERE l.client_id = w.client_id AND l.event_id = w.event_id AND l.content_hash IS NOT NULL
    ORDER BY l.content_hash = w.content_hash DESC
    LIMIT 1) d ON true
