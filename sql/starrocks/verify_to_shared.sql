-- Compares the client's table with its new partition. Nothing is changed.
-- @minimum 3.3

-- @check 0
SELECT (SELECT COUNT(*) FROM {source}) - (SELECT COUNT(*) FROM {target} WHERE `tenant_id` = '{organization}');

-- Every row, with all its columns, both ways.
-- @check 0
SELECT COUNT(*) FROM (
  SELECT {comparable_columns} FROM {source}
  EXCEPT
  SELECT {comparable_columns} FROM {target} WHERE `tenant_id` = '{organization}'
) AS x;

-- @check 0
SELECT COUNT(*) FROM (
  SELECT {comparable_columns} FROM {target} WHERE `tenant_id` = '{organization}'
  EXCEPT
  SELECT {comparable_columns} FROM {source}
) AS x;
