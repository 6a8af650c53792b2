-- Copies what was written to the client's partition since the copy began.
-- Writers stand still. Both statements say what is so afterwards, and may be run again.
-- @minimum 3.3

-- @statement
INSERT INTO {target} WITH LABEL `delta_{command}` ({columns})
SELECT {s_columns}
FROM {source} AS s
LEFT JOIN {target} AS d ON s.`feature_id` = d.`feature_id` AND s.`event_date` = d.`event_date`
WHERE s.`tenant_id` = '{organization}' AND (d.`feature_id` IS NULL OR s.`version` > d.`version`);
-- @verify 0
SELECT COUNT(*)
FROM {source} AS s
LEFT JOIN {target} AS d ON s.`feature_id` = d.`feature_id` AND s.`event_date` = d.`event_date`
WHERE s.`tenant_id` = '{organization}' AND (d.`feature_id` IS NULL OR s.`version` > d.`version`);
-- @ok has already been used

-- What was deleted at the source since it was copied.
-- @statement
DELETE FROM {target} USING (
  SELECT d.`feature_id`, d.`event_date` FROM {target} AS d
  LEFT ANTI JOIN {source} AS s ON s.`tenant_id` = '{organization}' AND s.`feature_id` = d.`feature_id` AND s.`event_date` = d.`event_date`
) AS x
WHERE {target}.`feature_id` = x.`feature_id` AND {target}.`event_date` = x.`event_date`;
-- @verify 0
SELECT COUNT(*) FROM {target} AS d
LEFT ANTI JOIN {source} AS s ON s.`tenant_id` = '{organization}' AND s.`feature_id` = d.`feature_id` AND s.`event_date` = d.`event_date`;
