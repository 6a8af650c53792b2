SELECT client_id, kind, key, version, last_at, active_at FROM heads ORDER BY client_id, kind, key
