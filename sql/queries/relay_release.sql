UPDATE relay_lease
SET expires_at = '-infinity', stopped_at = CASE WHEN $2::text IS NOT NULL THEN now() END, stopped_reason = $2
WHERE epoch = $1::bigint
