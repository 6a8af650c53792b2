SELECT w.ordinal::integer,
       CASE w.kind WHEN 'feature_type' THEN f.code IS NOT NULL
                   WHEN 'data_type' THEN d.code IS NOT NULL
                   ELSE secretmagic_knows_time_zone(w.code) END,
       f.config_rules
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w(kind, code, ordinal)
LEFT JOIN feature_types f ON w.kind = 'feature_type' AND f.code = w.code
LEFT JOIN data_types d ON w.kind = 'data_type' AND d.code = w.code
