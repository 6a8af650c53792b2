-- Duplicates, gaps and lost offsets lie within their row and do not overlap.
SELECT 'ingest_ledger', format('topic %s partition %s ledger row %s', topic_id, partition_id, seq),
       'duplicates, gaps, lost', format('within [%s, %s), apart', first_offset, next_offset),
       format('%s %s %s', duplicates, gaps, lost)
FROM ingest_ledger
WHERE NOT (duplicates <@ int8range(first_offset, next_offset) AND gaps <@ int8range(first_offset, next_offset)
           AND lost <@ int8range(first_offset, next_offset))
   OR duplicates && gaps OR duplicates && lost OR gaps && lost
