-- Of a large unit, whose COMMIT is sent only when the number of rows has been looked at.
UPDATE heads h
SET version = w.version, last_at = w.last_at, active_at = w.active_at
FROM unnest($1::unit_head[]) AS w
WHERE h.client_id = w.client_id AND h.kind = w.kind AND h.key = w.key AND h.version = w.expected_version
