-- Makes the client's own database, with its quotas and its share of the cluster: client_{organization}.
-- Undoing takes access away and leaves the empty database: nothing is dropped without approval.
-- @minimum 3.3.5

-- @unless storage_volume
-- @statement
CREATE DATABASE IF NOT EXISTS `client_{organization}`;
-- @verify 1
SELECT COUNT(*) FROM `information_schema`.`schemata` WHERE `SCHEMA_NAME` = 'client_{organization}';

-- @if storage_volume
-- @statement
CREATE DATABASE IF NOT EXISTS `client_{organization}` PROPERTIES ("storage_volume" = "{storage_volume}");
-- @verify 1
SELECT COUNT(*) FROM `information_schema`.`schemata` WHERE `SCHEMA_NAME` = 'client_{organization}';

-- @if data_quota
-- @statement
ALTER DATABASE `client_{organization}` SET DATA QUOTA {data_quota};

-- @if replica_quota
-- @statement
ALTER DATABASE `client_{organization}` SET REPLICA QUOTA {replica_quota};

-- A view that an earlier move left in the table's place.
-- @statement
DROP VIEW IF EXISTS `client_{organization}`.`features`;
-- @verify 0
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = 'client_{organization}' AND `TABLE_NAME` = 'features' AND `TABLE_TYPE` = 'VIEW';

-- @statement
CREATE TABLE IF NOT EXISTS `client_{organization}`.`features` (
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
WHERE `TABLE_SCHEMA` = 'client_{organization}' AND `TABLE_NAME` = 'features' AND `TABLE_TYPE` = 'BASE TABLE';

-- IF NOT EXISTS keeps a table of any shape, so its columns are looked at.
-- @check {column_count}
SELECT COUNT(*) FROM `information_schema`.`columns`
WHERE `TABLE_SCHEMA` = 'client_{organization}' AND `TABLE_NAME` = 'features' AND `COLUMN_NAME` IN ({column_names});

-- @statement
CREATE ROLE IF NOT EXISTS `client_{organization}_rw`;

-- @statement
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN DATABASE `client_{organization}` TO ROLE `client_{organization}_rw`;
-- @verify 1
SELECT COUNT(*) > 0 FROM `sys`.`grants_to_roles`
WHERE `GRANTEE` = 'client_{organization}_rw' AND `OBJECT_DATABASE` = 'client_{organization}'
  AND `OBJECT_TYPE` = 'TABLE' AND `PRIVILEGE_TYPE` LIKE '%DELETE%';
-- @rollback
REVOKE SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN DATABASE `client_{organization}` FROM ROLE `client_{organization}_rw`;
-- @rollback_verify 0
SELECT COUNT(*) > 0 FROM `sys`.`grants_to_roles`
WHERE `GRANTEE` = 'client_{organization}_rw' AND `OBJECT_DATABASE` = 'client_{organization}'
  AND `OBJECT_TYPE` = 'TABLE' AND `PRIVILEGE_TYPE` LIKE '%DELETE%';
-- @ok There is no such grant defined

-- @if cpu_weight
-- @statement
CREATE RESOURCE GROUP IF NOT EXISTS `rg_client_{organization}` TO (role = 'client_{organization}_rw')
WITH ("cpu_weight" = "{cpu_weight}", "mem_limit" = "{memory_limit}", "concurrency_limit" = "{concurrency_limit}");
-- @rollback
DROP RESOURCE GROUP `rg_client_{organization}`;
-- @ok does not exist
