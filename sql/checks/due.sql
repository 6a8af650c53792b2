-- What tells when a client is due is what clients, batches and the log say.
SELECT 'client_due', format('client %s', coalesce(s.client_id, d.client_id)), c.key,
       coalesce(c.value, 'none'), coalesce(to_jsonb(d) ->> c.key, 'none')
FROM client_due_sources s
FULL JOIN client_due d ON d.client_id = s.client_id
CROSS JOIN LATERAL jsonb_each_text(coalesce(to_jsonb(s), to_jsonb(d) - 'client_id')) AS told(key, value)
CROSS JOIN LATERAL (SELECT told.key, CASE WHEN s.client_id IS NOT NULL THEN told.value END AS value) c
WHERE to_jsonb(s) IS DISTINCT FROM to_jsonb(d) AND c.value IS DISTINCT FROM to_jsonb(d) ->> c.key
ORDER BY 2, 3
