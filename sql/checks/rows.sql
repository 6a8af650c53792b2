-- Every stream of a kind that has a table has its row there, as old as its last version, and in the state that
-- its last event tells; and no row is without its stream, but for the references that the schema brings.
WITH streams AS (
    SELECT h.client_id, h.kind, h.key, h.last_at, e.type
    FROM heads h
    LEFT JOIN events e ON e.client_id = h.client_id AND e.kind = h.kind AND e.key = h.key AND e.created_at = h.last_at
    WHERE h.kind IN ('batch', 'bom_explosion', 'feature', 'data_type', 'feature_type')
), rows AS (
    SELECT client_id, 'batch'::stream_kind AS kind, id AS key, updated_at, status FROM batches
    UNION ALL
    SELECT client_id, 'bom_explosion', '', updated_at, status FROM bom_explosion_status
    UNION ALL
    SELECT client_id, 'feature', feature_name, updated_at, '' FROM feature_metadata
    UNION ALL
    SELECT '00000000-0000-0000-0000-000000000000', 'data_type', code, updated_at, '' FROM data_types
    UNION ALL
    SELECT '00000000-0000-0000-0000-000000000000', 'feature_type', code, updated_at, '' FROM feature_types
)
SELECT CASE coalesce(s.kind, r.kind) WHEN 'batch' THEN 'batches' WHEN 'bom_explosion' THEN 'bom_explosion_status'
           WHEN 'feature' THEN 'feature_metadata' WHEN 'data_type' THEN 'data_types' ELSE 'feature_types' END,
       format('client %s %s/%s', coalesce(s.client_id, r.client_id), coalesce(s.kind, r.kind), coalesce(s.key, r.key)),
       c.name, c.expected, c.found
FROM streams s
FULL JOIN rows r ON r.client_id = s.client_id AND r.kind = s.kind AND r.key = s.key
CROSS JOIN LATERAL (VALUES
    ('row', CASE WHEN s.kind IS NULL AND r.kind NOT IN ('data_type', 'feature_type') THEN 'none' ELSE 'one' END,
     CASE WHEN r.kind IS NULL THEN 'none' ELSE 'one' END),
    ('updated_at', coalesce(s.last_at, r.updated_at)::text, coalesce(r.updated_at, s.last_at)::text),
    ('status', CASE s.type WHEN 'batch.started' THEN 'running' WHEN 'batch.completed' THEN 'completed'
         WHEN 'batch.failed' THEN 'failed' WHEN 'bom_explosion.started' THEN 'running'
         WHEN 'bom_explosion.completed' THEN 'completed' WHEN 'bom_explosion.failed' THEN 'failed'
         ELSE r.status END, r.status)) AS c(name, expected, found)
WHERE c.expected <> c.found
