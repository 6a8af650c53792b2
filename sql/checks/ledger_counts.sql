-- Every count of the ledger, recounted from the rows that it counts, by topic, partition and batch.
SELECT 'ingest_ledger', format('topic %s partition %s ledger row %s', l.topic_id, l.partition_id, l.seq),
       c.name, c.recounted::text, c.booked::text
FROM ingest_ledger l
LEFT JOIN (SELECT topic_id, partition_id, ledger_seq, count(*) AS n
           FROM events GROUP BY 1, 2, 3) e
    ON e.topic_id = l.topic_id AND e.partition_id = l.partition_id AND e.ledger_seq = l.seq
LEFT JOIN (SELECT topic_id, partition_id, ledger_seq, count(*) AS n
           FROM dead_letters GROUP BY 1, 2, 3) d
    ON d.topic_id = l.topic_id AND d.partition_id = l.partition_id AND d.ledger_seq = l.seq
LEFT JOIN (SELECT topic_id, partition_id, ledger_seq, count(*) AS n
           FROM parked_events GROUP BY 1, 2, 3) p
    ON p.topic_id = l.topic_id AND p.partition_id = l.partition_id AND p.ledger_seq = l.seq
CROSS JOIN LATERAL (VALUES
    ('parked', coalesce(p.n, 0), l.parked::bigint),
    ('appended', coalesce(e.n, 0), l.appended::bigint),
    ('rejected', coalesce(d.n, 0), l.rejected::bigint),
    ('duplicated', CASE l.cause WHEN 'live'
         THEN (SELECT coalesce(sum(upper(r) - lower(r)), 0) FROM unnest(l.duplicates) AS r)
         ELSE l.duplicated END, l.duplicated::bigint)) AS c(name, recounted, booked)
WHERE c.recounted <> c.booked
ORDER BY l.topic_id, l.partition_id, l.seq, c.name
