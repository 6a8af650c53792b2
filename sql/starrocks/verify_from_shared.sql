-- Compares the client's partition with its new table. Nothing is changed.
-- @minimum 3.3

-- @check 0
SELECT (SELECT COUNT(*) FROM {source} WHERE `tenant_id` = '{organization}') - (SELECT COUNT(*) FROM {target});

-- Every row, with all its columns, both ways.
-- @check 0
SELECT COUNT(*) FROM (
  SELECT {comparable_columns} FROM {source} WHERE `tenant_id` = '{organization}'
  EXCEPT
  SELECT {comparable_columns} FROM {target}
) AS x;

-- @check 0
SELECT COUNT(*) FROM (
  SELECT {comparable_columns} FROM {target}
  EXCEPT
  SELECT {comparable_columns} FROM {source} WHERE `tenant_id` = '{organization}'
) AS x;
