-- Brings the client's table back from the archive, and gives access.
-- @minimum 3.3

-- @statement
ALTER TABLE `{tables_database}`.`c{organization}_features__archived` RENAME `c{organization}_features`;
-- @verify 1
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = '{tables_database}' AND `TABLE_NAME` = 'c{organization}_features' AND `TABLE_TYPE` = 'BASE TABLE';

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
