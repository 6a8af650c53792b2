-- What operators asked for of one dead letter, and what became of it.
SELECT id, action::text, actor::text, reason, requested_at, done_at, outcome::text, code::text, detail
FROM operator_requests WHERE dead_letter_id = $1::bigint ORDER BY id
