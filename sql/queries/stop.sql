WITH stopped AS (
    UPDATE consumer_offsets SET stopped_at = now(), stopped_reason = $4
    WHERE topic_id = $1::smallint AND partition_id = $2::integer AND epoch = $3::bigint
    RETURNING 1
)
SELECT secretmagic_require((SELECT count(*) FROM stopped), 1, 'SM001', 'position to be stopped')
