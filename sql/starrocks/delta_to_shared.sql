-- Copies what was written since the copy began to the client's partition.
-- Writers stand still. Both statements say what is so afterwards, and may be run again.
-- @minimum 3.3

-- @statement
INSERT INTO {target} WITH LABEL `delta_{command}` (`tenant_id`, {columns})
SELECT '{organization}', {s_columns}
FROM {source} AS s
LEFT JOIN {target} AS d ON d.`tenant_id` = '{organization}' AND s.`feature_id` = d.`feature_id` AND s.`event_date` = d.`event_date`
WHERE (d.`feature_id` IS NULL OR s.`version` > d.`version`);
-- @verify 0
SELECT COUNT(*)
FROM {source} AS s
LEFT JOIN {target} AS d ON d.`tenant_id` = '{organization}' AND s.`feature_id` = d.`feature_id` AND s.`event_date` = d.`event_date`
WHERE (d.`feature_id` IS NULL OR s.`version` > d.`version`);
-- @ok has already been used

-- What was deleted at the source since it was copied.
-- @statement
DELETE FROM {target} USING (
  SELECT d.`feature_id`, d.`event_date` FROM {target} AS d
  LEFT ANTI JOIN {source} AS s ON s.`feature_id` = d.`feature_id` AND s.`event_date` = d.`event_date`
  WHERE d.`tenant_id` = '{organization}'
) AS x
WHERE {target}.`tenant_id` = '{organization}' AND {target}.`feature_id` = x.`feature_id` AND {target}.`event_date` = x.`event_date`;
-- @verify 0
SELECT COUNT(*) FROM {target} AS d
LEFT ANTI JOIN {source} AS s ON s.`feature_id` = d.`feature_id` AND s.`event_date` = d.`event_date`
  WHERE d.`tenant_id` = '{organization}';
