-- The client's view leads to its new table: one statement, so readers miss nothing.
-- @minimum 3.3

-- @statement
CREATE OR REPLACE VIEW `{shared_database}`.`c{organization}_features` AS SELECT {columns} FROM {target_view};
-- @rollback
CREATE OR REPLACE VIEW `{shared_database}`.`c{organization}_features` AS
SELECT {columns} FROM `{shared_database}`.`features` WHERE `tenant_id` = '{organization}';
