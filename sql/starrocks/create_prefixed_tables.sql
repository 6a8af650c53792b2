-- Makes the client's own table beside those of others: c{organization}_features.
-- Undoing takes access away and leaves the empty table: nothing is dropped without approval.
-- @minimum 3.3

-- @statement
CREATE DATABASE IF NOT EXISTS `{tables_database}`;
-- @verify 1
SELECT COUNT(*) FROM `information_schema`.`schemata` WHERE `SCHEMA_NAME` = '{tables_database}';

-- A view that an earlier move left in the table's place.
-- @statement
DROP VIEW IF EXISTS `{tables_database}`.`c{organization}_features`;
-- @verify 0
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = '{tables_database}' AND `TABLE_NAME` = 'c{organization}_features' AND `TABLE_TYPE` = 'VIEW';

-- @statement
CREATE TABLE IF NOT EXISTS `{tables_database}`.`c{organization}_features` (
  `feature_id` BIGINT NOT NULL,
  `event_date` DATE NOT NULL,
  {column_definitions}`version` BIGINT NOT NULL DEFAULT "0",
  `updated_at` DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
) ENGINE = OLAP PRIMARY KEY (`feature_id`, `event_date`)
PARTITION BY date_trunc('month', `event_date`)
DISTRIBUTED BY HASH (`feature_id`) BUCKETS {buckets}
PROPERTIES ("replication_num" = "{replication}");
-- @verify 1
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = '{tables_database}' AND `TABLE_NAME` = 'c{organization}_features' AND `TABLE_TYPE` = 'BASE TABLE';

-- IF NOT EXISTS keeps a table of any shape, so its columns are looked at.
-- @check {column_count}
SELECT COUNT(*) FROM `information_schema`.`columns`
WHERE `TABLE_SCHEMA` = '{tables_database}' AND `TABLE_NAME` = 'c{organization}_features' AND `COLUMN_NAME` IN ({column_names});

-- @statement
CREATE ROLE IF NOT EXISTS `client_{organization}_rw`;

-- @statement
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE `{tables_database}`.`c{organization}_features` TO ROLE `client_{organization}_rw`;
-- @verify 1
SELECT COUNT(*) > 0 FROM `sys`.`grants_to_roles`
WHERE `GRANTEE` = 'client_{organization}_rw' AND `OBJECT_DATABASE` = '{tables_database}' AND `OBJECT_NAME` = 'c{organization}_features'
  AND `OBJECT_TYPE` = 'TABLE' AND `PRIVILEGE_TYPE` LIKE '%DELETE%';
-- @rollback
REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLE `{tables_database}`.`c{organization}_features` FROM ROLE `client_{organization}_rw`;
-- @rollback_verify 0
SELECT COUNT(*) > 0 FROM `sys`.`grants_to_roles`
WHERE `GRANTEE` = 'client_{organization}_rw' AND `OBJECT_DATABASE` = '{tables_database}' AND `OBJECT_NAME` = 'c{organization}_features'
  AND `OBJECT_TYPE` = 'TABLE' AND `PRIVILEGE_TYPE` LIKE '%DELETE%';
-- @ok There is no such grant defined
