-- The left join keeps the names as the outer side whatever the planner thinks of the size of heads.
SELECT w.ordinal::integer, h.version, h.last_at, h.active_at
FROM unnest($1::uuid[], $2::stream_kind[], $3::text[]) WITH ORDINALITY AS w(client_id, kind, key, ordinal)
LEFT JOIN heads h ON h.client_id = w.client_id AND h.kind = w.kind AND h.key = w.key
