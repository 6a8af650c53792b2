SELECT w.ordinal::integer, o.command_id, o.sequence, o.digest
FROM unnest($1::uuid[]) WITH ORDINALITY AS w(client_id, ordinal)
JOIN outbox o ON o.client_id = w.client_id AND o.event_id IS NULL
ORDER BY w.ordinal, o.sequence
