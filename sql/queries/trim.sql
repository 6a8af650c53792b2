-- By the index on timestamp, oldest first; lines that another instance is removing are left to it.
DELETE FROM processing_logs
WHERE id IN (SELECT id FROM processing_logs WHERE timestamp < $1
             ORDER BY timestamp LIMIT $2 FOR UPDATE SKIP LOCKED)
