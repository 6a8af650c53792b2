-- Puts the client's table aside under another name, and withdraws access first.
-- @minimum 3.3

-- @statement
REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLE `{tables_database}`.`c{organization}_features` FROM ROLE `client_{organization}_rw`;
-- @verify 0
SELECT COUNT(*) > 0 FROM `sys`.`grants_to_roles`
WHERE `GRANTEE` = 'client_{organization}_rw' AND `OBJECT_DATABASE` = '{tables_database}' AND `OBJECT_NAME` = 'c{organization}_features'
  AND `OBJECT_TYPE` = 'TABLE' AND `PRIVILEGE_TYPE` LIKE '%DELETE%';
-- @ok There is no such grant defined

-- @statement
ALTER TABLE `{tables_database}`.`c{organization}_features` RENAME `c{organization}_features__archived`;
-- @verify 1
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = '{tables_database}' AND `TABLE_NAME` = 'c{organization}_features__archived' AND `TABLE_TYPE` = 'BASE TABLE';
-- @rollback
ALTER TABLE `{tables_database}`.`c{organization}_features__archived` RENAME `c{organization}_features`;
-- @rollback_verify 1
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = '{tables_database}' AND `TABLE_NAME` = 'c{organization}_features' AND `TABLE_TYPE` = 'BASE TABLE';
