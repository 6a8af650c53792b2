-- What `tenants list` and `tenants show` tell. A filter that is NULL lets all through.
SELECT t.client_id, c.organization_id::text, c.name::text, c.status, t.state, t.storage, t.saga, t.step, t.waits_for,
    t.requested_mode, t.actual_mode, t.source_mode, t.target_mode, t.attempt, t.held, t.frozen, t.since, t.reason,
    t.command_id, t.acknowledged_at, t.acks_ignored,
    (extract(epoch FROM greatest(now() - t.since, '0')) * 1000000)::bigint AS age,
    coalesce((SELECT (extract(epoch FROM now() - coalesce(o.published_at, o.created_at)) * 1000000)::bigint
              FROM outbox o WHERE o.client_id = t.client_id AND o.command_id = t.command_id), 0) AS unanswered,
    (SELECT count(*) FROM outbox o WHERE o.client_id = t.client_id) AS commands,
    (SELECT count(*) FROM outbox o WHERE o.client_id = t.client_id AND o.published_at IS NULL) AS pending
FROM tenants t JOIN clients c ON c.id = t.client_id
WHERE ($1::uuid IS NULL OR t.client_id = $1)
    AND ($2::text IS NULL OR c.organization_id = $2)
    AND ($3::text IS NULL OR t.state = $3)
ORDER BY c.organization_id, c.status = 'archived', t.client_id
