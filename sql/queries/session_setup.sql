-- What every session of ours relies on, whatever the server's or the role's defaults are.
-- Plans: all statements look up few rows by key, so every join is a nested loop over an index; plans
-- made while a table was empty must not stay sequential scans when it has grown.
SELECT set_config('search_path', 'public, pg_temp', false),
       set_config('secretmagic.writer', 'projector', false),
       set_config('TimeZone', 'UTC', false),
       set_config('default_transaction_isolation', 'read committed', false),
       set_config('statement_timeout', '0', false),
       set_config('lock_timeout', $1::text, false),
       set_config('idle_in_transaction_session_timeout', $2::text, false),
       set_config('plan_cache_mode', 'force_generic_plan', false),
       set_config('enable_seqscan', 'off', false),
       set_config('enable_bitmapscan', 'off', false),
       set_config('enable_hashjoin', 'off', false),
       set_config('enable_mergejoin', 'off', false),
       set_config('jit', 'off', false),
       -- A position that a crash can take back would let a fenced writer in again.
       CASE WHEN current_setting('synchronous_commit') IN ('off', 'local')
            THEN set_config('synchronous_commit', 'on', false) END
