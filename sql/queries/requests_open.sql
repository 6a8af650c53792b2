-- How many of these requests nobody has done yet.
SELECT count(*) FROM operator_requests WHERE id = ANY ($1::bigint[]) AND done_at IS NULL
