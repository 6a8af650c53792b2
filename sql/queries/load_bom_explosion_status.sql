SELECT w.ordinal::integer, t.status, t.last_processed_at, t.records_processed, t.error_message,
       t.started_at, t.created_at, t.updated_at
FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS w(client_id, key, ordinal)
JOIN bom_explosion_status t ON t.client_id = w.client_id
