-- A head's active version is a version of its stream, and a stream has at most one.
SELECT 'heads', format('client %s %s/%s', h.client_id, h.kind, h.key), 'active_at',
       'the created_at of a version', h.active_at::text
FROM heads h
WHERE h.active_at <> '-infinity'
  AND NOT EXISTS (SELECT FROM events e WHERE e.client_id = h.client_id AND e.kind = h.kind AND e.key = h.key
                  AND e.created_at = h.active_at)
ORDER BY h.client_id, h.kind, h.key
