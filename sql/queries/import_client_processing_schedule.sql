-- Versions of client_processing_schedule, the oldest first, each under the id that it has. Where none is active any more a
-- deactivation follows; where one is that is not the newest, it is set once more, for here the newest version is
-- the active one.
SELECT event
FROM (SELECT r, created_at, stream, active,
             row_number() OVER (PARTITION BY stream ORDER BY created_at DESC, version DESC) = 1 AS newest,
             first_value(r) OVER (PARTITION BY stream ORDER BY active DESC, created_at DESC, version DESC) AS best,
             bool_or(active) OVER (PARTITION BY stream) AS any_active
      FROM (SELECT r, coalesce((r ->> 'created_at')::timestamptz, '2000-01-01 00:00Z') AS created_at,
                   r ->> 'client_id' AS stream,
                   coalesce((r ->> 'version')::bigint, 0) AS version,
                   coalesce((r ->> 'is_active')::boolean, false) AS active
            FROM (SELECT to_jsonb(t) AS r FROM client_processing_schedule t) AS rows) AS v) AS versions
CROSS JOIN LATERAL (
    SELECT 1 AS step, jsonb_build_object(
        'id', r -> 'id', 'type', 'client_schedule.changed', 'subject', r -> 'client_id', 'source', 'secretmagic-import',
        'actor', r -> 'created_by', 'time', created_at, 'data', jsonb_strip_nulls(jsonb_build_object('kind', r -> 'schedule_type', 'interval_minutes', r -> 'interval_minutes',
            'time_of_day', left(r ->> 'time_of_day', 5), 'days_of_week', r -> 'days_of_week', 'timezone', r -> 'timezone')))::text AS event
    UNION ALL
    SELECT 2, jsonb_build_object(
        'id', md5('secretmagic.import/client_schedule.deactivated/' || (r ->> 'id'))::uuid, 'type', 'client_schedule.deactivated', 'subject', r -> 'client_id',
        'source', 'secretmagic-import', 'actor', NULL, 'time', created_at,
        'data', jsonb_build_object('reason', 'not active in the imported database'))::text
    WHERE newest AND NOT any_active
    UNION ALL
    SELECT 3, jsonb_build_object(
        'id', md5('secretmagic.import/client_schedule.changed/' || (r ->> 'id'))::uuid, 'type', 'client_schedule.changed', 'subject', r -> 'client_id',
        'source', 'secretmagic-import', 'actor', best -> 'created_by', 'time', created_at,
        'data', jsonb_strip_nulls(jsonb_build_object('kind', best -> 'schedule_type', 'interval_minutes', best -> 'interval_minutes',
            'time_of_day', left(best ->> 'time_of_day', 5), 'days_of_week', best -> 'days_of_week', 'timezone', best -> 'timezone')))::text
    WHERE newest AND any_active AND NOT active) AS e
ORDER BY stream, created_at, coalesce((r ->> 'version')::bigint, 0), step
