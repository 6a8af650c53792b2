DELETE FROM parked_due WHERE topic_id = $1 AND partition_id = $2 AND client_id = $3 AND stamp = $4
