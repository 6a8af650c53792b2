WITH changed AS (
    UPDATE heads h
    SET version = w.version, last_at = w.last_at, active_at = w.active_at
    FROM unnest($1::uuid[], $2::stream_kind[], $3::text[], $4::integer[], $5::timestamptz[],
                $6::timestamptz[], $7::integer[])
        AS w(client_id, kind, key, version, last_at, active_at, expected_version)
    WHERE h.client_id = w.client_id AND h.kind = w.kind AND h.key = w.key
      AND h.version = w.expected_version
    RETURNING 1
)
SELECT secretmagic_require((SELECT count(*) FROM changed), cardinality($1::uuid[]), 'SM002', 'heads')
