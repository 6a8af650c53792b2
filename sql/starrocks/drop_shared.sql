-- Destroys the client's partition of the shared table, after approval. Nothing brings a partition of a
-- list back.
-- @minimum 3.3

-- @statement
ALTER TABLE `{shared_database}`.`features` DROP PARTITION IF EXISTS `p{organization}`;
-- @verify 0
SELECT COUNT(*) FROM `information_schema`.`partitions_meta`
WHERE `DB_NAME` = '{shared_database}' AND `TABLE_NAME` = 'features' AND `PARTITION_NAME` = 'p{organization}';

-- @statement
DROP ROLE IF EXISTS `client_{organization}_rw`;
