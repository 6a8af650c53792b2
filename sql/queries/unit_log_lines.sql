INSERT INTO processing_logs (topic_id, partition_id, ledger_seq, record_offset, created_at, event_id, client_id,
    content_hash, timestamp, level, message, error, context)
SELECT * FROM unnest($1::smallint[], $2::integer[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::uuid[], $7::uuid[],
    $8::bytea[], $9::timestamptz[], $10::text[], $11::text[], $12::text[], $13::jsonb[])
