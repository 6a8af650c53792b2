-- What a client's stream says of its tenant, in order.
SELECT e.version, e.event_id, e.type::text, e.created_at, e.actor::text, e.data::text
FROM events e WHERE e.client_id = $1::uuid AND e.kind = 'client' AND e.key = ''
ORDER BY e.created_at
