SELECT client_id, id, data_type, status, records_expected, records_total, records_processed, records_failed,
       error_message, started_at, ended_at, created_at, updated_at
FROM batches WHERE client_id >= $1 ORDER BY client_id, id
