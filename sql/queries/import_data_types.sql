-- Definitions of data types. Old tables may lack columns, so each row is asked as JSON.
SELECT jsonb_build_object(
    'id', md5('secretmagic.import/data_type.defined/' || (r ->> 'code'))::uuid,
    'type', 'data_type.defined', 'source', 'secretmagic-import', 'actor', NULL,
    'time', coalesce((r ->> 'created_at')::timestamptz, '2000-01-01 00:00Z'),
    'data', jsonb_build_object('code', r -> 'code', 'description', coalesce(r ->> 'description', r ->> 'code')))::text
FROM (SELECT to_jsonb(t) AS r FROM data_types t) AS rows
ORDER BY r ->> 'code'
