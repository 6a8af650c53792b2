COPY processing_logs (topic_id, partition_id, ledger_seq, record_offset, created_at, event_id, client_id,
    content_hash, timestamp, level, message, error, context) FROM STDIN (FORMAT binary);
COMMIT
