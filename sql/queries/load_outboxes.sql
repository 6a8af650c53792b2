SELECT w.ordinal::integer,
       coalesce((SELECT o.sequence FROM outbox o
                 WHERE o.client_id = w.client_id ORDER BY o.sequence DESC LIMIT 1), 0)
FROM unnest($1::uuid[]) WITH ORDINALITY AS w(client_id, ordinal)
