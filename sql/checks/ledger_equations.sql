-- What the trigger ingest_ledger_adds_up makes sure of when a row is written, asked again.
SELECT 'ingest_ledger', format('topic %s partition %s ledger row %s', topic_id, partition_id, seq), e.name,
       e.found::text, e.booked::text
FROM ingest_ledger
CROSS JOIN LATERAL (VALUES
    ('offsets', next_offset - first_offset,
     consumed + secretmagic_offsets_in(gaps) + CASE WHEN isempty(lost) THEN 0 ELSE upper(lost) - lower(lost) END),
    ('consumed', consumed::bigint, (appended + logged + duplicated + parked + rejected)::bigint)) AS e(name, found, booked)
WHERE e.found <> e.booked
ORDER BY topic_id, partition_id, seq, e.name
