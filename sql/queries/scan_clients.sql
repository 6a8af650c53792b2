SELECT c.id, c.status, c.tenant_mode, c.config_confirmed, c.config_confirmed_at, c.config_confirmed_by, c.name,
       c.organization_id, c.features_enabled, c.contact_email, c.contact_phone, c.created_at, c.updated_at,
       t.state, t.storage, t.saga, t.step, t.waits_for, t.requested_mode, t.actual_mode, t.target_mode,
       t.source_mode, t.held, t.saga_id, t.attempt, t.command_id, t.acknowledged_id, t.acknowledged_at, t.since, t.reason, t.acks_ignored,
       t.recent_commands
FROM clients c LEFT JOIN tenants t ON t.client_id = c.id AND t.client_id >= $1 WHERE c.id >= $1 ORDER BY c.id
