-- What was parked waits, or some ledger row of its partition resolved it, and is where its state says: in
-- the log, or among the dead letters. Every ledger row that resolves something does so for as many.
SELECT 'parked_events', format('event %s of client %s (%s)', p.event_id, p.client_id, p.id), c.name, c.expected, c.found
FROM parked_events p
LEFT JOIN ingest_ledger l ON l.topic_id = p.topic_id AND l.partition_id = p.partition_id AND l.seq = p.resolved_seq
CROSS JOIN LATERAL (VALUES
    ('resolved_seq', CASE p.state WHEN 'waiting' THEN 'none' ELSE 'a ledger row that resolves it' END,
     CASE WHEN p.resolved_seq IS NULL THEN 'none'
          WHEN l.cause <> 'live' THEN 'a ledger row that resolves it' ELSE 'ledger row ' || p.resolved_seq END),
    ('state', p.state::text, CASE
        WHEN p.state = 'released' AND NOT EXISTS (
            SELECT FROM events e
            WHERE e.event_id = p.event_id AND e.client_id = p.client_id AND e.cause = 'released'
              AND e.topic_id = p.topic_id AND e.partition_id = p.partition_id
              AND e.ledger_seq = p.resolved_seq AND e.record_offset = p.record_offset)
            THEN 'not in the log as released by that row'
        WHEN p.state IN ('rejected', 'expired') AND NOT EXISTS (
            SELECT FROM dead_letters d
            WHERE d.topic_id = p.topic_id AND d.partition_id = p.partition_id
              AND d.ledger_seq = p.resolved_seq AND d.record_offset = p.record_offset)
            THEN 'no dead letter'
        ELSE p.state::text END)) AS c(name, expected, found)
WHERE c.expected <> c.found
UNION ALL
SELECT 'ingest_ledger', format('topic %s partition %s ledger row %s', l.topic_id, l.partition_id, l.seq), 'resolved',
       (coalesce(p.n, 0) + coalesce(r.n, 0))::text, l.resolved::text
FROM ingest_ledger l
LEFT JOIN (SELECT topic_id, partition_id, resolved_seq AS seq, count(*) AS n
           FROM parked_events WHERE resolved_seq IS NOT NULL GROUP BY 1, 2, 3) p USING (topic_id, partition_id, seq)
LEFT JOIN (SELECT q.topic_id, q.partition_id, q.done_at, count(*) AS n
           FROM operator_requests q
           WHERE q.dead_letter_id IS NOT NULL AND q.outcome IN ('applied', 'duplicate', 'parked')
           GROUP BY 1, 2, 3) r
    ON r.topic_id = l.topic_id AND r.partition_id = l.partition_id AND r.done_at = l.recorded_at
       AND l.cause IN ('retried', 'forced')
WHERE l.resolved <> coalesce(p.n, 0) + coalesce(r.n, 0)
