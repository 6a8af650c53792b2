SELECT h.name, h.value
FROM parked_events AS p, unnest(p.header_names, p.header_values) WITH ORDINALITY AS h (name, value, number)
WHERE p.id = $1::bigint ORDER BY h.number
