SELECT id, status, tenant_mode, config_confirmed, config_confirmed_at, config_confirmed_by, name,
       organization_id, features_enabled, contact_email, contact_phone, created_at, updated_at
FROM clients ORDER BY id
