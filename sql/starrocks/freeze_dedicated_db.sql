-- Stops the client's writers; readers go on.
-- @minimum 3.3

-- @statement
REVOKE INSERT, UPDATE, DELETE ON ALL TABLES IN DATABASE `client_{organization}` FROM ROLE `client_{organization}_rw`;
-- @verify 0
SELECT COUNT(*) > 0 FROM `sys`.`grants_to_roles`
WHERE `GRANTEE` = 'client_{organization}_rw' AND `OBJECT_DATABASE` = 'client_{organization}'
  AND `OBJECT_TYPE` = 'TABLE' AND `PRIVILEGE_TYPE` LIKE '%DELETE%';
-- @ok There is no such grant defined
-- @rollback
GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN DATABASE `client_{organization}` TO ROLE `client_{organization}_rw`;
-- @rollback_verify 1
SELECT COUNT(*) > 0 FROM `sys`.`grants_to_roles`
WHERE `GRANTEE` = 'client_{organization}_rw' AND `OBJECT_DATABASE` = 'client_{organization}'
  AND `OBJECT_TYPE` = 'TABLE' AND `PRIVILEGE_TYPE` LIKE '%DELETE%';

-- Loads that had begun before have ended.
-- @check 0
SELECT COUNT(*) FROM `information_schema`.`loads`
WHERE `DB_NAME` = 'client_{organization}' AND `TABLE_NAME` = 'features'
  AND `STATE` IN ('PENDING', 'QUEUEING', 'LOADING', 'PREPARED');
