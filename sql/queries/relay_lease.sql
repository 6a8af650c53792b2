-- Whoever has it keeps it by its epoch. Anybody else takes it when its time is over, by this server's clock; an
-- instance of the same name at once, since it is the same one, started again: Kafka fences the other.
WITH taken AS (
    UPDATE relay_lease
    SET epoch = epoch + CASE WHEN $1::bigint > 0 THEN 0 ELSE 1 END, owner = $2,
        expires_at = clock_timestamp() + $3::bigint * interval '1 microsecond',
        stopped_at = NULL, stopped_reason = NULL
    WHERE CASE WHEN $1::bigint > 0 THEN epoch = $1::bigint
               ELSE expires_at <= clock_timestamp() OR owner = $2 END
    RETURNING epoch
)
SELECT t.epoch, CASE WHEN l.expires_at > clock_timestamp() -- before 17 infinite times cannot be subtracted
                     THEN greatest(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000, 0)::bigint ELSE 0 END,
       l.scanned_in IS NOT DISTINCT FROM secretmagic_incarnation()
FROM relay_lease l LEFT JOIN taken t ON true
