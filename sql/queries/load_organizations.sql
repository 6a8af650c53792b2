-- An archived client keeps its organization id as long as it has tables, or is about to.
SELECT w.ordinal::integer, c.id
FROM unnest($1::text[]) WITH ORDINALITY AS w(organization_id, ordinal)
LEFT JOIN LATERAL (
    SELECT c.id FROM clients c WHERE c.organization_id = w.organization_id AND c.status <> 'archived'
    UNION ALL
    SELECT c.id FROM clients c JOIN tenants t ON t.client_id = c.id
    WHERE c.organization_id = w.organization_id AND c.status = 'archived'
        AND (t.saga IS NOT NULL OR t.storage NOT IN ('none', 'dropped'))
    LIMIT 1) c ON true
