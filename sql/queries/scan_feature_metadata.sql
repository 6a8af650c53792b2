SELECT client_id, feature_name, feature_type, data_type, nan_semantics, description, batch_id, created_at,
       updated_at
FROM feature_metadata WHERE client_id >= $1 ORDER BY client_id, feature_name
