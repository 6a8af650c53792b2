SELECT topic_id, partition_id, ledger_seq, record_offset, code, record_key, record_value, value_hash,
       erased_by IS NOT NULL
FROM dead_letters ORDER BY topic_id, partition_id, ledger_seq, record_offset
