-- The old name leads to the new table: the old one steps aside, and a view takes its place. StarRocks
-- has no RENAME to another database. Readers of the old name go on; writers find a view.
-- @minimum 3.3

-- @statement
ALTER TABLE `{tables_database}`.`c{organization}_features` RENAME `c{organization}_features__moved_{saga}`;
-- @verify 1
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = '{tables_database}' AND `TABLE_NAME` = 'c{organization}_features__moved_{saga}' AND `TABLE_TYPE` = 'BASE TABLE';
-- @rollback
ALTER TABLE `{tables_database}`.`c{organization}_features__moved_{saga}` RENAME `c{organization}_features`;
-- @rollback_verify 1
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = '{tables_database}' AND `TABLE_NAME` = 'c{organization}_features' AND `TABLE_TYPE` = 'BASE TABLE';

-- @statement
CREATE OR REPLACE VIEW `{tables_database}`.`c{organization}_features` AS SELECT {columns} FROM {target_view};
-- @verify 1
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = '{tables_database}' AND `TABLE_NAME` = 'c{organization}_features' AND `TABLE_TYPE` = 'VIEW';
-- @rollback
DROP VIEW IF EXISTS `{tables_database}`.`c{organization}_features`;
-- @rollback_verify 0
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = '{tables_database}' AND `TABLE_NAME` = 'c{organization}_features' AND `TABLE_TYPE` = 'VIEW';

-- @statement
GRANT SELECT ON VIEW `{tables_database}`.`c{organization}_features` TO ROLE `client_{organization}_rw`;
-- @verify 1
SELECT COUNT(*) > 0 FROM `sys`.`grants_to_roles`
WHERE `GRANTEE` = 'client_{organization}_rw' AND `OBJECT_DATABASE` = '{tables_database}' AND `OBJECT_NAME` = 'c{organization}_features'
  AND `OBJECT_TYPE` = 'VIEW' AND `PRIVILEGE_TYPE` LIKE '%SELECT%';
