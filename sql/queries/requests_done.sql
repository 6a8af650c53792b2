-- What became of these requests.
SELECT coalesce(dead_letter_id, parked_id), coalesce(outcome, '')::text, code::text, detail
FROM operator_requests WHERE id = ANY ($1::bigint[]) ORDER BY id
