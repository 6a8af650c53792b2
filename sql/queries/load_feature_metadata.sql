SELECT w.ordinal::integer, t.feature_type, t.data_type, t.nan_semantics, t.description, t.batch_id,
       t.created_at, t.updated_at
FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS w(client_id, key, ordinal)
JOIN feature_metadata t ON t.client_id = w.client_id AND t.feature_name = w.key
