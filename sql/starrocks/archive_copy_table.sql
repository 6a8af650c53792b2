-- Copies the client's table out, and compares. A path of its own for each attempt, since files are not replaced.
-- @minimum 3.3

-- @statement
INSERT INTO FILES ("path" = "{archive_path}/client_{organization}/{command}/", "format" = "parquet", "compression" = "zstd")
SELECT {comparable_columns} FROM {target};
-- @verify 0
SELECT (SELECT COUNT(*) FROM {target})
  - (SELECT COUNT(*) FROM FILES ("path" = "{archive_path}/client_{organization}/{command}/*", "format" = "parquet"));
