SELECT h.name, h.value
FROM dead_letters AS d, unnest(d.header_names, d.header_values) WITH ORDINALITY AS h (name, value, number)
WHERE d.id = $1::bigint ORDER BY h.number
