-- Of the next events of some queues those whose bytes fit: else some hundreds of a megabyte each would come.
-- The last column is the number of those that there are, up to the limit.
WITH next AS MATERIALIZED (
    SELECT q.id, q.size
    FROM unnest($1::uuid[]) AS w(client_id),
    LATERAL (SELECT p.id, coalesce(octet_length(p.record_key), 0) + coalesce(octet_length(p.record_value), 0)
                        + pg_column_size(p.header_names) + pg_column_size(p.header_values) AS size
             FROM parked_events p
             WHERE p.client_id = w.client_id AND p.topic_id = $2 AND p.partition_id = $3 AND p.id > $4
               AND p.state = 'waiting'
             ORDER BY p.id
             LIMIT $5) q
    ORDER BY q.id
    LIMIT $5
)
SELECT p.id, p.record_offset, p.record_time, p.record_key, p.record_value, p.header_names, p.header_values,
       0::bigint AS dead_letter_id, 0::bigint AS request_id, p.client_id, p.waits_for, p.waits_code,
       (SELECT count(*) FROM next)
FROM (SELECT id, sum(size) OVER (ORDER BY id) - size AS before FROM next) AS n
JOIN parked_events p ON p.id = n.id
WHERE n.before < $6
ORDER BY p.id
