-- What the trigger ingest_ledger_adds_up makes sure of when a row is written, asked again.
SELECT 'ingest_ledger', format('topic %s partition %s ledger row %s', topic_id, partition_id, seq), e.name,
       e.found::text, e.booked::text
FROM ingest_ledger
CROSS JOIN LATERAL (VALUES
    ('offsets', next_offset - first_offset,
     consumed + secretmagic_offsets_in(gaps) + CASE WHEN isempty(lost) THEN 0 ELSE upper(lost) - lower(lost) END),
    ('consumed, resolved', (consumed + resolved)::bigint, (appended + logged + duplicated + parked + rejected)::bigint),
    ('resolved', CASE cause WHEN 'live' THEN 0 ELSE resolved END::bigint, resolved::bigint),
    ('consumed', CASE cause WHEN 'live' THEN consumed ELSE 0 END::bigint, consumed::bigint)) AS e(name, found, booked)
WHERE e.found <> e.booked
ORDER BY topic_id, partition_id, seq, e.name
