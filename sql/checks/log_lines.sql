-- Every line of processing_logs is counted by the ledger row that it names; there may be fewer than were
-- counted, since retention removes them.
SELECT 'processing_logs', format('topic %s partition %s ledger row %s', g.topic_id, g.partition_id, g.ledger_seq),
       'ledger_seq', coalesce('at most ' || l.logged, 'a ledger row'), g.n || ' lines'
FROM (SELECT topic_id, partition_id, ledger_seq, count(*) AS n FROM processing_logs GROUP BY 1, 2, 3) g
LEFT JOIN ingest_ledger l ON l.topic_id = g.topic_id AND l.partition_id = g.partition_id AND l.seq = g.ledger_seq
WHERE l.seq IS NULL OR g.n > l.logged
UNION ALL
-- A line tells whose it is, as its index expects, unless it is nobody's.
SELECT 'processing_logs', 'line ' || id, 'context', client_id::text, coalesce(context ->> 'client_id', 'no client_id')
FROM processing_logs
WHERE client_id <> '00000000-0000-0000-0000-000000000000' AND (context ->> 'client_id') IS DISTINCT FROM client_id::text
