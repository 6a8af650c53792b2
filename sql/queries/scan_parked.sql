SELECT topic_id, partition_id, ledger_seq, record_offset, first_wait, record_key, record_value, value_hash,
       erased_by IS NOT NULL, state
FROM parked_events ORDER BY topic_id, partition_id, ledger_seq, record_offset
