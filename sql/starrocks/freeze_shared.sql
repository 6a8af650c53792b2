-- Nobody but the loaders writes to the shared table, and those stop at the gate, which is closed from
-- now on. So there is only to be waited for what they had begun.
-- @minimum 3.3

-- Loads that had begun before have ended.
-- @check 0
SELECT COUNT(*) FROM `information_schema`.`loads`
WHERE `DB_NAME` = '{shared_database}' AND `TABLE_NAME` = 'features'
  AND `STATE` IN ('PENDING', 'QUEUEING', 'LOADING', 'PREPARED');
