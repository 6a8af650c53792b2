-- The rows stay where they are; the client's view goes.
-- @minimum 3.3

-- @statement
DROP VIEW IF EXISTS `{shared_database}`.`c{organization}_features`;
-- @verify 0
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = '{shared_database}' AND `TABLE_NAME` = 'c{organization}_features' AND `TABLE_TYPE` = 'VIEW';
-- @rollback
CREATE OR REPLACE VIEW `{shared_database}`.`c{organization}_features` AS
SELECT {columns} FROM `{shared_database}`.`features` WHERE `tenant_id` = '{organization}';
-- @rollback_verify 1
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = '{shared_database}' AND `TABLE_NAME` = 'c{organization}_features' AND `TABLE_TYPE` = 'VIEW';
