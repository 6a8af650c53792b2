-- Points and marks of the dashboard's history; whoever writes a moment first is right. A rebalance is seen by what
-- was taken over lately.
WITH points AS (
    SELECT date_bin('5 seconds', to_timestamp(p.at_ms / 1000.0), 'epoch') AS at, p.*
    FROM jsonb_to_recordset($1::jsonb) AS p(at_ms bigint, records bigint, behind_ms bigint, in_per_minute bigint,
                                            out_per_minute bigint, state smallint, heat jsonb)
), pointed AS (
    INSERT INTO lag_history (step, at, records, behind_ms, in_per_minute, out_per_minute, state)
    SELECT 5, at, records, behind_ms, in_per_minute, out_per_minute, state FROM points
    ON CONFLICT DO NOTHING
), heated AS (
    INSERT INTO lag_heat (step, at, topic, levels)
    SELECT 5, at, h.topic, h.levels FROM points, jsonb_to_recordset(heat) AS h(topic text, levels text)
    ON CONFLICT DO NOTHING
), marked AS (
    INSERT INTO lag_marks (at, kind, what)
    SELECT to_timestamp(m.at_ms / 1000.0), m.kind, m.what
    FROM jsonb_to_recordset($2::jsonb) AS m(at_ms bigint, kind text, what text)
    UNION ALL
    SELECT o.at, 'rebalance', o.owner
    FROM (SELECT max(taken_at) AS at, owner FROM consumer_offsets
          WHERE taken_at > now() - interval '1 minute' GROUP BY owner) AS o
    WHERE NOT EXISTS (SELECT FROM lag_marks k WHERE k.kind = 'rebalance' AND k.what = o.owner
                      AND k.at > o.at - interval '10 seconds')
    UNION ALL
    SELECT repaired_at, 'rebuild', actor FROM repairs WHERE repaired_at > now() - interval '1 minute'
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM points
