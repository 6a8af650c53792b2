SELECT '00000000-0000-0000-0000-000000000000'::uuid, code, description, config_rules, created_at, updated_at
FROM data_types WHERE '00000000-0000-0000-0000-000000000000'::uuid >= $1 ORDER BY code
