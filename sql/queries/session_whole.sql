-- How much of the schema is there. Triggers are the last thing that a restore of a dump makes, after
-- all rows and indexes: until every guard is there, nothing may be read or written.
SELECT to_regclass('public.schema_migrations') IS NOT NULL,
       (SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
       WHERE c.relnamespace = 'public'::regnamespace AND t.tgname = 'secretmagic_guard') >= 29,
       coalesce(to_regtype('public.stream_kind')::oid, 0::oid),
       coalesce(to_regtype('public.event_type')::oid, 0::oid),
       coalesce(to_regtype('public.event_cause')::oid, 0::oid),
       coalesce(to_regtype('public.parked_for')::oid, 0::oid),
       coalesce(to_regtype('public.parked_state')::oid, 0::oid),
       coalesce(to_regtype('public.unit_position')::oid, 0::oid),
       coalesce(to_regtype('public.unit_head')::oid, 0::oid),
       coalesce(to_regtype('public.unit_event')::oid, 0::oid),
       coalesce(to_regtype('public.unit_parked')::oid, 0::oid),
       coalesce(to_regtype('public.unit_command')::oid, 0::oid)
