INSERT INTO bom_explosion_status (client_id, status, last_processed_at, records_processed, error_message,
    started_at, created_at, updated_at)
SELECT client_id, status, last_processed_at, records_processed, error_message, started_at, created_at,
    updated_at
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::bigint[], $6::text[],
    $7::timestamptz[], $8::timestamptz[], $9::timestamptz[])
    AS r(client_id, key, status, last_processed_at, records_processed, error_message, started_at, created_at,
    updated_at)
ON CONFLICT (client_id) DO UPDATE SET
    status = excluded.status, last_processed_at = excluded.last_processed_at,
    records_processed = excluded.records_processed, error_message = excluded.error_message,
    started_at = excluded.started_at, created_at = excluded.created_at, updated_at = excluded.updated_at
