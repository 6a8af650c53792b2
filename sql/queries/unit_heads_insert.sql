INSERT INTO heads (client_id, kind, key, version, last_at, active_at)
SELECT * FROM unnest($1::uuid[], $2::stream_kind[], $3::text[], $4::integer[], $5::timestamptz[], $6::timestamptz[])
