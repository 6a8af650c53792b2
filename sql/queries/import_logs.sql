-- Lines of processing. One whose context names no client belongs to nobody.
SELECT jsonb_build_object(
    'id', md5('secretmagic.import/log.recorded/logs/' || (r ->> 'id'))::uuid, 'type', 'log.recorded',
    'subject', CASE WHEN r #>> '{context,client_id}' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                    THEN r #> '{context,client_id}' ELSE to_jsonb('00000000-0000-0000-0000-000000000000'::text) END,
    'source', 'secretmagic-import', 'actor', NULL,
    'time', coalesce((r ->> 'created_at')::timestamptz, (r ->> 'timestamp')::timestamptz, '2000-01-01 00:00Z'),
    'data', jsonb_strip_nulls(jsonb_build_object(
        'timestamp', (r ->> 'timestamp')::timestamptz, 'level', lower(r ->> 'level'), 'message', r -> 'message',
        'error', r -> 'error'))
        || jsonb_build_object('context', CASE WHEN jsonb_typeof(r -> 'context') = 'object' THEN r -> 'context'
                                              ELSE '{}' END))::text
FROM (SELECT to_jsonb(t) AS r FROM logs t) AS rows
ORDER BY (r ->> 'id')::bigint
