-- A position is where the ledger ends, and its totals are the ledger's sums.
SELECT 'consumer_offsets', format('topic %s partition %s', topic_id, partition_id), c.name, c.booked, c.kept
FROM consumer_offsets o
FULL JOIN (SELECT topic_id, partition_id, max(seq) AS seq,
                  (array_agg(next_offset ORDER BY seq DESC))[1] AS next_offset,
                  (array_agg(digest ORDER BY seq DESC))[1] AS digest,
                  sum(consumed) AS consumed, sum(resolved) AS resolved, sum(appended) AS appended, sum(logged) AS logged,
                  sum(duplicated) AS duplicated, sum(parked) AS parked, sum(rejected) AS rejected,
                  sum(CASE WHEN isempty(lost) THEN 0 ELSE upper(lost) - lower(lost) END) AS lost
           FROM ingest_ledger
           GROUP BY topic_id, partition_id) l USING (topic_id, partition_id)
CROSS JOIN LATERAL (VALUES
    ('ledger_seq', coalesce(l.seq, 0)::text, o.ledger_seq::text),
    -- A partition that has no ledger row yet began at an offset that only its position knows.
    ('next_offset', coalesce(l.next_offset, o.next_offset)::text, o.next_offset::text),
    ('chain', coalesce(l.digest, o.chain)::text, o.chain::text),
    ('consumed', coalesce(l.consumed, 0)::text, o.consumed::text),
    ('resolved', coalesce(l.resolved, 0)::text, o.resolved::text),
    ('appended', coalesce(l.appended, 0)::text, o.appended::text),
    ('logged', coalesce(l.logged, 0)::text, o.logged::text),
    ('duplicated', coalesce(l.duplicated, 0)::text, o.duplicated::text),
    ('parked', coalesce(l.parked, 0)::text, o.parked::text),
    ('rejected', coalesce(l.rejected, 0)::text, o.rejected::text),
    ('lost', coalesce(l.lost, 0)::text, o.lost::text)) AS c(name, booked, kept)
WHERE c.booked IS DISTINCT FROM c.kept
ORDER BY topic_id, partition_id, c.name
