-- What is published is not counted: it is most of the table.
SELECT p.count, coalesce(extract(epoch FROM now() - p.oldest) * 1000000, 0)::bigint, l.published, l.published_at,
       l.scanned_in IS NOT DISTINCT FROM secretmagic_incarnation(),
       CASE WHEN l.expires_at > now() THEN l.owner END, l.stopped_reason
FROM relay_lease l, (SELECT count(*), min(created_at) AS oldest FROM outbox WHERE published_at IS NULL) p
