-- Of the transaction of take_over.sql alone: a frozen owner must not be waited for.
SELECT set_config('lock_timeout', $1::text, true)
