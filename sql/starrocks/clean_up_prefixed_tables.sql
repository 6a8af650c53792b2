-- Destroys the old table, after approval. RECOVER TABLE brings it back for a day.
-- @minimum 3.3

-- @statement
DROP VIEW IF EXISTS `{tables_database}`.`c{organization}_features`;
-- @verify 0
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = '{tables_database}' AND `TABLE_NAME` = 'c{organization}_features' AND `TABLE_TYPE` = 'VIEW';

-- @statement
DROP TABLE IF EXISTS `{tables_database}`.`c{organization}_features__moved_{saga}`;
-- @verify 0
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = '{tables_database}' AND `TABLE_NAME` = 'c{organization}_features__moved_{saga}' AND `TABLE_TYPE` = 'BASE TABLE';
