-- Which dead letters a command is about: one by its number, whatever its state, or all that match. A
-- filter that is NULL lets all through. As text, so that the answer is the next statement's parameter.
SELECT coalesce(array_agg(c.id ORDER BY c.id), '{}')::text, count(*)
FROM (SELECT d.id FROM dead_letters AS d JOIN topics AS t USING (topic_id)
      WHERE ($1::bigint IS NULL OR d.id = $1)
          AND ($2::dead_letter_state IS NULL OR d.state = $2)
          AND ($3::text IS NULL OR d.code = $3)
          AND ($4::text IS NULL OR d.type = $4)
          AND ($5::uuid IS NULL OR d.client_id = $5)
          AND ($6::text IS NULL OR t.name = $6)
          AND d.recorded_at <= now() - $7::bigint * interval '1 microsecond'
      ORDER BY d.id
      LIMIT $8::bigint) AS c
