-- Commands with their final bytes, by tenant and sequence. A filter that is NULL lets all through.
SELECT o.client_id, o.command_id, o.sequence, o.event_id, o.created_at, o.published_at, o.published_partition,
    o.published_offset, o.differs, o.value
FROM outbox o
WHERE ($1::uuid IS NULL OR o.client_id = $1) AND ($2::text IS NULL OR o.organization_id = $2)
ORDER BY o.organization_id, o.client_id, o.sequence
