-- The last BOM run of each client.
SELECT event
FROM (SELECT r, r ->> 'client_id' AS client,
             coalesce((r ->> 'started_at')::timestamptz, (r ->> 'last_processed_at')::timestamptz,
                      (r ->> 'created_at')::timestamptz, '2000-01-01 00:00Z') AS began_at,
             coalesce((r ->> 'last_processed_at')::timestamptz, (r ->> 'updated_at')::timestamptz,
                      (r ->> 'created_at')::timestamptz, '2000-01-01 00:00Z') AS ended_at
      FROM (SELECT to_jsonb(t) AS r FROM bom_explosion_status t) AS rows) AS b
CROSS JOIN LATERAL (
    -- Just before its end where only that is known: no two events of a stream have one time.
    SELECT 1 AS step, jsonb_build_object(
        'id', md5('secretmagic.import/bom_explosion.started/' || client)::uuid, 'type', 'bom_explosion.started',
        'subject', client, 'source', 'secretmagic-import', 'actor', NULL,
        'time', CASE WHEN began_at < ended_at OR r ->> 'status' = 'running' THEN began_at
                     ELSE ended_at - interval '1 microsecond' END)::text AS event
    UNION ALL
    SELECT 2, jsonb_build_object(
        'id', md5('secretmagic.import/bom_explosion.completed/' || client)::uuid, 'type', 'bom_explosion.completed',
        'subject', client, 'source', 'secretmagic-import', 'actor', NULL, 'time', ended_at,
        'data', jsonb_build_object('records_processed', coalesce((r ->> 'records_processed')::bigint, 0)))::text
    WHERE r ->> 'status' = 'completed'
    UNION ALL
    SELECT 2, jsonb_build_object(
        'id', md5('secretmagic.import/bom_explosion.failed/' || client)::uuid, 'type', 'bom_explosion.failed',
        'subject', client, 'source', 'secretmagic-import', 'actor', NULL, 'time', ended_at,
        'data', jsonb_strip_nulls(jsonb_build_object(
            'error', coalesce(nullif(r ->> 'error_message', ''), 'no reason was kept'),
            'records_processed', r -> 'records_processed')))::text
    WHERE r ->> 'status' = 'failed') AS e
ORDER BY client, step
