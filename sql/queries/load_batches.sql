SELECT w.ordinal::integer, t.data_type, t.status, t.records_expected, t.records_total,
       t.records_processed, t.records_failed, t.error_message, t.started_at, t.ended_at,
       t.created_at, t.updated_at
FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS w(client_id, key, ordinal)
JOIN batches t ON t.client_id = w.client_id AND t.id = w.key
