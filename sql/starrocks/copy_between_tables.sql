-- Copies from the client's table to its new one.
-- Rows that are missing or older, in {chunks} chunks of the features, each a task of its own, while
-- writers go on; so a newer row that was written to both sides stays, and the whole may be run again.
-- @minimum 3.3

-- @each chunk
-- @statement
SUBMIT TASK `copy_{command}_{chunk}` PROPERTIES ("session.insert_timeout" = "14400") AS
INSERT INTO {target} ({columns})
SELECT {s_columns}
FROM {source} AS s
LEFT JOIN {target} AS d ON s.`feature_id` = d.`feature_id` AND s.`event_date` = d.`event_date`
WHERE ABS(MOD(s.`feature_id`, {chunks})) = {chunk}
  AND (d.`feature_id` IS NULL OR s.`version` > d.`version`);
-- @completed SUCCESS FAILED
SELECT `STATE` FROM `information_schema`.`task_runs`
WHERE `TASK_NAME` = 'copy_{command}_{chunk}' ORDER BY `CREATE_TIME` DESC LIMIT 1;
-- @ok already exists

-- Undoes them all; before the switch the copy is not in use.
-- @statement
SELECT COUNT(*) FROM {target};
-- @rollback
TRUNCATE TABLE {target};
-- @rollback_verify 0
SELECT COUNT(*) FROM {target};
