-- Every partition that was ever consumed, for `lag`. `owned`: true while the session that took it over
-- lives, NULL when that cannot be seen (a session of another role hides when it began).
SELECT t.name, o.partition_id, o.next_offset, o.recorded_at, o.taken_at, o.lost, o.owner, o.stopped_reason,
       o.waits_reason,
       CASE WHEN a.pid IS NULL THEN false WHEN a.backend_start IS NOT NULL THEN a.backend_start = o.owner_started END
FROM consumer_offsets o
JOIN topics t USING (topic_id)
LEFT JOIN pg_stat_activity a ON a.pid = o.owner_pid
ORDER BY t.name, o.partition_id
