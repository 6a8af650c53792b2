COPY events (event_id, client_id, event_time, created_at, recorded_at, record_offset, ledger_seq,
    kind, type, cause, version, partition_id, topic_id, key, content_hash, source, data, expected_version,
    actor, correlation_id, causation_id, traceparent, previous) FROM STDIN (FORMAT binary);
COPY processing_logs (topic_id, partition_id, ledger_seq, record_offset, created_at, event_id, client_id,
    content_hash, timestamp, level, message, error, context) FROM STDIN (FORMAT binary);
COMMIT
