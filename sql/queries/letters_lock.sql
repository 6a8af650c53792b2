-- First of a transaction that asks for something: whoever else does so waits, and the next statement sees
-- what was asked for meanwhile.
SELECT count(*) FROM (SELECT id FROM dead_letters WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE) AS locked
