-- Ledger rows of a partition follow each other without a hole: in number and in offsets.
SELECT 'ingest_ledger', format('topic %s partition %s ledger row %s', topic_id, partition_id, seq),
       'first_offset', expected::text, first_offset::text
FROM (SELECT topic_id, partition_id, seq, first_offset,
             coalesce(lag(next_offset) OVER w, CASE WHEN seq = 1 THEN first_offset ELSE -1 END) AS expected,
             coalesce(lag(seq) OVER w, 0) + 1 AS expected_seq
      FROM ingest_ledger
      WINDOW w AS (PARTITION BY topic_id, partition_id ORDER BY seq)) l
WHERE first_offset <> expected OR seq <> expected_seq
ORDER BY topic_id, partition_id, seq
