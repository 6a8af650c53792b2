-- Destroys the client's partition of the shared table, after approval. Nothing brings a partition of a
-- list back.
-- @minimum 3.3

-- @statement
DROP VIEW IF EXISTS `{shared_database}`.`c{organization}_features`;
-- @verify 0
SELECT COUNT(*) FROM `information_schema`.`tables`
WHERE `TABLE_SCHEMA` = '{shared_database}' AND `TABLE_NAME` = 'c{organization}_features' AND `TABLE_TYPE` = 'VIEW';

-- @statement
ALTER TABLE `{shared_database}`.`features` DROP PARTITION IF EXISTS `p{organization}`;
-- @verify 0
SELECT COUNT(*) FROM `information_schema`.`partitions_meta`
WHERE `DB_NAME` = '{shared_database}' AND `TABLE_NAME` = 'features' AND `PARTITION_NAME` = 'p{organization}';
