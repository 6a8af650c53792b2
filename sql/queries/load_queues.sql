-- Nothing waits behind an acknowledgement of a command that is not known. Probes of partial indexes, each in its own subquery as in load_clients, and each in words that fit only its
-- own index (see parked_events_stream).
SELECT w.ordinal::integer,
       coalesce((SELECT true FROM parked_events p
                 WHERE uuid_send(p.client_id) = uuid_send(w.client_id) AND p.kind = w.kind AND p.key = w.key
                   AND p.state = 'waiting' AND p.waits_for <> 'command' AND p.id < w.before
                   AND NOT (w.unit_from > 0 AND p.id >= w.unit_from AND p.topic_id = w.topic_id
                            AND p.partition_id = w.partition_id) LIMIT 1), false),
       w.gated AND coalesce((SELECT true FROM parked_events p
                 WHERE p.client_id = w.client_id AND p.topic_id = w.topic_id
                   AND p.partition_id = w.partition_id AND p.gated
                   AND p.state = 'waiting' AND p.id < w.before
                   AND NOT (w.unit_from > 0 AND p.id >= w.unit_from) LIMIT 1), false)
FROM unnest($1::uuid[], $2::stream_kind[], $3::text[], $4::smallint[], $5::integer[], $6::boolean[], $7::bigint[],
            $8::bigint[])
    WITH ORDINALITY AS w(client_id, kind, key, topic_id, partition_id, gated, before, unit_from, ordinal)
