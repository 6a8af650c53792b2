-- As letters_choose.sql, of events in the waiting room: one by its number, or all that wait and match.
SELECT coalesce(array_agg(p.id ORDER BY p.id), '{}')::text, count(*)
FROM parked_events AS p JOIN topics AS t USING (topic_id)
WHERE CASE WHEN $1::bigint IS NOT NULL THEN p.id = $1 ELSE p.state = 'waiting' END
    AND ($2::parked_for IS NULL OR p.waits_for = $2)
    AND ($3::event_type IS NULL OR p.type = $3)
    AND ($4::uuid IS NULL OR p.client_id = $4)
    AND ($5::text IS NULL OR t.name = $5)
    AND p.recorded_at <= now() - $6::bigint * interval '1 microsecond'
