-- Prints what readers' queries cost in the database that readers_fill.sql has made: the second of two runs of
-- each, so with caches warm; buffers of 8 KiB, those that came from disk or the system's cache in brackets.
CREATE FUNCTION pg_temp.measured(query text) RETURNS TABLE (ms numeric, rows bigint, buffers text)
    LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    FOR i IN 1 .. 2 LOOP
        EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ' || query INTO plan;
    END LOOP;
    RETURN QUERY SELECT round((plan -> 0 ->> 'Execution Time')::numeric, 2), (plan -> 0 -> 'Plan' ->> 'Actual Rows')::numeric::bigint,
        format('%s (%s)', (plan -> 0 -> 'Plan' ->> 'Shared Hit Blocks')::bigint + (plan -> 0 -> 'Plan' ->> 'Shared Read Blocks')::bigint,
               plan -> 0 -> 'Plan' ->> 'Shared Read Blocks');
END $$;

CREATE TEMP TABLE asked (number serial, what text, query text);
-- :client is one in the middle, of all kinds of streams.
INSERT INTO asked (what, query) VALUES
    ('current version (seed)', format($$SELECT * FROM feature_configs WHERE client_id = %L AND feature_type = 'ema'
        AND is_active = true ORDER BY created_at DESC LIMIT 1$$, :'client')),
    ('history (seed)', format($$SELECT version, config, created_at, created_by FROM feature_configs
        WHERE client_id = %L AND feature_type = 'weather' ORDER BY created_at DESC$$, :'client')),
    ('active features (seed)', format($$SELECT fc.id, fc.feature_type, fc.config, fc.created_at FROM feature_configs fc
        WHERE fc.client_id = %L AND fc.is_active = true ORDER BY fc.feature_type$$, :'client')),
    ('BOM status of one client', format($$SELECT * FROM bom_explosion_status WHERE client_id = %L$$, :'client')),
    ('active_configuration of one client', format('SELECT * FROM active_configuration WHERE client_id = %L', :'client')),
    ('effective_schedule of one client', format('SELECT * FROM effective_schedule WHERE client_id = %L', :'client')),
    ('clients_ready, one client', format('SELECT * FROM clients_ready WHERE id = %L', :'client')),
    ('audit_log of one client', format('SELECT * FROM audit_log WHERE client_id = %L ORDER BY changed_at DESC', :'client')),
    ('clients_due, the 100 due longest', 'SELECT * FROM clients_due()'),
    ('clients_ready, the 100 due longest', 'SELECT id, next_due_at FROM clients_ready ORDER BY next_due_at LIMIT 100'),
    ('clients_ready, those due now', 'SELECT id FROM clients_ready WHERE next_due_at <= now()'),
    ('clients_ready, how many', 'SELECT count(*) FROM clients_ready'),
    ('effective_schedule, all', 'SELECT * FROM effective_schedule'),
    ('active_configuration, all', 'SELECT * FROM active_configuration'),
    ('active_configuration, first 100 by name', 'SELECT * FROM active_configuration ORDER BY client_id LIMIT 100'),
    ('feature_configs, all active', 'SELECT * FROM feature_configs WHERE is_active'),
    ('BOM status of all active clients (seed)', $$SELECT c.name, c.organization_id, bes.last_processed_at,
        bes.records_processed, bes.status, bes.error_message FROM clients c LEFT JOIN bom_explosion_status bes
        ON c.id = bes.client_id WHERE c.status = 'active' ORDER BY bes.last_processed_at DESC$$),
    ('active clients (seed)', $$SELECT * FROM clients WHERE status = 'active'$$);
-- A statement each: one that takes for ever ends with an error, and the others are told nevertheless.
CREATE TEMP TABLE answers (what text, ms numeric, rows bigint, buffers text);
SET statement_timeout = '10min';
\set ON_ERROR_STOP off
SELECT format('INSERT INTO answers SELECT %L, * FROM pg_temp.measured(%L)', what, query) FROM asked ORDER BY number \gexec
RESET statement_timeout;
SELECT * FROM answers;
SELECT relname AS relation, pg_size_pretty(pg_relation_size(oid)) AS size FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i') AND pg_relation_size(oid) > 50000000
ORDER BY pg_relation_size(oid) DESC;
