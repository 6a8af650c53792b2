-- Keeps a schema, unless there is one of this id; then, whether that is another.
WITH made AS (
    INSERT INTO schema_cache (registry, schema_id, definition, sha256)
    VALUES ($1, $2::bigint, $3, sha256(convert_to($3, 'UTF8')))
    ON CONFLICT DO NOTHING)
SELECT EXISTS (SELECT FROM schema_cache
               WHERE registry = $1 AND schema_id = $2::bigint AND definition <> $3)
