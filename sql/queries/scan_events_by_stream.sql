SELECT event_id, client_id, event_time, created_at, recorded_at, record_offset, ledger_seq, type, cause,
       version, partition_id, topic_id, key, content_hash, source, data, expected_version, actor,
       correlation_id, causation_id, traceparent, previous
FROM events WHERE client_id >= $1 ORDER BY client_id, kind, key, created_at
