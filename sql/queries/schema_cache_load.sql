-- The newest of a registry's schemas, of which at most $2 and $3 bytes.
SELECT schema_id, definition
FROM (SELECT schema_id, definition, fetched_at,
             sum(octet_length(definition)) OVER (ORDER BY fetched_at DESC, schema_id DESC) AS size
      FROM schema_cache
      WHERE registry = $1 AND sha256 = sha256(convert_to(definition, 'UTF8'))) AS whole
WHERE size <= $3::bigint
ORDER BY fetched_at DESC, schema_id DESC
LIMIT $2::bigint
