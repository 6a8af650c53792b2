-- A database as readers meet it at scale: clients with ten streams each (itself, five feature
-- configurations, BOM configuration, schedule, a batch, a BOM run). Every fourth client has no schedule of its
-- own, every tenth is not confirmed. Ids are random and rows lie in the order of streams, not of clients: what
-- belongs together is far apart. Run by readers_bench.sh, which sets the number of clients.
SET secretmagic.writer = 'projector';
SET synchronous_commit = off;
SET maintenance_work_mem = '1GB';
SELECT set_config('bench.clients', :'clients', false) \g /dev/null
-- Indexes are made when the rows are there: that takes a fifth of the time.
ALTER TABLE events DROP CONSTRAINT events_history, DROP CONSTRAINT events_once;
ALTER TABLE heads DROP CONSTRAINT heads_pkey;

INSERT INTO clients (id, name, organization_id, features_enabled, config_confirmed, config_confirmed_at,
    config_confirmed_by, status, created_at, updated_at)
SELECT md5('c' || n)::uuid, 'Client ' || n, 'o' || n, '{"bom_explosion": true, "feature_engineering": true}',
       n % 10 <> 0, CASE WHEN n % 10 <> 0 THEN at END, CASE WHEN n % 10 <> 0 THEN 'admin@example.com' END,
       CASE WHEN n % 50 = 0 THEN 'suspended' ELSE 'active' END, at, at
FROM generate_series(1, :clients) AS n, LATERAL (SELECT timestamptz '2026-01-01' + n * interval '1 ms' AS at) t;
INSERT INTO batches (client_id, id, data_type, status, records_total, records_processed, records_failed,
    started_at, ended_at, created_at, updated_at)
SELECT id, 'b-1', 'features', 'completed', 9, 9, 0, created_at, created_at + interval '1 h', created_at, updated_at
FROM clients;
INSERT INTO bom_explosion_status (client_id, status, last_processed_at, records_processed, started_at, created_at,
    updated_at)
SELECT id, 'completed', created_at, 412, created_at, created_at, updated_at FROM clients;

-- One stream of every client: `data` is an expression over n, the client's number.
CREATE FUNCTION pg_temp.stream(kind stream_kind, type event_type, key text, day integer, data text, versions integer)
    RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    FOR version IN 1 .. versions LOOP
        EXECUTE format($sql$
            INSERT INTO events (event_id, client_id, event_time, created_at, recorded_at, record_offset, ledger_seq,
                kind, type, cause, version, partition_id, topic_id, key, content_hash, source, data, actor)
            SELECT md5(%1$L || n)::uuid, md5('c' || n)::uuid, at, at, at, n, 1, %2$L, %3$L, 'live', %4$s, 0, 1, %5$L,
                   sha256(''), '/configurator/7', %6$s, 'admin@example.com'
            FROM generate_series(1, %7$s) AS n,
                 LATERAL (SELECT timestamptz '2026-01-01' + %8$s * interval '1 day' + n * interval '1 ms' AS at) t
            WHERE %2$L <> 'client_schedule' OR n %% 4 <> 0$sql$,
            kind || key || version, kind, type, version, key, data, current_setting('bench.clients'), day + version);
    END LOOP;
END $$;

SELECT pg_temp.stream('client', 'client.registered', '', 0,
    $$jsonb_build_object('name', 'Client ' || n, 'organization_id', 'o' || n)$$, 1) \g /dev/null
SELECT pg_temp.stream('feature_config', 'feature_config.changed', key, 10, format(
    $$jsonb_build_object('feature_type', %L, 'config', jsonb_build_object('window_days', n %% 365 + 1, 'alpha', 0.5,
        'min_samples', 7, 'nan_strategy', 'decay'))$$, key), 1)
FROM unnest(ARRAY['ema', 'lags', 'ma', 'seasonality', 'weather']) AS key \g /dev/null
SELECT pg_temp.stream('bom_config', 'bom_config.changed', '', 20, $$jsonb_build_object('max_levels', n % 10 + 1)$$, 1) \g /dev/null
SELECT pg_temp.stream('client_schedule', 'client_schedule.changed', '', 30, $$CASE n % 3
    WHEN 0 THEN jsonb_build_object('kind', 'interval', 'interval_minutes', n % 1000 + 1)
    WHEN 1 THEN jsonb_build_object('kind', 'daily', 'time_of_day', '03:00', 'timezone', 'Europe/Moscow')
    ELSE '{"kind": "weekly", "time_of_day": "06:30", "days_of_week": [1, 3, 5], "timezone": "America/New_York"}' END$$, 1) \g /dev/null
SELECT pg_temp.stream('batch', 'batch.started', 'b-1', 40,
    $$'{"batch_id": "b-1", "data_type": "features"}'::jsonb$$, 1) \g /dev/null
SELECT pg_temp.stream('bom_explosion', 'bom_explosion.started', '', 50, $$'{}'::jsonb$$, 1) \g /dev/null
INSERT INTO events (event_id, client_id, event_time, created_at, recorded_at, record_offset, ledger_seq, kind, type,
    cause, version, partition_id, topic_id, key, content_hash, source, data)
SELECT md5('defaults')::uuid, '00000000-0000-0000-0000-000000000000', at, at, at, 0, 1, 'scheduler_defaults',
       'scheduler_defaults.changed', 'live', 1, 0, 1, '', sha256(''), '/ui', '{"kind": "daily", "time_of_day": "02:00"}'
FROM (SELECT timestamptz '2026-01-01' AS at) t;
INSERT INTO heads (client_id, kind, key, version, last_at, active_at)
SELECT client_id, kind, key, version, created_at,
       CASE WHEN kind IN ('feature_config', 'bom_config', 'client_schedule', 'scheduler_defaults')
            THEN created_at ELSE '-infinity' END
FROM events;

ALTER TABLE heads ADD CONSTRAINT heads_pkey PRIMARY KEY (client_id, kind, key);
ALTER TABLE events ADD CONSTRAINT events_history UNIQUE (client_id, kind, key, created_at);
ALTER TABLE events ADD CONSTRAINT events_once UNIQUE (event_id, client_id);
VACUUM ANALYZE;
