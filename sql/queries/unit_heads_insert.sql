INSERT INTO heads (client_id, kind, key, version, last_at, active_at)
SELECT client_id, kind, key, version, last_at, active_at FROM unnest($1::unit_head[])
