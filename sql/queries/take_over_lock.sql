-- Waits for whoever holds the positions, in a statement of its own without any join: PostgreSQL 18.0
-- and 18.1 forget rows that a join had to wait for, and the take-over would find itself fenced. The
-- last condition names pairs exactly: nobody is to be waited for who does not own what is wanted.
SELECT FROM consumer_offsets
WHERE topic_id = ANY ($1::smallint[]) AND partition_id = ANY ($2::integer[])
  AND (topic_id::bigint << 32 | partition_id) = ANY (ARRAY(
        SELECT w.topic_id::bigint << 32 | w.partition_id
        FROM unnest($1::smallint[], $2::integer[]) AS w(topic_id, partition_id)))
ORDER BY topic_id, partition_id
FOR UPDATE
