INSERT INTO data_types (code, description, config_rules, created_at, updated_at)
SELECT key, description, config_rules, created_at, updated_at
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::timestamptz[], $6::timestamptz[])
    AS r(client_id, key, description, config_rules, created_at, updated_at)
ON CONFLICT (code) DO UPDATE SET
    description = excluded.description, config_rules = excluded.config_rules,
    created_at = excluded.created_at, updated_at = excluded.updated_at
