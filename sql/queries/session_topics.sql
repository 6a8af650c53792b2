-- Numbers of the topics, in the order of $1; a name that is new gets one.
WITH wanted AS (
    SELECT name, ordinal FROM unnest($1::text[]) WITH ORDINALITY AS w(name, ordinal)
), added AS (
    -- The filter spares numbers of the sequence, the clause covers a race with another session.
    INSERT INTO topics (name)
    SELECT name FROM wanted WHERE NOT EXISTS (SELECT FROM topics t WHERE t.name = wanted.name)
    ORDER BY ordinal
    ON CONFLICT (name) DO UPDATE SET name = excluded.name
    RETURNING topic_id, name
)
SELECT coalesce(a.topic_id, t.topic_id)
FROM wanted w
LEFT JOIN added a ON a.name = w.name
LEFT JOIN topics t ON t.name = w.name
ORDER BY w.ordinal
