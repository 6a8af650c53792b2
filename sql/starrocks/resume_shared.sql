-- Gives access back.
-- @minimum 3.3

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
