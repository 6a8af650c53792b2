-- Definitions of feature types.
SELECT jsonb_build_object(
    'id', md5('secretmagic.import/feature_type.defined/' || (r ->> 'code'))::uuid,
    'type', 'feature_type.defined', 'source', 'secretmagic-import', 'actor', NULL,
    'time', coalesce((r ->> 'created_at')::timestamptz, '2000-01-01 00:00Z'),
    'data', jsonb_build_object('code', r -> 'code', 'description', coalesce(r ->> 'description', r ->> 'code')))::text
FROM (SELECT to_jsonb(t) AS r FROM feature_types t) AS rows
ORDER BY r ->> 'code'
