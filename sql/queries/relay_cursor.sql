SELECT coalesce((SELECT next_offset FROM relay_cursors WHERE topic = $1 AND partition_id = $2::integer), -1)
