-- All in one statement, so that what was done is told of in the transaction that did it.
WITH done AS MATERIALIZED (
    SELECT * FROM secretmagic_rebuild.apply()
), told AS (
    INSERT INTO repairs (actor, reason, program, scope, tables, positions)
    SELECT $1, $2, $3, s.scope,
           (SELECT jsonb_object_agg(d.table_name, jsonb_build_object('written', d.written, 'removed', d.removed))
            FROM done d WHERE d.written + d.removed > 0),
           (SELECT jsonb_agg(jsonb_build_object('topic_id', o.topic_id, 'partition_id', o.partition_id,
                'next_offset', o.next_offset, 'ledger_seq', o.ledger_seq) ORDER BY o.topic_id, o.partition_id)
            FROM consumer_offsets o)
    FROM secretmagic_rebuild.state s
    WHERE EXISTS (SELECT FROM done d WHERE d.written + d.removed > 0)
    RETURNING id
)
SELECT d.table_name, d.written, d.removed, (SELECT id FROM told) FROM done d
