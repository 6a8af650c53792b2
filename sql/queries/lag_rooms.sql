-- What waits or was refused, with the age of the oldest in microseconds; -1: there is none.
SELECT p.count, p.age, d.count, d.age
FROM (SELECT count(*), CASE count(*) WHEN 0 THEN -1
          ELSE (extract(epoch FROM greatest(now() - min(recorded_at), '0')) * 1000000)::bigint END
      FROM parked_events WHERE state = 'waiting') AS p(count, age),
     (SELECT count(*), CASE count(*) WHEN 0 THEN -1
          ELSE (extract(epoch FROM greatest(now() - min(recorded_at), '0')) * 1000000)::bigint END
      FROM dead_letters WHERE state = 'open') AS d(count, age)
