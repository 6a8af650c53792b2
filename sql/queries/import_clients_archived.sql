-- Archived clients, last of all.
SELECT jsonb_build_object(
    'id', md5('secretmagic.import/client.status_changed/' || (r ->> 'id'))::uuid, 'type', 'client.status_changed',
    'subject', r -> 'id', 'source', 'secretmagic-import', 'actor', NULL,
    'time', coalesce((r ->> 'updated_at')::timestamptz, (r ->> 'created_at')::timestamptz, '2000-01-01 00:00Z'),
    'data', '{"status": "archived"}'::jsonb)::text
FROM (SELECT to_jsonb(t) AS r FROM clients t) AS rows
WHERE r ->> 'status' = 'archived'
ORDER BY r ->> 'id'
