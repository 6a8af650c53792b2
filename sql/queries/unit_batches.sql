INSERT INTO batches (client_id, id, data_type, status, records_expected, records_total, records_processed,
    records_failed, error_message, started_at, ended_at, created_at, updated_at)
SELECT client_id, key, data_type, status, records_expected, records_total, records_processed, records_failed,
    error_message, started_at, ended_at, created_at, updated_at
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[],
    $8::bigint[], $9::text[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[])
    AS r(client_id, key, data_type, status, records_expected, records_total, records_processed,
    records_failed, error_message, started_at, ended_at, created_at, updated_at)
ON CONFLICT (client_id, id) DO UPDATE SET
    data_type = excluded.data_type, status = excluded.status, records_expected = excluded.records_expected,
    records_total = excluded.records_total, records_processed = excluded.records_processed,
    records_failed = excluded.records_failed, error_message = excluded.error_message,
    started_at = excluded.started_at, ended_at = excluded.ended_at, created_at = excluded.created_at,
    updated_at = excluded.updated_at
