-- Every client has one row of tenants, and every such row its client.
SELECT 'tenants', format('client %s', coalesce(c.id, t.client_id)), '',
       CASE WHEN c.id IS NULL THEN 'no row' ELSE 'a row' END, CASE WHEN c.id IS NULL THEN 'a row' ELSE 'no row' END
FROM clients c FULL JOIN tenants t ON t.client_id = c.id
WHERE c.id IS NULL OR t.client_id IS NULL
ORDER BY 2
