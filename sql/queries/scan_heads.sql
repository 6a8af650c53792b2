SELECT client_id, kind, key, version, last_at, active_at FROM heads WHERE client_id >= $1 ORDER BY client_id, kind, key
