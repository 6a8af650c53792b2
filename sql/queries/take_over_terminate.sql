-- Ends the sessions that own these partitions and are inside a transaction, and no other: a process
-- id counts only together with the time at which its session began.
SELECT count(pg_terminate_backend(pid))
FROM (SELECT DISTINCT a.pid
      FROM unnest($1::smallint[], $2::integer[]) AS w(topic_id, partition_id)
      JOIN consumer_offsets o ON o.topic_id = w.topic_id AND o.partition_id = w.partition_id
      JOIN pg_stat_activity a ON a.pid = o.owner_pid AND a.backend_start = o.owner_started
      WHERE a.pid <> pg_backend_pid() AND a.xact_start IS NOT NULL) AS owner
