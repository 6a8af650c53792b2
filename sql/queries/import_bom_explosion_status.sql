-- The last BOM run of each client. last_processed_at is when a run was last completed: where the last one was not,
-- one that was comes before it. Where only its end is known a run began a microsecond before.
SELECT event
FROM (SELECT r, r ->> 'client_id' AS client, r ->> 'status' AS status,
             (r ->> 'last_processed_at')::timestamptz AS processed_at,
             coalesce((r ->> 'started_at')::timestamptz, (r ->> 'updated_at')::timestamptz,
                      (r ->> 'last_processed_at')::timestamptz + interval '2 microseconds',
                      (r ->> 'created_at')::timestamptz, '2000-01-01 00:00Z') AS began_at
      FROM (SELECT to_jsonb(t) AS r FROM bom_explosion_status t) AS rows) AS b
CROSS JOIN LATERAL (
    SELECT 1 AS step, 'started' AS what, 'first' AS run,
           least(began_at, processed_at - interval '1 microsecond') AS at, '{}'::jsonb AS data
    WHERE processed_at IS NOT NULL
    UNION ALL
    SELECT 2, 'completed', 'first', processed_at,
           jsonb_build_object('records_processed', coalesce((r ->> 'records_processed')::bigint, 0))
    WHERE processed_at IS NOT NULL
    UNION ALL
    SELECT 3, 'started', 'last', greatest(began_at, processed_at + interval '1 microsecond'), '{}'
    WHERE processed_at IS NULL OR status <> 'completed'
    UNION ALL
    SELECT 4, 'failed', 'last', greatest(began_at, processed_at) + interval '2 microseconds',
           jsonb_strip_nulls(jsonb_build_object(
               'error', coalesce(nullif(r ->> 'error_message', ''), 'no reason was kept'),
               'records_processed', r -> 'records_processed'))
    WHERE status = 'failed') AS e
CROSS JOIN LATERAL (SELECT jsonb_build_object(
    'id', md5(format('secretmagic.import/bom_explosion.%s/%s/%s', what, run, client))::uuid,
    'type', 'bom_explosion.' || what, 'subject', client, 'source', 'secretmagic-import', 'actor', NULL, 'time', at,
    'data', data)::text AS event) AS j
ORDER BY client, step
