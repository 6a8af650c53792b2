SELECT w.ordinal::integer,
       EXISTS (SELECT FROM dead_letters d WHERE d.client_id = w.id AND d.event_id IS NOT NULL),
       h.version, h.last_at, h.active_at,
       c.status, c.tenant_mode, c.config_confirmed, c.config_confirmed_at, c.config_confirmed_by,
       c.name, c.organization_id, c.features_enabled, c.contact_email, c.contact_phone,
       c.created_at, c.updated_at
FROM unnest($1::uuid[]) WITH ORDINALITY AS w(id, ordinal)
LEFT JOIN clients c ON c.id = w.id
LEFT JOIN heads h ON h.client_id = w.id AND h.kind = 'client' AND h.key = ''
