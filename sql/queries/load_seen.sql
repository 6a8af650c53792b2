-- Several dead letters may carry one id: the one with the very content asked for comes first.
SELECT w.ordinal::integer, e.content_hash, d.content_hash
FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) WITH ORDINALITY AS w(event_id, client_id, content_hash, ordinal)
LEFT JOIN events e ON e.event_id = w.event_id AND e.client_id = w.client_id
LEFT JOIN LATERAL (
    SELECT l.content_hash
    FROM dead_letters l
    WHERE l.client_id = w.client_id AND l.event_id = w.event_id AND l.content_hash IS NOT NULL
    ORDER BY l.content_hash = w.content_hash DESC
    LIMIT 1) d ON true
