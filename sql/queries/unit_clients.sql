-- In the order given: who gives an organization id up comes before who takes it. That a client is new,
-- or is not, the head of its stream has made sure of.
INSERT INTO clients (id, name, organization_id, tenant_mode, features_enabled, config_confirmed,
    config_confirmed_at, config_confirmed_by, contact_email, contact_phone, status, created_at, updated_at)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::boolean[],
    $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[])
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, organization_id = excluded.organization_id, tenant_mode = excluded.tenant_mode,
    features_enabled = excluded.features_enabled, config_confirmed = excluded.config_confirmed,
    config_confirmed_at = excluded.config_confirmed_at, config_confirmed_by = excluded.config_confirmed_by,
    contact_email = excluded.contact_email, contact_phone = excluded.contact_phone,
    status = excluded.status, created_at = excluded.created_at, updated_at = excluded.updated_at
