INSERT INTO parked_events (topic_id, partition_id, ledger_seq, record_offset, record_time, recorded_at,
    record_key, record_value, value_hash, header_names, header_values, event_id, client_id, kind, type, key,
    content_hash, gated, waits_for, first_wait, waits_code)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19, $20)
-- A fact raises no generation, so the log may have the id since it was looked up.
RETURNING secretmagic_require((SELECT count(*) FROM events e
                               WHERE e.event_id = parked_events.event_id
                                 AND e.client_id = parked_events.client_id),
                              0, 'SM002', 'event ids that are in the log already')
