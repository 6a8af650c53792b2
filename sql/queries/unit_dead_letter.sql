INSERT INTO dead_letters (topic_id, partition_id, ledger_seq, record_offset, record_time, recorded_at,
    code, field, value, reason, record_key, record_value, value_hash, header_names, header_values,
    event_id, client_id, type, content_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
