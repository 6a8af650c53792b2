-- Every record lies within its ledger row, at an offset of its own that is not also named as a
-- duplicate, a gap or lost. With the counts right, so is every offset accounted for.
WITH records AS (
    SELECT 'events' AS from_table, topic_id, partition_id, ledger_seq AS seq, record_offset FROM events
    UNION ALL
    SELECT 'dead_letters', topic_id, partition_id, ledger_seq, record_offset FROM dead_letters
    UNION ALL
    SELECT 'parked_events', topic_id, partition_id, ledger_seq, record_offset FROM parked_events
)
SELECT r.from_table, format('topic %s partition %s ledger row %s', topic_id, partition_id, seq), 'record_offset',
       coalesce(format('one in [%s, %s), not in %s %s %s', l.first_offset, l.next_offset, l.duplicates,
                       l.gaps, l.lost), 'a ledger row'),
       r.record_offset::text
FROM records r
LEFT JOIN ingest_ledger l USING (topic_id, partition_id, seq)
WHERE l.first_offset IS NULL
   OR l.cause = 'live' AND (r.record_offset < l.first_offset OR r.record_offset >= l.next_offset
       OR r.record_offset <@ l.duplicates OR r.record_offset <@ l.gaps OR r.record_offset <@ l.lost)
UNION ALL
SELECT string_agg(DISTINCT from_table, ', '),
       format('topic %s partition %s ledger row %s offset %s', topic_id, partition_id, seq, record_offset),
       'record_offset', 'one record', count(*) || ' records'
FROM records
GROUP BY topic_id, partition_id, seq, record_offset
HAVING count(*) > 1
