-- Heads and dead letters by LIMIT 1 in their own subqueries, so that each is one probe by the client's
-- id whatever the planner thinks: a plain join was planned, while the tables were empty, as one pass
-- over all clients' heads for every client asked for, and EXISTS as one over all dead letters.
SELECT w.ordinal::integer,
       coalesce((SELECT true FROM dead_letters d
                 WHERE d.client_id = w.id AND d.event_id IS NOT NULL LIMIT 1), false),
       coalesce((SELECT true FROM parked_events p
                 WHERE p.client_id = w.id AND p.state = 'waiting' LIMIT 1), false),
       h.version, h.last_at, h.active_at,
       c.status, c.tenant_mode, c.config_confirmed, c.config_confirmed_at, c.config_confirmed_by,
       c.name, c.organization_id, c.features_enabled, c.contact_email, c.contact_phone,
       c.created_at, c.updated_at,
       t.state, t.storage, t.saga, t.step, t.waits_for, t.requested_mode, t.actual_mode, t.target_mode,
       t.source_mode, t.held, t.saga_id, t.attempt, t.command_id, t.acknowledged_id, t.acknowledged_at, t.since, t.reason, t.acks_ignored,
       t.recent_commands
FROM unnest($1::uuid[]) WITH ORDINALITY AS w(id, ordinal)
LEFT JOIN clients c ON c.id = w.id
LEFT JOIN tenants t ON t.client_id = w.id
LEFT JOIN LATERAL (SELECT version, last_at, active_at FROM heads
                   WHERE client_id = w.id AND kind = 'client' AND key = '' LIMIT 1) h ON true
