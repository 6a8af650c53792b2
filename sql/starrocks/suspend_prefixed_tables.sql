-- Withdraws access; live sessions are refused at their next statement. The data stay.
-- @minimum 3.3

-- @statement
REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLE `{tables_database}`.`c{organization}_features` FROM ROLE `client_{organization}_rw`;
-- @verify 0
SELECT COUNT(*) > 0 FROM `sys`.`grants_to_roles`
WHERE `GRANTEE` = 'client_{organization}_rw' AND `OBJECT_DATABASE` = '{tables_database}' AND `OBJECT_NAME` = 'c{organization}_features'
  AND `OBJECT_TYPE` = 'TABLE' AND `PRIVILEGE_TYPE` LIKE '%DELETE%';
-- @ok There is no such grant defined
-- @rollback
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE `{tables_database}`.`c{organization}_features` TO ROLE `client_{organization}_rw`;
-- @rollback_verify 1
SELECT COUNT(*) > 0 FROM `sys`.`grants_to_roles`
WHERE `GRANTEE` = 'client_{organization}_rw' AND `OBJECT_DATABASE` = '{tables_database}' AND `OBJECT_NAME` = 'c{organization}_features'
  AND `OBJECT_TYPE` = 'TABLE' AND `PRIVILEGE_TYPE` LIKE '%DELETE%';
