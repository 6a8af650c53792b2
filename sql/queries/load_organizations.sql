SELECT w.ordinal::integer, c.id
FROM unnest($1::text[]) WITH ORDINALITY AS w(organization_id, ordinal)
LEFT JOIN clients c ON c.organization_id = w.organization_id AND c.status <> 'archived'
