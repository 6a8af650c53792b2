-- Makes room for the client in the table that many share: a partition of its own, and a view of its
-- rows. The loaders write to the table, the client reads the view.
-- Undoing takes access away and leaves the partition: nothing is dropped without approval.
-- @minimum 3.3

-- @statement
CREATE DATABASE IF NOT EXISTS `{shared_database}`;
-- @verify 1
SELECT COUNT(*) FROM `information_schema`.`schemata` WHERE `SCHEMA_NAME` = '{shared_database}';

-- Made by whichever client comes first, with that one's partition.
-- @statement
CREATE TABLE IF NOT EXISTS `{shared_database}`.`features` (
  `tenant_id` VARCHAR(40) NOT NULL,
  `feature_id` BIGINT NOT NULL,
  `event_date` DATE NOT NULL,
  {column_definitions}`version` BIGINT NOT NULL DEFAULT "0",
  `updated_at` DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
) ENGINE = OLAP PRIMARY KEY (`tenant_id`, `feature_id`, `event_date`)
PARTITION BY LIST (`tenant_id`) (PARTITION `p{organization}` VALUES IN ("{organization}"))
DISTRIBUTED BY HASH (`tenant_id`, `feature_id`) BUCKETS {buckets}
PROPERTIES ("replication_num" = "{replication}");
-- @verify 1
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = '{shared_database}' AND `TABLE_NAME` = 'features' AND `TABLE_TYPE` = 'BASE TABLE';

-- @check {column_count}
SELECT COUNT(*) FROM `information_schema`.`columns`
WHERE `TABLE_SCHEMA` = '{shared_database}' AND `TABLE_NAME` = 'features' AND `COLUMN_NAME` IN ({column_names});

-- The name is the one by which StarRocks itself would call it.
-- @statement
ALTER TABLE `{shared_database}`.`features` ADD PARTITION IF NOT EXISTS `p{organization}` VALUES IN ("{organization}");
-- @verify 1
SELECT COUNT(*) FROM `information_schema`.`partitions_meta`
WHERE `DB_NAME` = '{shared_database}' AND `TABLE_NAME` = 'features' AND `PARTITION_NAME` = 'p{organization}';

-- Replaces a view that an earlier move left, too; over a table it fails.
-- @statement
CREATE OR REPLACE VIEW `{shared_database}`.`c{organization}_features` AS
SELECT {columns} FROM `{shared_database}`.`features` WHERE `tenant_id` = '{organization}';

-- @statement
CREATE ROLE IF NOT EXISTS `client_{organization}_rw`;

-- @statement
GRANT SELECT ON VIEW `{shared_database}`.`c{organization}_features` TO ROLE `client_{organization}_rw`;
-- @verify 1
SELECT COUNT(*) > 0 FROM `sys`.`grants_to_roles`
WHERE `GRANTEE` = 'client_{organization}_rw' AND `OBJECT_DATABASE` = '{shared_database}' AND `OBJECT_NAME` = 'c{organization}_features'
  AND `OBJECT_TYPE` = 'VIEW' AND `PRIVILEGE_TYPE` LIKE '%SELECT%';
-- @rollback
REVOKE SELECT ON VIEW `{shared_database}`.`c{organization}_features` FROM ROLE `client_{organization}_rw`;
-- @rollback_verify 0
SELECT COUNT(*) > 0 FROM `sys`.`grants_to_roles`
WHERE `GRANTEE` = 'client_{organization}_rw' AND `OBJECT_DATABASE` = '{shared_database}' AND `OBJECT_NAME` = 'c{organization}_features'
  AND `OBJECT_TYPE` = 'VIEW' AND `PRIVILEGE_TYPE` LIKE '%SELECT%';
-- @ok There is no such grant defined
