INSERT INTO feature_metadata (client_id, feature_name, feature_type, data_type, nan_semantics, description,
    batch_id, created_at, updated_at)
SELECT client_id, key, feature_type, data_type, nan_semantics, description, batch_id, created_at, updated_at
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::timestamptz[], $9::timestamptz[])
    AS r(client_id, key, feature_type, data_type, nan_semantics, description, batch_id, created_at, updated_at)
ON CONFLICT (client_id, feature_name) DO UPDATE SET
    feature_type = excluded.feature_type, data_type = excluded.data_type,
    nan_semantics = excluded.nan_semantics, description = excluded.description, batch_id = excluded.batch_id,
    created_at = excluded.created_at, updated_at = excluded.updated_at
