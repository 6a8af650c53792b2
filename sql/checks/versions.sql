-- Versions of a stream are 1, 2, … in the order of created_at, and its head knows the last one.
SELECT 'events', format('client %s %s/%s at %s', client_id, kind, key, created_at), 'version', place::text,
       version::text
FROM (SELECT client_id, kind, key, version, created_at,
             row_number() OVER (PARTITION BY client_id, kind, key ORDER BY created_at) AS place
      FROM events) AS v
WHERE version <> place
UNION ALL
SELECT 'heads', format('client %s %s/%s', client_id, kind, key), 'version, last_at',
       format('%s, %s', e.version, e.last_at), format('%s, %s', h.version, h.last_at)
FROM heads h
FULL JOIN (SELECT client_id, kind, key, max(version) AS version, max(created_at) AS last_at
           FROM events
           GROUP BY client_id, kind, key) e USING (client_id, kind, key)
WHERE (h.version, h.last_at) IS DISTINCT FROM (e.version, e.last_at)
