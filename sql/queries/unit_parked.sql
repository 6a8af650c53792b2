-- Ids follow the order of the list: they order the queues. A fact raises no generation, so the log may have
-- an event's id since that was looked up.
WITH added AS (
    INSERT INTO parked_events (topic_id, partition_id, ledger_seq, record_offset, record_time, recorded_at,
        record_key, record_value, value_hash, header_names, header_values, event_id, client_id, kind, type, key,
        content_hash, gated, waits_for, first_wait, waits_code)
    SELECT topic_id, partition_id, ledger_seq, record_offset, record_time, recorded_at,
        record_key, record_value, value_hash, header_names, header_values, event_id, client_id, kind, type, key,
        content_hash, gated, waits_for, waits_for, waits_code
    FROM unnest($1::unit_parked[])
    RETURNING event_id, client_id
)
SELECT secretmagic_require((SELECT count(*) FROM added a
                            JOIN events e ON e.event_id = a.event_id AND e.client_id = a.client_id),
                           0, 'SM002', 'event ids that are in the log already')
