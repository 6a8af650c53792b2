SELECT client_id, ''::text, status, last_processed_at, records_processed, error_message, started_at,
       created_at, updated_at
FROM bom_explosion_status WHERE client_id >= $1 ORDER BY client_id
