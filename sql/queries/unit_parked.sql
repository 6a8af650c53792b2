INSERT INTO parked_events (topic_id, partition_id, ledger_seq, record_offset, record_time, recorded_at,
    record_key, record_value, value_hash, header_names, header_values, event_id, client_id, kind, type, key,
    content_hash, gated, waits_for, first_wait, waits_code)
SELECT topic_id, partition_id, ledger_seq, record_offset, record_time, recorded_at,
    record_key, record_value, value_hash, header_names, header_values, event_id, client_id, kind, type, key,
    content_hash, gated, waits_for, waits_for, waits_code
FROM unnest($1::unit_parked[]) -- ids follow the order of the list: they order the queues
