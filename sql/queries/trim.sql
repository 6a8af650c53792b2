DELETE FROM processing_logs
WHERE id IN (SELECT id FROM processing_logs WHERE timestamp < $1 ORDER BY timestamp LIMIT $2)
