-- Destroys the archived table, after approval. RECOVER TABLE brings it back for a day.
-- @minimum 3.3

-- @statement
DROP TABLE IF EXISTS `{tables_database}`.`c{organization}_features__archived`;
-- @verify 0
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = '{tables_database}' AND `TABLE_NAME` = 'c{organization}_features__archived' AND `TABLE_TYPE` = 'BASE TABLE';

-- @statement
DROP ROLE IF EXISTS `client_{organization}_rw`;
