-- What features there are.
SELECT jsonb_build_object(
    'id', md5('secretmagic.import/feature.created/' || (r ->> 'client_id') || '/' || (r ->> 'feature_name'))::uuid,
    'type', 'feature.created', 'subject', r -> 'client_id', 'source', 'secretmagic-import', 'actor', NULL,
    'time', coalesce((r ->> 'updated_at')::timestamptz, (r ->> 'created_at')::timestamptz, '2000-01-01 00:00Z'),
    'data', jsonb_strip_nulls(jsonb_build_object(
        'name', r -> 'feature_name', 'feature_type', r -> 'feature_type', 'data_type', r -> 'data_type',
        'nan_semantics', r -> 'nan_semantics', 'description', r -> 'description', 'batch_id', r ->> 'batch_id')))::text
FROM (SELECT to_jsonb(t) AS r FROM feature_metadata t) AS rows
ORDER BY r ->> 'client_id', r ->> 'feature_name'
