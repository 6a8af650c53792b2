-- Withdraws access; live sessions are refused at their next statement. The data stay.
-- @minimum 3.3

-- @statement
REVOKE SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN DATABASE `client_{organization}` FROM ROLE `client_{organization}_rw`;
-- @verify 0
SELECT COUNT(*) > 0 FROM `sys`.`grants_to_roles`
WHERE `GRANTEE` = 'client_{organization}_rw' AND `OBJECT_DATABASE` = 'client_{organization}'
  AND `OBJECT_TYPE` = 'TABLE' AND `PRIVILEGE_TYPE` LIKE '%DELETE%';
-- @ok There is no such grant defined
-- @rollback
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN DATABASE `client_{organization}` TO ROLE `client_{organization}_rw`;
-- @rollback_verify 1
SELECT COUNT(*) > 0 FROM `sys`.`grants_to_roles`
WHERE `GRANTEE` = 'client_{organization}_rw' AND `OBJECT_DATABASE` = 'client_{organization}'
  AND `OBJECT_TYPE` = 'TABLE' AND `PRIVILEGE_TYPE` LIKE '%DELETE%';
