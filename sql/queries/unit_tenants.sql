-- One row for each client that the unit writes, after it.
INSERT INTO tenants (client_id, state, storage, saga, step, waits_for, requested_mode, actual_mode, target_mode,
    source_mode, held, saga_id, attempt, command_id, acknowledged_id, acknowledged_at, since, reason, acks_ignored, recent_commands)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::boolean[], $12::uuid[], $13::integer[], $14::uuid[], $15::uuid[],
    $16::timestamptz[], $17::timestamptz[], $18::text[], $19::bigint[], $20::bytea[])
ON CONFLICT (client_id) DO UPDATE SET
    state = excluded.state, storage = excluded.storage, saga = excluded.saga, step = excluded.step,
    waits_for = excluded.waits_for, requested_mode = excluded.requested_mode, actual_mode = excluded.actual_mode,
    target_mode = excluded.target_mode, source_mode = excluded.source_mode, held = excluded.held,
    saga_id = excluded.saga_id, attempt = excluded.attempt,
    command_id = excluded.command_id, acknowledged_id = excluded.acknowledged_id,
    acknowledged_at = excluded.acknowledged_at, since = excluded.since, reason = excluded.reason,
    acks_ignored = excluded.acks_ignored, recent_commands = excluded.recent_commands
