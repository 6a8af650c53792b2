-- Compares both tables. Nothing is changed.
-- @minimum 3.3

-- @check 0
SELECT (SELECT COUNT(*) FROM {source}) - (SELECT COUNT(*) FROM {target});

-- Every row, with all its columns, both ways.
-- @check 0
SELECT COUNT(*) FROM (
  SELECT {comparable_columns} FROM {source}
  EXCEPT
  SELECT {comparable_columns} FROM {target}
) AS x;

-- @check 0
SELECT COUNT(*) FROM (
  SELECT {comparable_columns} FROM {target}
  EXCEPT
  SELECT {comparable_columns} FROM {source}
) AS x;
