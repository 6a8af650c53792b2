-- The last $2 seconds of the dashboard's history in steps of $1 seconds, as one JSON document. What is not thinned
-- yet is told by its finer rows.
WITH points AS (
    SELECT date_bin(make_interval(secs => $1::integer), h.at, 'epoch') AS at, max(h.records) AS records,
           max(h.behind_ms) AS behind_ms, avg(h.in_per_minute)::bigint AS in_per_minute,
           avg(h.out_per_minute)::bigint AS out_per_minute, max(h.state) AS state
    FROM lag_history h
    WHERE h.step <= $1::integer AND h.at > now() - make_interval(secs => $2::integer)
        AND NOT EXISTS (SELECT FROM lag_history c WHERE c.step = 60 AND h.step < 60 AND $1::integer >= 60
                        AND c.at = date_bin('60 seconds', h.at, 'epoch'))
        AND NOT EXISTS (SELECT FROM lag_history c WHERE c.step = 1800 AND h.step < 1800 AND $1::integer >= 1800
                        AND c.at = date_bin('1800 seconds', h.at, 'epoch'))
    GROUP BY 1
), warm AS (
    SELECT date_bin(make_interval(secs => $1::integer), h.at, 'epoch') AS at, h.topic, h.levels,
           count(*) OVER (PARTITION BY date_bin(make_interval(secs => $1::integer), h.at, 'epoch'), h.topic) AS rows
    FROM lag_heat h
    WHERE h.step <= $1::integer AND h.at > now() - make_interval(secs => $2::integer)
        AND NOT EXISTS (SELECT FROM lag_heat c WHERE c.step = 60 AND h.step < 60 AND $1::integer >= 60
                        AND c.at = date_bin('60 seconds', h.at, 'epoch') AND c.topic = h.topic)
        AND NOT EXISTS (SELECT FROM lag_heat c WHERE c.step = 1800 AND h.step < 1800 AND $1::integer >= 1800
                        AND c.at = date_bin('1800 seconds', h.at, 'epoch') AND c.topic = h.topic)
), hottest AS (
    SELECT at, topic, string_agg(level, '' ORDER BY number) AS levels
    FROM (SELECT w.at, w.topic, l.number, max(l.level) AS level
          FROM warm w, string_to_table(w.levels, NULL) WITH ORDINALITY AS l(level, number)
          WHERE w.rows > 1 GROUP BY w.at, w.topic, l.number) AS p GROUP BY at, topic
    UNION ALL SELECT at, topic, levels FROM warm WHERE rows = 1
)
SELECT json_build_object(
    'at_ms', (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
    'step_ms', $1::bigint * 1000,
    'span_ms', $2::bigint * 1000,
    'points', (SELECT json_build_object(
        'at_ms', coalesce(json_agg((extract(epoch FROM at) * 1000)::bigint ORDER BY at), '[]'),
        'records', coalesce(json_agg(records ORDER BY at), '[]'),
        'behind_ms', coalesce(json_agg(behind_ms ORDER BY at), '[]'),
        'in_per_minute', coalesce(json_agg(in_per_minute ORDER BY at), '[]'),
        'out_per_minute', coalesce(json_agg(out_per_minute ORDER BY at), '[]'),
        'state', coalesce(json_agg(state ORDER BY at), '[]')) FROM points),
    'heat', (SELECT coalesce(json_agg(t ORDER BY t ->> 'topic'), '[]') FROM (
        SELECT json_build_object('topic', topic,
            'at_ms', json_agg((extract(epoch FROM at) * 1000)::bigint ORDER BY at),
            'levels', json_agg(levels ORDER BY at)) AS t
        FROM hottest GROUP BY topic) AS topics),
    'marks', (SELECT coalesce(json_agg(json_build_object('at_ms', (extract(epoch FROM at) * 1000)::bigint,
            'kind', kind, 'what', what) ORDER BY at, kind, what), '[]')
        FROM (SELECT * FROM lag_marks WHERE at > now() - make_interval(secs => $2::integer)
              ORDER BY at DESC LIMIT 500) AS m))::text
