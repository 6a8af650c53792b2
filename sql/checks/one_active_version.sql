-- A head's active version is a version of its stream, of a type that can be active. (That there is at
-- most one is the primary key of heads.)
SELECT 'heads', format('client %s %s/%s', h.client_id, h.kind, h.key), 'active_at',
       'the created_at of a version that can be active', format('%s: %s', h.active_at, coalesce(e.type::text, 'no version'))
FROM heads h
LEFT JOIN events e ON e.client_id = h.client_id AND e.kind = h.kind AND e.key = h.key AND e.created_at = h.active_at
WHERE h.active_at <> '-infinity' AND (e.type IS NULL OR e.type NOT IN (
    'feature_config.changed', 'bom_config.changed', 'client_schedule.changed', 'scheduler_defaults.changed'))
ORDER BY h.client_id, h.kind, h.key
