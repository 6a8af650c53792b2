-- Clients: registered, confirmed if they are, and touched where the row was updated later than that, so that
-- updated_at stays. An archived one takes no more events, so it is registered as active here.
SELECT event
FROM (SELECT r, r ->> 'id' AS id,
             coalesce((r ->> 'created_at')::timestamptz, '2000-01-01 00:00Z') AS created_at,
             coalesce((r ->> 'config_confirmed')::boolean, false) AS confirmed,
             coalesce((r ->> 'config_confirmed_at')::timestamptz, (r ->> 'updated_at')::timestamptz,
                      (r ->> 'created_at')::timestamptz, '2000-01-01 00:00Z') AS confirmed_at,
             (r ->> 'updated_at')::timestamptz AS updated_at
      FROM (SELECT to_jsonb(t) AS r FROM clients t) AS rows) AS c
CROSS JOIN LATERAL (
    SELECT 1 AS step, jsonb_build_object(
        'id', md5('secretmagic.import/client.registered/' || id)::uuid, 'type', 'client.registered', 'subject', id,
        'source', 'secretmagic-import', 'actor', NULL, 'time', created_at,
        'data', jsonb_strip_nulls(jsonb_build_object(
            'name', r -> 'name', 'organization_id', r -> 'organization_id', 'tenant_mode', r -> 'tenant_mode',
            'features_enabled', r -> 'features_enabled', 'contact_email', r -> 'contact_email',
            'contact_phone', r -> 'contact_phone',
            'status', CASE r ->> 'status' WHEN 'archived' THEN 'active' ELSE r ->> 'status' END)))::text AS event
    UNION ALL
    SELECT 2, jsonb_build_object(
        'id', md5('secretmagic.import/client.config_confirmed/' || id)::uuid, 'type', 'client.config_confirmed',
        'subject', id, 'source', 'secretmagic-import', 'actor', r -> 'config_confirmed_by', 'time', confirmed_at)::text
    WHERE confirmed
    UNION ALL
    SELECT 3, jsonb_build_object(
        'id', md5('secretmagic.import/client.updated/' || id)::uuid, 'type', 'client.updated', 'subject', id,
        'source', 'secretmagic-import', 'actor', NULL, 'time', updated_at,
        'data', jsonb_build_object('name', r -> 'name'))::text
    WHERE updated_at > created_at AND (NOT confirmed OR updated_at > confirmed_at)
      AND coalesce(r ->> 'status', '') <> 'archived') AS e
ORDER BY id, step
