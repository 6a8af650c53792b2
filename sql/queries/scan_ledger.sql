SELECT topic_id, partition_id, seq, first_offset, next_offset, recorded_at, cause, consumed, appended,
       logged, duplicated, parked, rejected, duplicates, gaps,
       coalesce(lower(lost), 0), coalesce(upper(lost), 0), digest, resolved
FROM ingest_ledger ORDER BY topic_id, partition_id, seq
