-- Heads that a rejection was judged by. The unit holds their clients' buckets exclusively, so what is
-- right here stays right until it commits.
SELECT secretmagic_require(
    (SELECT count(*)
     FROM unnest($1::uuid[], $2::stream_kind[], $3::text[], $4::integer[]) AS w(client_id, kind, key, version)
     LEFT JOIN heads h ON h.client_id = w.client_id AND h.kind = w.kind AND h.key = w.key
     WHERE coalesce(h.version, 0) = w.version),
    cardinality($1::uuid[]), 'SM002', 'heads that were looked at')
