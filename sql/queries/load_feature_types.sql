SELECT w.ordinal::integer, t.description, t.config_rules, t.created_at, t.updated_at
FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS w(client_id, key, ordinal)
JOIN feature_types t ON t.code = w.key
