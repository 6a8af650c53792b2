-- How many of these dead letters have which code, the most frequent first.
SELECT code::text, count(*) FROM dead_letters WHERE id = ANY ($1::bigint[]) GROUP BY code ORDER BY 2 DESC, 1
