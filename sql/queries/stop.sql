-- $4 is 'stopped', 'waits', 'over' or 'left'. What waits already has waited since then.
WITH stopped AS (
    UPDATE consumer_offsets
    SET stopped_at = CASE $4 WHEN 'stopped' THEN now() ELSE stopped_at END,
        stopped_reason = CASE $4 WHEN 'stopped' THEN $5 ELSE stopped_reason END,
        waits_since = CASE $4 WHEN 'waits' THEN coalesce(waits_since, now()) END,
        waits_reason = CASE $4 WHEN 'waits' THEN $5 END,
        claims = CASE WHEN $4 = 'left' AND claimed_offset = next_offset THEN claims - 1 ELSE claims END
    WHERE topic_id = $1::smallint AND partition_id = $2::integer AND epoch = $3::bigint
    RETURNING 1
)
SELECT secretmagic_require((SELECT count(*) FROM stopped), 1, 'SM001', 'position to be stopped')
