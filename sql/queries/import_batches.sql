-- Batches: each began, and may have ended.
SELECT event
FROM (SELECT r, (r ->> 'client_id') || '/' || (r ->> 'id') AS stream,
             coalesce((r ->> 'started_at')::timestamptz, (r ->> 'created_at')::timestamptz, '2000-01-01 00:00Z') AS began_at,
             coalesce((r ->> 'ended_at')::timestamptz, (r ->> 'updated_at')::timestamptz,
                      (r ->> 'created_at')::timestamptz, '2000-01-01 00:00Z') AS ended_at
      FROM (SELECT to_jsonb(t) AS r FROM batches t) AS rows) AS b
CROSS JOIN LATERAL (
    SELECT 1 AS step, jsonb_build_object(
        'id', md5('secretmagic.import/batch.started/' || stream)::uuid, 'type', 'batch.started',
        'subject', r -> 'client_id', 'source', 'secretmagic-import', 'actor', NULL, 'time', began_at,
        'data', jsonb_strip_nulls(jsonb_build_object(
            'batch_id', r ->> 'id', 'data_type', r -> 'data_type', 'records_expected', r -> 'records_expected')))::text
        AS event
    UNION ALL
    SELECT 2, jsonb_build_object(
        'id', md5('secretmagic.import/batch.completed/' || stream)::uuid, 'type', 'batch.completed',
        'subject', r -> 'client_id', 'source', 'secretmagic-import', 'actor', NULL, 'time', ended_at,
        'data', jsonb_strip_nulls(jsonb_build_object(
            'batch_id', r ->> 'id', 'records_failed', r -> 'records_failed',
            'records_processed', coalesce((r ->> 'records_processed')::bigint, 0),
            'records_total', coalesce((r ->> 'records_total')::bigint,
                coalesce((r ->> 'records_processed')::bigint, 0) + coalesce((r ->> 'records_failed')::bigint, 0)))))::text
    WHERE r ->> 'status' = 'completed'
    UNION ALL
    SELECT 2, jsonb_build_object(
        'id', md5('secretmagic.import/batch.failed/' || stream)::uuid, 'type', 'batch.failed',
        'subject', r -> 'client_id', 'source', 'secretmagic-import', 'actor', NULL, 'time', ended_at,
        'data', jsonb_strip_nulls(jsonb_build_object(
            'batch_id', r ->> 'id', 'error', coalesce(nullif(r ->> 'error_message', ''), 'no reason was kept'),
            'records_processed', r -> 'records_processed', 'records_failed', r -> 'records_failed')))::text
    WHERE r ->> 'status' = 'failed') AS e
ORDER BY r ->> 'client_id', began_at, stream, step
