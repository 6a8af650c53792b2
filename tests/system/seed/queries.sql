SELECT * FROM feature_configs
WHERE client_id = '...'
  AND feature_type = 'ema'
  AND is_active = true
ORDER BY created_at DESC
LIMIT 1;

SELECT version, config, created_at, created_by
FROM feature_configs
WHERE client_id = '...'
  AND feature_type = 'weather'
ORDER BY created_at DESC;

SELECT
  fc.id,
  fc.feature_type,
  fc.config,
  fc.created_at
FROM feature_configs fc
WHERE fc.client_id = 'uuid-client'
  AND fc.is_active = true
ORDER BY fc.feature_type;

SELECT
  c.name,
  c.organization_id,
  bes.last_processed_at,
  bes.records_processed,
  bes.status,
  bes.error_message
FROM clients c
LEFT JOIN bom_explosion_status bes ON c.id = bes.client_id
WHERE c.status = 'active'
ORDER BY bes.last_processed_at DESC;

SELECT
  tablename,
  pg_size_pretty(pg_total_relation_size(schemaname||'.'||tablename)) AS size
FROM pg_tables
WHERE schemaname = 'public'
ORDER BY pg_total_relation_size(schemaname||'.'||tablename) DESC;

SELECT count(*) FROM pg_stat_activity
WHERE datname = 'secretmagic';

SELECT query, calls, total_exec_time, mean_exec_time
FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = 'secretmagic')
ORDER BY mean_exec_time DESC
LIMIT 10;
