-- Ids follow the order of the list: the relay sends in that order. A command that was found on the topic keeps
-- the bytes it has there; it becomes ours, and whether ours differ is told. The notification wakes the
-- relay: it is sent by units that carry commands and by no others, since it makes commits queue up.
-- None before the relay knows what is on the topic, which a restored database may have forgotten.
WITH allowed AS MATERIALIZED (
    SELECT secretmagic_require_scan()
), put AS (
    INSERT INTO outbox AS o (client_id, command_id, sequence, event_id, created_at, organization_id, digest, value,
        header_names, header_values)
    SELECT client_id, command_id, sequence, event_id, created_at, organization_id, digest, value,
        header_names, header_values
    FROM unnest($1::unit_command[]), allowed
    ON CONFLICT (client_id, command_id) DO UPDATE
    SET event_id = excluded.event_id, differs = o.digest <> excluded.digest
    WHERE o.event_id IS NULL AND o.sequence = excluded.sequence
    RETURNING 1
)
SELECT secretmagic_require((SELECT count(*) FROM put), cardinality($1::unit_command[]), 'SM004',
                           'commands that are not in the outbox yet'),
       pg_notify('secretmagic_outbox', '')
