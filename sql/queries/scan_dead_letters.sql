SELECT topic_id, partition_id, ledger_seq, record_offset, code, record_key, record_value
FROM dead_letters ORDER BY topic_id, partition_id, ledger_seq, record_offset
