-- The old name leads to the new table: the old one steps aside, and a view takes its place. StarRocks
-- has no RENAME to another database. Readers of the old name go on; writers find a view.
-- @minimum 3.3

-- @statement
ALTER TABLE `client_{organization}`.`features` RENAME `features__moved_{saga}`;
-- @verify 1
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = 'client_{organization}' AND `TABLE_NAME` = 'features__moved_{saga}' AND `TABLE_TYPE` = 'BASE TABLE';
-- @rollback
ALTER TABLE `client_{organization}`.`features__moved_{saga}` RENAME `features`;
-- @rollback_verify 1
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = 'client_{organization}' AND `TABLE_NAME` = 'features' AND `TABLE_TYPE` = 'BASE TABLE';

-- @statement
CREATE OR REPLACE VIEW `client_{organization}`.`features` AS SELECT {columns} FROM {target_view};
-- @verify 1
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = 'client_{organization}' AND `TABLE_NAME` = 'features' AND `TABLE_TYPE` = 'VIEW';
-- @rollback
DROP VIEW IF EXISTS `client_{organization}`.`features`;
-- @rollback_verify 0
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = 'client_{organization}' AND `TABLE_NAME` = 'features' AND `TABLE_TYPE` = 'VIEW';

-- @statement
GRANT SELECT ON VIEW `client_{organization}`.`features` TO ROLE `client_{organization}_rw`;
-- @verify 1
SELECT COUNT(*) > 0 FROM `sys`.`grants_to_roles`
WHERE `GRANTEE` = 'client_{organization}_rw' AND `OBJECT_DATABASE` = 'client_{organization}' AND `OBJECT_NAME` = 'features'
  AND `OBJECT_TYPE` = 'VIEW' AND `PRIVILEGE_TYPE` LIKE '%SELECT%';
