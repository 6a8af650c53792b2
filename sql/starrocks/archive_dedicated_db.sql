-- Puts the client's database aside under another name, and withdraws access first.
-- @minimum 3.3

-- @statement
REVOKE SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN DATABASE `client_{organization}` FROM ROLE `client_{organization}_rw`;
-- @verify 0
SELECT COUNT(*) > 0 FROM `sys`.`grants_to_roles`
WHERE `GRANTEE` = 'client_{organization}_rw' AND `OBJECT_DATABASE` = 'client_{organization}'
  AND `OBJECT_TYPE` = 'TABLE' AND `PRIVILEGE_TYPE` LIKE '%DELETE%';
-- @ok There is no such grant defined

-- @statement
ALTER DATABASE `client_{organization}` RENAME `client_{organization}__archived`;
-- @verify 1
SELECT COUNT(*) FROM `information_schema`.`schemata` WHERE `SCHEMA_NAME` = 'client_{organization}__archived';
-- @rollback
ALTER DATABASE `client_{organization}__archived` RENAME `client_{organization}`;
-- @rollback_verify 1
SELECT COUNT(*) FROM `information_schema`.`schemata` WHERE `SCHEMA_NAME` = 'client_{organization}';
