WITH marked AS (
    UPDATE consumer_offsets SET trial_offset = $4
    WHERE topic_id = $1 AND partition_id = $2 AND epoch = $3
    RETURNING 1
)
SELECT secretmagic_require((SELECT count(*) FROM marked), 1, 'SM001', 'positions that are ours')
