-- What waits, what was refused, commands, tenants and instances, for the dashboard, as one JSON document. Names of
-- organizations are told of tenants that want an operator, of no others.
SELECT json_build_object(
    'at_ms', (extract(epoch FROM now()) * 1000)::bigint,
    'waiting', (SELECT coalesce(json_agg(w ORDER BY w.count DESC, w.waits_for), '[]') FROM (
        SELECT waits_for::text, count(*),
            (extract(epoch FROM greatest(now() - min(recorded_at), '0')) * 1000)::bigint AS oldest_ms
        FROM parked_events WHERE state = 'waiting' GROUP BY waits_for) AS w),
    'dead_letters', (SELECT coalesce(json_agg(d ORDER BY d.count DESC, d.code), '[]') FROM (
        SELECT code::text, count(*),
            (extract(epoch FROM greatest(now() - min(recorded_at), '0')) * 1000)::bigint AS first_ms,
            (extract(epoch FROM greatest(now() - max(recorded_at), '0')) * 1000)::bigint AS last_ms
        FROM dead_letters WHERE state = 'open' GROUP BY code) AS d),
    'commands', (SELECT json_build_object(
            'pending', p.count, 'oldest_ms', (extract(epoch FROM now() - p.oldest) * 1000)::bigint,
            'published', l.published, 'published_ms', (extract(epoch FROM now() - l.published_at) * 1000)::bigint,
            'relay', CASE WHEN l.expires_at > now() THEN l.owner END, 'stopped_reason', l.stopped_reason)
        FROM relay_lease l,
             (SELECT count(*), min(created_at) AS oldest FROM outbox WHERE published_at IS NULL) AS p),
    'tenants', (SELECT coalesce(json_agg(t ORDER BY t.count DESC, t.state), '[]') FROM (
        SELECT state, count(*) FROM tenants GROUP BY state) AS t),
    'tenants_in_need', (SELECT coalesce(json_agg(n ORDER BY n.since_ms DESC), '[]') FROM (
        SELECT t.client_id, c.organization_id::text, c.name::text, t.state, t.step, t.waits_for,
            (extract(epoch FROM greatest(now() - t.since, '0')) * 1000)::bigint AS since_ms
        FROM tenants t JOIN clients c ON c.id = t.client_id
        WHERE t.waits_for IN ('approval', 'operator') ORDER BY t.since LIMIT 20) AS n),
    'instances', (SELECT coalesce(json_agg(i ORDER BY i.name), '[]') FROM (
        SELECT o.owner AS name, count(*) AS partitions,
            bool_or(CASE WHEN a.pid IS NULL THEN false
                         WHEN a.backend_start IS NOT NULL THEN a.backend_start = o.owner_started END) AS lives,
            (extract(epoch FROM greatest(now() - min(o.taken_at), '0')) * 1000)::bigint AS since_ms
        FROM consumer_offsets o LEFT JOIN pg_stat_activity a ON a.pid = o.owner_pid GROUP BY o.owner) AS i))::text
