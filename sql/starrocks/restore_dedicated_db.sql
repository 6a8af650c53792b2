-- Brings the client's database back from the archive, and gives access.
-- @minimum 3.3

-- @statement
ALTER DATABASE `client_{organization}__archived` RENAME `client_{organization}`;
-- @verify 1
SELECT COUNT(*) FROM `information_schema`.`schemata` WHERE `SCHEMA_NAME` = 'client_{organization}';

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
