-- What has aged becomes coarser, then goes. Only whole steps are made, and once. Half a minute of patience is for
-- instances whose clock is late.
WITH steps(fine, coarse) AS (VALUES (5, 60), (60, 1800)),
kept(step, span) AS (VALUES (5, interval '20 minutes'), (60, interval '6 hours 10 minutes'), (1800, interval '7 days')),
thinned AS (
    INSERT INTO lag_history (step, at, records, behind_ms, in_per_minute, out_per_minute, state)
    SELECT s.coarse, date_bin(make_interval(secs => s.coarse), h.at, 'epoch') AS bin, max(h.records), max(h.behind_ms),
           avg(h.in_per_minute)::bigint, avg(h.out_per_minute)::bigint, max(h.state)
    FROM steps s JOIN lag_history h ON h.step = s.fine
    WHERE h.at < date_bin(make_interval(secs => s.coarse), now() - interval '30 seconds', 'epoch')
    GROUP BY s.coarse, bin
    ON CONFLICT DO NOTHING
), warm AS (
    SELECT s.coarse, date_bin(make_interval(secs => s.coarse), h.at, 'epoch') AS bin, h.topic, l.number, max(l.level) AS level
    FROM steps s JOIN lag_heat h ON h.step = s.fine,
         string_to_table(h.levels, NULL) WITH ORDINALITY AS l(level, number)
    WHERE h.at < date_bin(make_interval(secs => s.coarse), now() - interval '30 seconds', 'epoch')
        AND NOT EXISTS (SELECT FROM lag_heat c WHERE c.step = s.coarse AND c.topic = h.topic
                        AND c.at = date_bin(make_interval(secs => s.coarse), h.at, 'epoch'))
    GROUP BY s.coarse, bin, h.topic, l.number
), cooled AS (
    INSERT INTO lag_heat (step, at, topic, levels)
    SELECT coarse, bin, topic, string_agg(level, '' ORDER BY number) FROM warm GROUP BY coarse, bin, topic
    ON CONFLICT DO NOTHING
), gone AS (
    DELETE FROM lag_history h USING kept k WHERE h.step = k.step AND h.at < now() - k.span
), cold AS (
    DELETE FROM lag_heat h USING kept k WHERE h.step = k.step AND h.at < now() - k.span
), forgotten AS (
    DELETE FROM lag_marks WHERE at < now() - interval '7 days'
)
SELECT count(*) FROM warm
