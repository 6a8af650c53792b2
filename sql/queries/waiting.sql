SELECT id, record_offset, record_time, record_key, record_value, header_names, header_values,
       0::bigint AS dead_letter_id, 0::bigint AS request_id, client_id, waits_for, waits_code
FROM parked_events
WHERE client_id = $1 AND topic_id = $2 AND partition_id = $3 AND id > $4 AND state = 'waiting'
ORDER BY id
LIMIT $5
