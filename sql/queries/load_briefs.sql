-- What events of a client's other streams ask of it. Dead letters and what waits by LIMIT 1 in their own subqueries: see
-- load_clients.sql.
SELECT w.ordinal::integer,
       coalesce((SELECT true FROM dead_letters d
                 WHERE d.client_id = w.id AND d.event_id IS NOT NULL LIMIT 1), false),
       coalesce((SELECT true FROM parked_events p
                 WHERE p.client_id = w.id AND p.state = 'waiting' LIMIT 1), false),
       c.status, c.config_confirmed, coalesce(t.frozen, false)
FROM unnest($1::uuid[]) WITH ORDINALITY AS w(id, ordinal)
LEFT JOIN clients c ON c.id = w.id
LEFT JOIN tenants t ON t.client_id = w.id
