-- Versions of scheduler_config, the oldest first, each under the id that it has. The defaults cannot be
-- deactivated; where an older version is the active one, it is set once more.
SELECT event
FROM (SELECT r, created_at, version, active,
             row_number() OVER (ORDER BY created_at DESC, version DESC) = 1 AS newest,
             first_value(r) OVER (ORDER BY active DESC, created_at DESC, version DESC) AS best,
             bool_or(active) OVER () AS any_active
      FROM (SELECT r, coalesce((r ->> 'created_at')::timestamptz, '2000-01-01 00:00Z') AS created_at,
                   coalesce((r ->> 'version')::bigint, 0) AS version,
                   coalesce((r ->> 'is_active')::boolean, false) AS active
            FROM (SELECT to_jsonb(t) AS r FROM scheduler_config t) AS rows) AS v) AS versions
CROSS JOIN LATERAL (
    SELECT 1 AS step, r AS of, r ->> 'id' AS id
    UNION ALL
    SELECT 2, best, md5('secretmagic.import/scheduler_defaults.changed/' || (r ->> 'id'))
    WHERE newest AND any_active AND NOT active) AS s
CROSS JOIN LATERAL (
    SELECT jsonb_build_object(
        'id', id::uuid, 'type', 'scheduler_defaults.changed', 'source', 'secretmagic-import',
        'actor', of -> 'created_by', 'time', created_at,
        'data', jsonb_strip_nulls(jsonb_build_object(
            'kind', of -> 'schedule_type', 'interval_minutes', of -> 'interval_minutes',
            'time_of_day', left(of ->> 'time_of_day', 5), 'days_of_week', of -> 'days_of_week',
            'timezone', of -> 'timezone')))::text AS event) AS e
ORDER BY created_at, version, step
