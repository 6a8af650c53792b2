-- Destroys the archived database, after approval. Without FORCE: RECOVER DATABASE brings it back for a
-- day.
-- @minimum 3.3

-- @statement
DROP DATABASE IF EXISTS `client_{organization}__archived`;
-- @verify 0
SELECT COUNT(*) FROM `information_schema`.`schemata` WHERE `SCHEMA_NAME` = 'client_{organization}__archived';

-- @if cpu_weight
-- @statement
DROP RESOURCE GROUP `rg_client_{organization}`;
-- @ok does not exist

-- @statement
DROP ROLE IF EXISTS `client_{organization}_rw`;
