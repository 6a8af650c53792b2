-- The database of secretmagic: the log, its heads, the projected tables, and the books about
-- what became of every Kafka record. Applied once, in one transaction, by `secretmagic migrate`.
--
-- Columns stand in an order that wastes no bytes on alignment: 16-byte ones, then 8, 4, 2, then
-- those of varying length, the ones that are often NULL last.

-- ---- Types ----------------------------------------------------------------------------------------
-- Labels are those of the program's catalogue, in its order: the order of an enum is the order of
-- creation, and ordered scans (verify) rely on both sides agreeing.

CREATE TYPE stream_kind AS ENUM ('client', 'feature_config', 'bom_config', 'client_schedule',
    'scheduler_defaults', 'data_type', 'feature_type', 'batch', 'bom_explosion', 'feature', 'log');
CREATE TYPE event_type AS ENUM (
    'client.registered', 'client.updated', 'client.status_changed', 'client.tenant_mode_changed',
    'client.config_confirmed', 'client.config_revoked', 'client.erased',
    'tenant.approved', 'tenant.retried', 'tenant.aborted', 'tenant.drop_requested',
    'feature_config.changed', 'feature_config.deactivated', 'bom_config.changed', 'bom_config.deactivated',
    'client_schedule.changed', 'client_schedule.deactivated', 'scheduler_defaults.changed',
    'data_type.defined', 'feature_type.defined', 'batch.started', 'batch.completed', 'batch.failed',
    'bom_explosion.started', 'bom_explosion.completed', 'bom_explosion.failed', 'feature.created',
    'tenant.command_applied', 'tenant.command_failed',
    'log.recorded');
CREATE TYPE event_cause AS ENUM ('live', 'released', 'retried', 'forced', 'expired');
CREATE TYPE parked_for AS ENUM ('client', 'gate', 'feature_type', 'data_type', 'command', 'queue');
CREATE TYPE parked_state AS ENUM ('waiting', 'released', 'duplicate', 'rejected', 'expired');
CREATE TYPE dead_letter_state AS ENUM ('open', 'retried', 'discarded');

-- ---- Functions ------------------------------------------------------------------------------------

-- In a pipeline nobody can look at a row count before COMMIT, so too few rows must be an error.
-- The message is checked by tests; the SQLSTATE is what the program acts on.
CREATE FUNCTION secretmagic_require(counted bigint, wanted bigint, state text, what text)
    RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF counted IS DISTINCT FROM wanted THEN
        RAISE EXCEPTION USING ERRCODE = state,
            MESSAGE = format('%s: %s of %s rows are as expected', what, counted, wanted);
    END IF;
END $$;
COMMENT ON FUNCTION secretmagic_require IS 'Raises the given SQLSTATE unless as many rows were found as wanted.';

CREATE FUNCTION secretmagic_offsets_in(ranges int8multirange) RETURNS bigint
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN (SELECT coalesce(sum(upper(r) - lower(r)), 0)::bigint FROM unnest(ranges) AS r);
END $$;
COMMENT ON FUNCTION secretmagic_offsets_in IS 'How many offsets lie in these ranges.';

-- The equations of the books: every offset of a ledger row has an end, and so has every record. A
-- trigger, because PostgreSQL makes a CHECK ready anew at each statement, which takes longer than the
-- insert; what it raises is what a CHECK would. The cases spare calls in rows without such ranges.
CREATE FUNCTION secretmagic_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.next_offset - NEW.first_offset <> NEW.consumed
            + CASE WHEN isempty(NEW.gaps) THEN 0 ELSE secretmagic_offsets_in(NEW.gaps) END
            + CASE WHEN isempty(NEW.lost) THEN 0 ELSE upper(NEW.lost) - lower(NEW.lost) END
        OR NEW.consumed + NEW.resolved
            <> NEW.appended + NEW.logged + NEW.duplicated + NEW.parked + NEW.rejected
        OR NEW.cause = 'live' AND (NEW.resolved <> 0 OR NEW.duplicated
            <> CASE WHEN isempty(NEW.duplicates) THEN 0 ELSE secretmagic_offsets_in(NEW.duplicates) END)
        OR NEW.cause <> 'live' AND (NEW.consumed <> 0 OR NOT isempty(NEW.duplicates))) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'ingest_ledger_adds_up',
            TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA,
            MESSAGE = format('row %s of partition %s of topic %s does not add up', NEW.seq, NEW.partition_id,
                             NEW.topic_id),
            DETAIL = format('%s [%s, %s): consumed %s, resolved %s, appended %s, logged %s, duplicated %s %s, '
                            'parked %s, rejected %s, gaps %s, lost %s', NEW.cause, NEW.first_offset,
                            NEW.next_offset, NEW.consumed, NEW.resolved, NEW.appended, NEW.logged, NEW.duplicated, NEW.duplicates, NEW.parked,
                            NEW.rejected, NEW.gaps, NEW.lost);
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION secretmagic_adds_up IS 'Trigger: next_offset - first_offset = consumed + offsets in gaps and lost; consumed + resolved = appended + logged + duplicated + parked + rejected; live: resolved = 0, duplicated = offsets in duplicates; else consumed = 0.';

-- Refuses a write. The trigger's arguments say why, and how to do it instead.
CREATE FUNCTION secretmagic_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Inside secretmagic_erase. What it may change of the log is seen to by secretmagic_erases_only; of
    -- parked events the trigger that asks here is about bytes alone.
    IF TG_OP = 'UPDATE' AND (TG_TABLE_NAME = 'events' OR TG_NAME = 'secretmagic_bytes_kept')
       AND coalesce(current_setting('secretmagic.erasing', true), '') <> '' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
        MESSAGE = format('%s on %I is refused: %s', TG_OP, TG_TABLE_NAME, TG_ARGV[0]),
        HINT = TG_ARGV[1];
END $$;
COMMENT ON FUNCTION secretmagic_refuse IS 'Trigger: refuses a write and says how to do it instead.';

-- Of a log row nothing may change but data and previous, and these only of the client being erased.
CREATE FUNCTION secretmagic_erases_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('secretmagic.erasing', true) IS DISTINCT FROM OLD.client_id::text
       OR to_jsonb(NEW) - 'data' - 'previous' IS DISTINCT FROM to_jsonb(OLD) - 'data' - 'previous' THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
            MESSAGE = 'UPDATE on events is refused: erasure replaces data and previous of its client, and nothing else',
            HINT = 'to change state, emit a new event: secretmagic emit';
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION secretmagic_erases_only IS 'Trigger: lets erasure replace data and previous of its client''s log rows, and refuses all else.';

-- What waited is resolved once, and stays so.
CREATE FUNCTION secretmagic_parked_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'waiting' AND (NEW.state, NEW.waits_for, NEW.waits_code, NEW.resolved_at, NEW.resolved_seq)
            IS DISTINCT FROM (OLD.state, OLD.waits_for, OLD.waits_code, OLD.resolved_at, OLD.resolved_seq) THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
            MESSAGE = format('UPDATE on parked_events is refused: event %s is resolved (%s), for good', OLD.id, OLD.state),
            HINT = 'to change state, emit a new event: secretmagic emit';
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION secretmagic_parked_once IS 'Trigger: a parked event is resolved once, and stays so.';

-- What was published stays where it is, and whose it is is said once.
CREATE FUNCTION secretmagic_command_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.published_at IS NOT NULL AND (NEW.published_at, NEW.published_offset, NEW.published_partition)
            IS DISTINCT FROM (OLD.published_at, OLD.published_offset, OLD.published_partition))
       OR (OLD.event_id IS NOT NULL AND NEW.event_id IS DISTINCT FROM OLD.event_id)
       OR (OLD.event_id IS NOT NULL AND OLD.published_at IS NOT NULL AND NEW.differs IS DISTINCT FROM OLD.differs)
       OR (NEW.digest IS DISTINCT FROM OLD.digest AND (OLD.published_at IS NOT NULL OR NEW.published_at IS NULL
           OR NOT NEW.differs)) THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
            MESSAGE = format('UPDATE on outbox is refused: where command %s is on the topic, and whose it is, is said once, for good',
                             OLD.command_id),
            HINT = 'commands follow from events: secretmagic emit';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION secretmagic_bytes_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.digest IS NOT DISTINCT FROM OLD.digest THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
            MESSAGE = format('UPDATE on outbox is refused: the bytes of command %s are a fact', OLD.command_id),
            HINT = 'commands follow from events: secretmagic emit';
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION secretmagic_bytes_once IS 'Trigger: the bytes of a command give way to those on the topic, and to nothing else.';
COMMENT ON FUNCTION secretmagic_command_once IS 'Trigger: where a command was published, and which event caused it, is said once.';

-- The same unless the session is the program's. A WHEN clause of the trigger would say this too, but
-- PostgreSQL makes such a clause ready anew at each statement, at three times the price.
CREATE FUNCTION secretmagic_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('secretmagic.writer', true) IS DISTINCT FROM 'projector' THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
            MESSAGE = format('%s on %I is refused: %s', TG_OP, TG_TABLE_NAME, TG_ARGV[0]),
            HINT = TG_ARGV[1];
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION secretmagic_guard IS 'Trigger: refuses a write of any session but the program''s.';

-- ---- The log ------------------------------------------------------------------------------------

CREATE TABLE topics (
    topic_id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE
);

CREATE TABLE events (
    event_id uuid NOT NULL,
    client_id uuid NOT NULL,
    event_time timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    record_offset bigint NOT NULL,
    ledger_seq bigint NOT NULL,
    kind stream_kind NOT NULL,
    type event_type NOT NULL,
    cause event_cause NOT NULL,
    version integer NOT NULL,
    partition_id integer NOT NULL,
    topic_id smallint NOT NULL,
    key varchar(255) COLLATE "C" NOT NULL,
    content_hash bytea STORAGE PLAIN NOT NULL,
    source varchar(255) NOT NULL,
    data jsonb NOT NULL,
    expected_version integer,
    actor varchar(100),
    correlation_id varchar(255),
    causation_id varchar(255),
    traceparent varchar(255),
    previous jsonb,
    -- Two indexes and no more: each is paid for by every event.
    CONSTRAINT events_history UNIQUE (client_id, kind, key, created_at),
    CONSTRAINT events_once UNIQUE (event_id, client_id)
);

CREATE TABLE heads (
    client_id uuid NOT NULL,
    last_at timestamptz NOT NULL,
    active_at timestamptz NOT NULL DEFAULT '-infinity',
    kind stream_kind NOT NULL,
    version integer NOT NULL,
    key varchar(255) COLLATE "C" NOT NULL,
    PRIMARY KEY (client_id, kind, key)
) WITH (fillfactor = 70); -- no updated column is indexed, so with room in its page an update is HOT

-- ---- Tables that the log is projected to ----------------------------------------------------------

CREATE TABLE clients (
    id uuid PRIMARY KEY,
    name varchar(255) NOT NULL,
    organization_id varchar(100) COLLATE "C" NOT NULL,
    tenant_mode varchar(20) NOT NULL DEFAULT 'prefixed_tables',
    features_enabled jsonb NOT NULL DEFAULT '{}',
    config_confirmed boolean NOT NULL DEFAULT false,
    config_confirmed_at timestamptz,
    config_confirmed_by varchar(100),
    contact_email varchar(255),
    contact_phone varchar(50),
    status varchar(20) NOT NULL DEFAULT 'active',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
) WITH (fillfactor = 85);
CREATE UNIQUE INDEX clients_organization ON clients (organization_id) WHERE status <> 'archived';
CREATE INDEX clients_organization_archived ON clients (organization_id) WHERE status = 'archived';

-- The life of each client's tables in StarRocks: one row a client, of the client's own stream.
CREATE TABLE tenants (
    client_id uuid PRIMARY KEY,
    state text NOT NULL,
    storage text NOT NULL,
    saga text,
    step text,
    waits_for text NOT NULL,
    requested_mode text NOT NULL,
    actual_mode text,
    target_mode text,
    source_mode text,
    held boolean NOT NULL,
    saga_id uuid,
    attempt integer NOT NULL,
    command_id uuid,
    acknowledged_id uuid,
    acknowledged_at timestamptz,
    since timestamptz NOT NULL,
    reason text,
    acks_ignored bigint NOT NULL,
    recent_commands bytea NOT NULL,
    frozen boolean GENERATED ALWAYS AS (
        coalesce(saga IN ('archive', 'drop') OR (saga = 'migrate' AND step IN ('freeze', 'delta', 'verify', 'switch')),
            false)) STORED NOT NULL,
    CONSTRAINT tenants_step_of_a_saga CHECK ((saga IS NULL) = (step IS NULL)
        AND (saga IS NULL) = (saga_id IS NULL) AND (saga IS NULL) = (attempt = 0))
) WITH (fillfactor = 70);

CREATE TABLE feature_types (
    code varchar(50) COLLATE "C" PRIMARY KEY,
    description text,
    config_rules jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO feature_types (code, description) VALUES
    ('ema', 'Exponential moving average'),
    ('ma', 'Moving average'),
    ('std', 'Moving standard deviation'),
    ('lags', 'Values of earlier periods'),
    ('seasonality', 'Day of week, month, holidays'),
    ('weather', 'Weather'),
    ('promo', 'Promotions');

CREATE TABLE data_types (
    code varchar(50) COLLATE "C" PRIMARY KEY,
    description text,
    config_rules jsonb, -- always NULL: both tables of references have the same columns
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO data_types (code, description) VALUES
    ('features', 'Features made from the clients'' data'),
    ('bom', 'Bills of materials'),
    ('timeseries', 'Time series'),
    ('aggregations', 'Aggregates');

-- Columns of these three stand in the order of the program's tables (include/domain/row.h). They have
-- no foreign keys: an event is admitted only if what it names is there, and each key would be looked
-- up a second time for every row.
CREATE TABLE batches (
    client_id uuid NOT NULL,
    id varchar(100) COLLATE "C" NOT NULL,
    data_type varchar(50),
    status varchar(20) NOT NULL,
    records_expected bigint,
    records_total bigint,
    records_processed bigint,
    records_failed bigint,
    error_message text,
    started_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (client_id, id)
) WITH (fillfactor = 85);

CREATE TABLE bom_explosion_status (
    client_id uuid PRIMARY KEY,
    status varchar(20) NOT NULL,
    last_processed_at timestamptz,
    records_processed bigint,
    error_message text,
    started_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE feature_metadata (
    client_id uuid NOT NULL,
    feature_name varchar(255) COLLATE "C" NOT NULL,
    feature_type varchar(50),
    data_type varchar(50),
    nan_semantics varchar(50),
    description text,
    batch_id varchar(100),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (client_id, feature_name)
) WITH (fillfactor = 85);

-- When a schedule is due next, after `last` (the end of the last run; NULL: there was none).
-- interval: so many minutes after the last run, at once if there was none. daily, weekly: the first
-- such moment of the wall clock after the last run, or after `since` (when the schedule began) if there
-- was none. A moment that the clocks skip in spring comes when they have moved on; one that comes
-- twice in autumn counts once: that is how AT TIME ZONE reads a wall clock.
-- So a later `last`, or a later `since` where there was none, never makes a schedule due earlier: clients_due
-- relies on that. IMMUTABLE as AT TIME ZONE itself is: when the rules of a time zone have changed,
-- secretmagic_due_again() works out anew what is kept in client_due.
CREATE FUNCTION schedule_next_due(schedule_type text, interval_minutes integer, time_of_day time,
    days_of_week smallint[], timezone text, since timestamptz, last timestamptz DEFAULT NULL)
    RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    after timestamptz := coalesce(last, since);
    day date;
    due timestamptz;
BEGIN
    IF schedule_type = 'interval' THEN
        RETURN coalesce(last + make_interval(mins => interval_minutes), since);
    END IF;
    BEGIN
        day := (after AT TIME ZONE timezone)::date;
    EXCEPTION WHEN invalid_parameter_value THEN
        RETURN NULL; -- a time zone that this PostgreSQL does not know any more
    END;
    -- Eight days ahead hold every day of the week, the present one's hour having passed included; the day
    -- before, what is still to come of it where the clocks go back over midnight.
    FOR i IN -1 .. 8 LOOP
        IF schedule_type = 'daily' OR extract(isodow FROM day + i)::smallint = ANY (days_of_week) THEN
            due := (day + i + time_of_day) AT TIME ZONE timezone;
            IF due > after THEN
                RETURN due;
            END IF;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION schedule_next_due IS 'When a schedule is due next, after the end of its last run.';

-- What tells when a client is due, in one row, so that those due longest are found by index among any number
-- of clients. Nothing but triggers writes it: clients, batches and the log each fill columns of their own, in the
-- statement that changes them, so the row is exact at every commit, whoever made the change. It is no more state
-- than an index is: secretmagic_due_again() makes it again, and verify compares it with what it is made from.
CREATE TABLE client_due (
    client_id uuid PRIMARY KEY,
    registered_at timestamptz,
    scheduled_at timestamptz,
    last_run_at timestamptz,
    next_due_at timestamptz GENERATED ALWAYS AS (CASE WHEN schedule_type IS NOT NULL THEN
        schedule_next_due(schedule_type, interval_minutes, time_of_day, days_of_week, timezone,
                          greatest(scheduled_at, registered_at), last_run_at) END) STORED,
    time_of_day time,
    interval_minutes integer,
    ready boolean NOT NULL DEFAULT false,
    schedule_type varchar(20),
    timezone varchar(64),
    days_of_week smallint[]
);
-- Each row is in one of them at most. Of clients with the default schedule only the order can be kept, as
-- an event may change the default of all of them: who ran longest ago is due first, whatever it is.
CREATE INDEX client_due_own ON client_due (next_due_at) WHERE ready AND schedule_type IS NOT NULL;
CREATE INDEX client_due_ran ON client_due (last_run_at)
    WHERE ready AND schedule_type IS NULL AND last_run_at IS NOT NULL;
CREATE INDEX client_due_new ON client_due (registered_at)
    WHERE ready AND schedule_type IS NULL AND last_run_at IS NULL;

-- In the order of clients, so that two units cannot block each other.
CREATE FUNCTION secretmagic_due_client() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO client_due AS d (client_id, registered_at, ready)
    SELECT id, created_at, status = 'active' AND config_confirmed
        AND NOT EXISTS (SELECT FROM tenants t WHERE t.client_id = changed.id AND t.frozen)
    FROM changed ORDER BY id
    ON CONFLICT (client_id) DO UPDATE SET registered_at = excluded.registered_at, ready = excluded.ready
    WHERE (d.registered_at, d.ready) IS DISTINCT FROM (excluded.registered_at, excluded.ready);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION secretmagic_due_client IS 'Trigger: takes over into client_due what clients tell.';
CREATE TRIGGER secretmagic_due_inserted AFTER INSERT ON clients
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION secretmagic_due_client();
CREATE TRIGGER secretmagic_due_updated AFTER UPDATE ON clients
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION secretmagic_due_client();

-- A tenant is written after its client in one transaction, which holds the row of client_due already: so the order
-- does not matter here.
CREATE FUNCTION secretmagic_due_tenant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE client_due d SET ready = c.status = 'active' AND c.config_confirmed AND NOT t.frozen
    FROM changed t JOIN clients c ON c.id = t.client_id
    WHERE d.client_id = t.client_id
      AND d.ready IS DISTINCT FROM (c.status = 'active' AND c.config_confirmed AND NOT t.frozen);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION secretmagic_due_tenant IS 'Trigger: takes over into client_due whether a migration has stopped the writers.';
CREATE TRIGGER secretmagic_due_inserted AFTER INSERT ON tenants
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION secretmagic_due_tenant();
CREATE TRIGGER secretmagic_due_updated AFTER UPDATE ON tenants
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION secretmagic_due_tenant();

-- A batch that has ended stays so.
CREATE FUNCTION secretmagic_due_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO client_due AS d (client_id, last_run_at)
    SELECT client_id, max(ended_at) FROM changed WHERE ended_at IS NOT NULL GROUP BY client_id ORDER BY client_id
    ON CONFLICT (client_id) DO UPDATE SET last_run_at = excluded.last_run_at
    WHERE d.last_run_at IS NULL OR d.last_run_at < excluded.last_run_at;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION secretmagic_due_batch IS 'Trigger: takes over into client_due when batches have ended.';
CREATE TRIGGER secretmagic_due_inserted AFTER INSERT ON batches
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION secretmagic_due_batch();
CREATE TRIGGER secretmagic_due_updated AFTER UPDATE ON batches
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION secretmagic_due_batch();

-- Lines of processing are no state: they are kept for a while, outside the log.
CREATE TABLE processing_logs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    timestamp timestamptz NOT NULL,
    level varchar(10) NOT NULL,
    message text NOT NULL,
    error text,
    context jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    event_id uuid NOT NULL,
    client_id uuid NOT NULL,
    record_offset bigint NOT NULL,
    ledger_seq bigint NOT NULL,
    partition_id integer NOT NULL,
    topic_id smallint NOT NULL,
    content_hash bytea STORAGE PLAIN NOT NULL,
    CONSTRAINT processing_logs_once UNIQUE (event_id, client_id)
);
CREATE INDEX idx_logs_timestamp ON processing_logs (timestamp DESC);
CREATE INDEX idx_logs_level ON processing_logs (level) WHERE level IN ('error', 'warn');
CREATE INDEX idx_logs_context_client ON processing_logs ((context ->> 'client_id'));

-- ---- The books ------------------------------------------------------------------------------------

CREATE TABLE consumer_offsets (
    topic_id smallint NOT NULL,
    partition_id integer NOT NULL,
    next_offset bigint NOT NULL CHECK (next_offset >= 0),
    epoch bigint NOT NULL,
    owner text NOT NULL,
    owner_pid integer NOT NULL,
    owner_started timestamptz NOT NULL,
    taken_at timestamptz NOT NULL DEFAULT now(),
    ledger_seq bigint NOT NULL DEFAULT 0,
    chain bytea NOT NULL,
    recorded_at timestamptz,
    anchor_offset bigint NOT NULL DEFAULT -1,
    anchor_digest bytea NOT NULL,
    claims integer NOT NULL DEFAULT 0,
    claimed_offset bigint NOT NULL DEFAULT -1,
    trials integer NOT NULL DEFAULT 0,
    trial_offset bigint NOT NULL DEFAULT -1,
    proven_offset bigint NOT NULL DEFAULT -1,
    proven_digest bytea NOT NULL,
    consumed bigint NOT NULL DEFAULT 0,
    resolved bigint NOT NULL DEFAULT 0,
    appended bigint NOT NULL DEFAULT 0,
    logged bigint NOT NULL DEFAULT 0,
    duplicated bigint NOT NULL DEFAULT 0,
    parked bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    lost bigint NOT NULL DEFAULT 0,
    stopped_at timestamptz,
    stopped_reason text,
    waits_since timestamptz,
    waits_reason text,
    PRIMARY KEY (topic_id, partition_id)
) WITH (fillfactor = 20); -- updated by every unit: whole pages of room keep it HOT

CREATE TABLE ingest_ledger (
    topic_id smallint NOT NULL,
    partition_id integer NOT NULL,
    seq bigint NOT NULL,
    first_offset bigint NOT NULL,
    next_offset bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    cause event_cause NOT NULL,
    consumed integer NOT NULL,
    resolved integer NOT NULL,
    appended integer NOT NULL,
    logged integer NOT NULL,
    duplicated integer NOT NULL,
    parked integer NOT NULL,
    rejected integer NOT NULL,
    duplicates int8multirange NOT NULL,
    gaps int8multirange NOT NULL,
    lost int8range NOT NULL,
    digest bytea STORAGE PLAIN NOT NULL,
    PRIMARY KEY (topic_id, partition_id, seq)
);
CREATE TRIGGER ingest_ledger_adds_up BEFORE INSERT ON ingest_ledger
    FOR EACH ROW EXECUTE FUNCTION secretmagic_adds_up();

CREATE TABLE dead_letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    record_offset bigint NOT NULL,
    ledger_seq bigint NOT NULL,
    record_time timestamptz,
    recorded_at timestamptz NOT NULL,
    partition_id integer NOT NULL,
    topic_id smallint NOT NULL,
    code varchar(40) COLLATE "C" NOT NULL,
    field text,
    value text,
    reason text NOT NULL,
    record_key bytea,
    record_value bytea,
    header_names bytea[] NOT NULL,
    header_values bytea[] NOT NULL,
    value_hash bytea STORAGE PLAIN NOT NULL,
    event_id uuid,
    client_id uuid,
    type text,
    content_hash bytea STORAGE PLAIN,
    state dead_letter_state NOT NULL DEFAULT 'open',
    attempts integer NOT NULL DEFAULT 0,
    erased_by uuid,
    -- The ledger row is part of a position: a topic made anew counts its offsets from 0 again.
    CONSTRAINT dead_letters_position UNIQUE (topic_id, partition_id, ledger_seq, record_offset),
    CONSTRAINT dead_letters_headers_are_pairs CHECK (cardinality(header_names) = cardinality(header_values))
);
CREATE INDEX dead_letters_event ON dead_letters (client_id, event_id)
    WHERE client_id IS NOT NULL AND event_id IS NOT NULL;

-- The waiting room. `first_wait` is what the record waited for when it came; the chain covers it.
CREATE TABLE parked_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid NOT NULL,
    client_id uuid NOT NULL,
    record_offset bigint NOT NULL,
    ledger_seq bigint NOT NULL,
    record_time timestamptz,
    recorded_at timestamptz NOT NULL,
    resolved_at timestamptz,
    resolved_seq bigint,
    partition_id integer NOT NULL,
    topic_id smallint NOT NULL,
    kind stream_kind NOT NULL,
    type event_type NOT NULL,
    state parked_state NOT NULL DEFAULT 'waiting',
    waits_for parked_for NOT NULL,
    first_wait parked_for NOT NULL,
    gated boolean NOT NULL,
    key varchar(255) COLLATE "C" NOT NULL,
    waits_code varchar(50) COLLATE "C",
    content_hash bytea STORAGE PLAIN NOT NULL,
    value_hash bytea STORAGE PLAIN NOT NULL,
    record_key bytea,
    record_value bytea,
    header_names bytea[] NOT NULL,
    header_values bytea[] NOT NULL,
    erased_by uuid,
    CONSTRAINT parked_events_position UNIQUE (topic_id, partition_id, ledger_seq, record_offset),
    CONSTRAINT parked_events_headers_are_pairs CHECK (cardinality(header_names) = cardinality(header_values)),
    CONSTRAINT parked_events_resolved_or_not CHECK (
        (state = 'waiting') = (resolved_seq IS NULL) AND (state = 'waiting') = (resolved_at IS NULL))
);
CREATE UNIQUE INDEX parked_events_once ON parked_events (event_id, client_id) WHERE state = 'waiting';
CREATE INDEX parked_events_queue ON parked_events (client_id, topic_id, partition_id, id) WHERE state = 'waiting';
-- By an expression, so that a question about a client's queue can never be planned over this index, nor one
-- about a stream over the queue's: the planner takes what waits for few rows and any index for good enough.
CREATE INDEX parked_events_stream ON parked_events (uuid_send(client_id), kind, key, id) WHERE state = 'waiting';
CREATE INDEX parked_events_code ON parked_events (waits_for, waits_code) WHERE state = 'waiting';

-- Queues of the waiting room that somebody should look at. The stamp tells one opening from the next.
CREATE SEQUENCE parked_due_stamp;
CREATE TABLE parked_due (
    client_id uuid NOT NULL,
    stamp bigint NOT NULL DEFAULT nextval('parked_due_stamp'),
    partition_id integer NOT NULL,
    topic_id smallint NOT NULL,
    PRIMARY KEY (topic_id, partition_id, client_id)
);

-- What operators asked for, and what became of it.
CREATE TABLE operator_requests (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    requested_at timestamptz NOT NULL DEFAULT now(),
    done_at timestamptz,
    dead_letter_id bigint REFERENCES dead_letters,
    parked_id bigint REFERENCES parked_events,
    partition_id integer NOT NULL,
    topic_id smallint NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    action varchar(10) NOT NULL CHECK (action IN ('retried', 'forced', 'expired', 'discarded')),
    actor varchar(100) NOT NULL,
    reason text,
    outcome varchar(20) CHECK (outcome IN ('applied', 'duplicate', 'parked', 'rejected', 'died', 'too_late', 'discarded')),
    code varchar(40),
    detail text,
    CHECK ((dead_letter_id IS NULL) <> (parked_id IS NULL))
);
CREATE INDEX operator_requests_open ON operator_requests (topic_id, partition_id, id) WHERE done_at IS NULL;
CREATE INDEX operator_requests_dead_letter ON operator_requests (dead_letter_id);
CREATE UNIQUE INDEX operator_requests_once ON operator_requests (dead_letter_id, parked_id) NULLS NOT DISTINCT
    WHERE done_at IS NULL;

-- Commands for the executor with their final bytes, in the transaction of what caused them; and commands that
-- were found on the topic before anything here had caused them (the database was restored): event_id is NULL
-- until it has. A row is pending until it is known where on the topic it is. Ids follow the order of commits
-- within a client, since its next sequence is known only when the one before is committed.
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY,
    client_id uuid NOT NULL,
    command_id uuid NOT NULL,
    sequence bigint NOT NULL CHECK (sequence > 0),
    event_id uuid,
    created_at timestamptz NOT NULL,
    published_at timestamptz,
    published_offset bigint,
    published_partition integer,
    differs boolean NOT NULL DEFAULT false,
    organization_id varchar(100) COLLATE "C" NOT NULL,
    digest bytea STORAGE PLAIN NOT NULL,
    value bytea NOT NULL,
    header_names bytea[] NOT NULL,
    header_values bytea[] NOT NULL,
    CONSTRAINT outbox_once PRIMARY KEY (client_id, command_id),
    CONSTRAINT outbox_sequence UNIQUE (client_id, sequence),
    CONSTRAINT outbox_headers_are_pairs CHECK (cardinality(header_names) = cardinality(header_values)),
    CONSTRAINT outbox_published_or_not CHECK ((published_at IS NULL) = (published_offset IS NULL)
        AND (published_at IS NULL) = (published_partition IS NULL)),
    CONSTRAINT outbox_found_is_published CHECK (event_id IS NOT NULL OR published_at IS NOT NULL)
);
CREATE INDEX outbox_pending ON outbox (id) WHERE published_at IS NULL;
CREATE INDEX outbox_found ON outbox (client_id) WHERE event_id IS NULL;

-- Who publishes, until when unless it says so again, and why it stopped. One row.
CREATE TABLE relay_lease (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch bigint NOT NULL DEFAULT 0,
    owner text,
    expires_at timestamptz NOT NULL DEFAULT '-infinity',
    published_at timestamptz,
    stopped_at timestamptz,
    published bigint NOT NULL DEFAULT 0,
    scanned_in text,
    stopped_reason text
) WITH (fillfactor = 10);
INSERT INTO relay_lease DEFAULT VALUES;

-- What a restore of any kind changes: of a dump the table's number, of a copy of the files the server's start.
CREATE FUNCTION secretmagic_incarnation() RETURNS text LANGUAGE sql STABLE
RETURN format('%s %s %s', (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint,
    (SELECT oid FROM pg_database WHERE datname = current_database()), 'relay_lease'::regclass::oid);
COMMENT ON FUNCTION secretmagic_incarnation IS 'Tells this database from what a restore makes of it.';
CREATE FUNCTION secretmagic_require_scan() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM relay_lease WHERE scanned_in = secretmagic_incarnation()) THEN
        RAISE EXCEPTION USING ERRCODE = 'SM006',
            MESSAGE = 'no relay has read the command topic since this database was started: commands wait for that',
            HINT = 'one runs within secretmagic run, unless it is told --without relay; see secretmagic status';
    END IF;
END $$;
COMMENT ON FUNCTION secretmagic_require_scan IS 'Raises SM006 until a relay knows what stands on the command topic.';

-- Up to where each partition of the command topic is known: all that lies below next_offset is in the outbox.
CREATE TABLE relay_cursors (
    topic varchar(249) NOT NULL,
    partition_id integer NOT NULL,
    next_offset bigint NOT NULL CHECK (next_offset >= 0),
    PRIMARY KEY (topic, partition_id)
) WITH (fillfactor = 10);

-- What the dashboard draws of the past: a row in 5 seconds, thinned to one a minute and to one in half an hour as
-- they age. Bounded: about a thousand rows, and as many a topic.
CREATE TABLE lag_history (
    step integer NOT NULL CHECK (step IN (5, 60, 1800)),
    at timestamptz NOT NULL,
    records bigint,
    behind_ms bigint,
    in_per_minute bigint,
    out_per_minute bigint,
    state smallint NOT NULL,
    PRIMARY KEY (step, at)
);
CREATE TABLE lag_heat (
    step integer NOT NULL CHECK (step IN (5, 60, 1800)),
    at timestamptz NOT NULL,
    topic varchar(249) NOT NULL,
    levels text NOT NULL,
    PRIMARY KEY (step, at, topic)
);
CREATE TABLE lag_marks (
    at timestamptz NOT NULL,
    kind varchar(20) NOT NULL,
    what text NOT NULL,
    PRIMARY KEY (at, kind, what)
);

CREATE TABLE client_buckets (
    bucket smallint PRIMARY KEY,
    generation bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);
INSERT INTO client_buckets (bucket) SELECT generate_series(0, 63);

CREATE TABLE schema_cache (
    registry varchar(500) NOT NULL,
    schema_id bigint NOT NULL CHECK (schema_id BETWEEN 0 AND 4294967295),
    definition text NOT NULL,
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    fetched_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (registry, schema_id)
);

-- What rebuilds have changed by hand of the program: nothing in the log tells of it.
CREATE TABLE repairs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repaired_at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    reason text,
    program text NOT NULL,
    scope text NOT NULL,
    tables jsonb NOT NULL,
    positions jsonb
);

CREATE TABLE schema_migrations (
    version integer PRIMARY KEY,
    name text NOT NULL,
    checksum bytea NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- ---- A unit of work --------------------------------------------------------------------------------
-- What the program hands over, as types of their own: adding a column to a table does not change them.

CREATE TYPE unit_position AS (
    topic_id smallint, partition_id integer, epoch bigint, seq bigint, first_offset bigint,
    next_offset bigint, recorded_at timestamptz, cause event_cause, consumed integer, resolved integer,
    appended integer, logged integer, duplicated integer, parked integer, rejected integer,
    duplicates int8multirange, gaps int8multirange, lost int8range, digest bytea, anchor_offset bigint, anchor_digest bytea,
    proven_offset bigint, proven_digest bytea);
CREATE TYPE unit_head AS (
    client_id uuid, kind stream_kind, key text, version integer, last_at timestamptz,
    active_at timestamptz, expected_version integer);
CREATE TYPE unit_event AS (
    event_id uuid, client_id uuid, event_time timestamptz, created_at timestamptz,
    recorded_at timestamptz, record_offset bigint, ledger_seq bigint, kind stream_kind, type event_type,
    cause event_cause, version integer, partition_id integer, topic_id smallint, key text,
    content_hash bytea, source text, data jsonb, expected_version integer, actor text,
    correlation_id text, causation_id text, traceparent text, previous jsonb);
CREATE TYPE unit_parked AS (
    topic_id smallint, partition_id integer, ledger_seq bigint, record_offset bigint, record_time timestamptz,
    recorded_at timestamptz, record_key bytea, record_value bytea, value_hash bytea, header_names bytea[],
    header_values bytea[], event_id uuid, client_id uuid, kind stream_kind, type event_type, key text,
    content_hash bytea, gated boolean, waits_for parked_for, waits_code text);
CREATE TYPE unit_command AS (
    client_id uuid, command_id uuid, sequence bigint, event_id uuid, created_at timestamptz, organization_id text,
    digest bytea, value bytea, header_names bytea[], header_values bytea[]);

-- The whole of a small unit in one statement, since each statement costs a few dozen microseconds; of a
-- large one the beginning, with changes and facts left empty, since many rows come faster by COPY.
--
-- 1. Positions: compare and set, and the ledger's rows. Whoever has lost a partition stops here (SM001).
-- 2. Buckets of clients: locked in the order given (ascending, so that no two units can block each
--    other), then their generations compared (SM003), then raised where they are held exclusively.
--    Each query of a volatile function sees what was committed before that query, so the comparison
--    sees whatever the lock waited for; in one plain statement it would not.
-- 3. Heads, each at the version it is expected at (SM002), and log rows.
CREATE FUNCTION secretmagic_commit_unit(positions unit_position[], buckets smallint[], exclusive boolean[],
    generations bigint[], changes unit_head[], facts unit_event[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    p unit_position;
    ignored text;
    found_rows bigint;
    inserted bigint := 0;
BEGIN
    FOREACH p IN ARRAY positions LOOP
        UPDATE consumer_offsets o
        SET next_offset = p.next_offset, ledger_seq = p.seq, chain = p.digest, recorded_at = p.recorded_at,
            anchor_offset = coalesce(p.anchor_offset, o.anchor_offset),
            anchor_digest = coalesce(p.anchor_digest, o.anchor_digest),
            proven_offset = coalesce(p.proven_offset, o.proven_offset),
            proven_digest = coalesce(p.proven_digest, o.proven_digest),
            consumed = o.consumed + p.consumed, resolved = o.resolved + p.resolved,
            appended = o.appended + p.appended,
            logged = o.logged + p.logged, duplicated = o.duplicated + p.duplicated,
            parked = o.parked + p.parked, rejected = o.rejected + p.rejected,
            lost = o.lost + CASE WHEN isempty(p.lost) THEN 0 ELSE upper(p.lost) - lower(p.lost) END
        WHERE o.topic_id = p.topic_id AND o.partition_id = p.partition_id
          AND o.epoch = p.epoch AND o.next_offset = p.first_offset;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'SM001',
                MESSAGE = format('partition %s of topic %s has another owner, or is not at offset %s any more',
                                 p.partition_id, p.topic_id, p.first_offset);
        END IF;
        INSERT INTO ingest_ledger (topic_id, partition_id, seq, first_offset, next_offset, recorded_at, cause,
            consumed, resolved, appended, logged, duplicated, parked, rejected, duplicates, gaps, lost, digest)
        VALUES (p.topic_id, p.partition_id, p.seq, p.first_offset, p.next_offset, p.recorded_at, p.cause,
            p.consumed, p.resolved, p.appended, p.logged, p.duplicated, p.parked, p.rejected, p.duplicates, p.gaps,
            p.lost, p.digest);
    END LOOP;

    IF cardinality(buckets) > 0 THEN
        FOR i IN 1 .. cardinality(buckets) LOOP
            -- 1397571378 is "SMbr": the class that keeps these locks apart from other advisory locks.
            -- Assigned and not performed: an assignment needs no query.
            IF exclusive[i] THEN
                ignored := pg_advisory_xact_lock(1397571378, buckets[i]);
            ELSE
                ignored := pg_advisory_xact_lock_shared(1397571378, buckets[i]);
            END IF;
        END LOOP;
        -- generations has one place for every bucket, NULL where it is not of this unit.
        SELECT count(*) INTO found_rows FROM client_buckets c
        WHERE c.bucket = ANY (buckets) AND c.generation = generations[c.bucket + 1];
        IF found_rows <> cardinality(buckets) THEN
            RAISE EXCEPTION USING ERRCODE = 'SM003',
                MESSAGE = format('what was read of %s buckets of clients was changed meanwhile',
                                 cardinality(buckets) - found_rows);
        END IF;
        IF true = ANY (exclusive) THEN
            UPDATE client_buckets SET generation = generation + 1
            WHERE bucket IN (SELECT u.b FROM unnest(buckets, exclusive) AS u(b, x) WHERE u.x);
        END IF;
    END IF;

    IF cardinality(changes) > 0 THEN
        UPDATE heads h
        SET version = c.version, last_at = c.last_at, active_at = c.active_at
        FROM unnest(changes) AS c
        WHERE h.client_id = c.client_id AND h.kind = c.kind AND h.key = c.key
          AND h.version = c.expected_version;
        GET DIAGNOSTICS found_rows = ROW_COUNT;
        IF found_rows < cardinality(changes) THEN
            INSERT INTO heads (client_id, kind, key, version, last_at, active_at)
            SELECT c.client_id, c.kind, c.key, c.version, c.last_at, c.active_at
            FROM unnest(changes) AS c
            WHERE c.expected_version = 0;
            GET DIAGNOSTICS inserted = ROW_COUNT;
        END IF;
        IF found_rows + inserted <> cardinality(changes) THEN
            RAISE EXCEPTION USING ERRCODE = 'SM002',
                MESSAGE = format('%s of %s heads are at another version than expected',
                                 cardinality(changes) - found_rows - inserted, cardinality(changes));
        END IF;
    END IF;
    IF cardinality(facts) > 0 THEN
        INSERT INTO events (event_id, client_id, event_time, created_at, recorded_at, record_offset,
            ledger_seq, kind, type, cause, version, partition_id, topic_id, key, content_hash, source, data,
            expected_version, actor, correlation_id, causation_id, traceparent, previous)
        SELECT * FROM unnest(facts);
    END IF;
END $$;
COMMENT ON FUNCTION secretmagic_commit_unit IS 'Positions, buckets, heads and log rows of a unit of work.';

-- ---- Erasure -------------------------------------------------------------------------------------------

-- Replaces what rows of before hold of a client's personal data by the mark of its client.erased event.
-- The only way by which rows of the log ever change; hashes, chain, versions and counts stay.
-- What is on the command topic becomes known: `commands` at `places`, and the cursors go on, all or nothing.
-- Nearly always these are the rows that the relay has just published, which one UPDATE marks; the loop is for
-- what was found. A command without its value has its row here.
CREATE FUNCTION secretmagic_settle(of_epoch bigint, of_topic text, partitions integer[], expected bigint[],
    next_offsets bigint[], commands unit_command[], places integer[], offsets bigint[],
    OUT marked bigint, OUT added bigint, OUT differing bigint, OUT repeated bigint) LANGUAGE plpgsql AS $$
DECLARE
    c record;
    o outbox;
BEGIN
    added := 0;
    differing := 0;
    repeated := 0;
    UPDATE relay_lease l
    SET published = l.published + cardinality(commands),
        published_at = CASE WHEN cardinality(commands) > 0 THEN now() ELSE l.published_at END
    WHERE l.epoch = of_epoch;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'SM001', MESSAGE = 'another relay has taken over';
    END IF;
    FOR i IN 1 .. cardinality(partitions) LOOP
        IF expected[i] < 0 THEN
            INSERT INTO relay_cursors (topic, partition_id, next_offset) VALUES (of_topic, partitions[i], next_offsets[i])
            ON CONFLICT DO NOTHING;
        ELSE
            UPDATE relay_cursors r SET next_offset = next_offsets[i]
            WHERE r.topic = of_topic AND r.partition_id = partitions[i] AND r.next_offset = expected[i];
        END IF;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'SM001',
                MESSAGE = format('%s[%s] is not known up to offset %s any more', of_topic, partitions[i], expected[i]);
        END IF;
    END LOOP;
    UPDATE outbox b SET published_at = now(), published_partition = f.at_partition, published_offset = f.at_offset
    FROM ROWS FROM (unnest(commands), unnest(places), unnest(offsets))
        AS f(client_id, command_id, sequence, event_id, created_at, organization_id, digest, value, header_names,
             header_values, at_partition, at_offset)
    WHERE b.client_id = f.client_id AND b.command_id = f.command_id AND b.published_at IS NULL AND b.digest = f.digest;
    GET DIAGNOSTICS marked = ROW_COUNT;
    IF marked = cardinality(commands) THEN
        RETURN;
    END IF;
    FOR c IN SELECT f.* FROM ROWS FROM (unnest(commands), unnest(places), unnest(offsets))
        AS f(client_id, command_id, sequence, event_id, created_at, organization_id, digest, value, header_names,
             header_values, at_partition, at_offset)
    LOOP
        SELECT b.* INTO o FROM outbox b WHERE b.client_id = c.client_id AND b.command_id = c.command_id;
        IF NOT FOUND THEN
            INSERT INTO outbox (client_id, command_id, sequence, created_at, published_at, published_partition,
                published_offset, organization_id, digest, value, header_names, header_values)
            VALUES (c.client_id, c.command_id, c.sequence, now(), now(), c.at_partition, c.at_offset,
                c.organization_id, c.digest, c.value, c.header_names, c.header_values);
            added := added + 1;
        ELSIF o.published_at IS NULL THEN
            UPDATE outbox b SET published_at = now(), published_partition = c.at_partition,
                published_offset = c.at_offset, differs = true, digest = c.digest, value = c.value,
                header_names = c.header_names, header_values = c.header_values
            WHERE b.client_id = c.client_id AND b.command_id = c.command_id;
            differing := differing + 1;
        ELSIF o.digest <> c.digest THEN
            RAISE EXCEPTION USING ERRCODE = 'SM005',
                MESSAGE = format('command %s of client %s stands on the topic with two contents, at %s[%s] offset %s and at [%s] offset %s',
                                 c.command_id, c.client_id, of_topic, o.published_partition, o.published_offset,
                                 c.at_partition, c.at_offset),
                HINT = 'somebody else writes there: find out who, then see secretmagic status';
        ELSIF (o.published_partition, o.published_offset) IS DISTINCT FROM (c.at_partition, c.at_offset) THEN
            repeated := repeated + 1;
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION secretmagic_settle IS 'What the relay has published, or found on the command topic, is entered in the outbox.';

CREATE FUNCTION secretmagic_erase(client uuid, erased_by_event uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    mark jsonb := to_jsonb('erased:' || erased_by_event);
    marked CONSTANT text := '^erased:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
    field text;
BEGIN
    IF NOT EXISTS (SELECT FROM events
                   WHERE event_id = erased_by_event AND client_id = client AND type = 'client.erased') THEN
        RAISE EXCEPTION 'there is no client.erased % of client %', erased_by_event, client;
    END IF;
    PERFORM set_config('secretmagic.erasing', client::text, true);
    FOREACH field IN ARRAY ARRAY['contact_email', 'contact_phone'] LOOP
        UPDATE events SET data = jsonb_set(data, ARRAY[field], mark)
        WHERE client_id = client AND kind = 'client' AND jsonb_typeof(data -> field) = 'string'
          AND data ->> field !~ marked;
        UPDATE events SET previous = jsonb_set(previous, ARRAY[field], mark)
        WHERE client_id = client AND kind = 'client' AND jsonb_typeof(previous -> field) = 'string'
          AND previous ->> field !~ marked;
    END LOOP;
    UPDATE dead_letters
    SET record_value = NULL, header_names = '{}', header_values = '{}', value = NULL, reason = mark #>> '{}',
        erased_by = erased_by_event
    WHERE erased_by IS NULL
      AND (client_id = client OR (client_id IS NULL AND record_key = convert_to(client::text, 'UTF8')));
    -- What a retry was refused for quotes the record like the dead letter's own reason.
    UPDATE operator_requests SET detail = mark #>> '{}'
    WHERE detail IS NOT NULL
      AND dead_letter_id IN (SELECT id FROM dead_letters WHERE erased_by = erased_by_event);
    UPDATE parked_events
    SET record_value = NULL, header_names = '{}', header_values = '{}', erased_by = erased_by_event
    WHERE client_id = client AND state <> 'waiting' AND erased_by IS NULL;
    UPDATE processing_logs
    SET message = mark #>> '{}', error = NULL,
        context = jsonb_build_object('client_id', client, 'erased', erased_by_event)
    WHERE context ->> 'client_id' = client::text AND client_id = client; -- the first is by index
    PERFORM set_config('secretmagic.erasing', '', true);
END $$;
COMMENT ON FUNCTION secretmagic_erase IS 'Replaces a client''s personal data by the mark of its client.erased event.';

-- ---- Views that serve the names people know ---------------------------------------------------------

-- The join on equality of times makes the active version one probe of events_history, at any length
-- of history and also under a generic plan.
CREATE VIEW feature_configs AS
SELECT e.event_id AS id,
       e.client_id,
       e.key::varchar AS feature_type,
       e.data -> 'config' AS config,
       e.created_at = h.active_at AS is_active,
       e.version,
       e.created_at,
       e.actor AS created_by
FROM events e
JOIN heads h ON h.client_id = e.client_id AND h.kind = e.kind AND h.key = e.key
WHERE e.kind = 'feature_config' AND h.kind = 'feature_config' AND e.type = 'feature_config.changed';

CREATE VIEW bom_configs AS
SELECT e.event_id AS id,
       e.client_id,
       coalesce((e.data ->> 'max_levels')::integer, 5) AS max_levels,
       coalesce((e.data ->> 'include_produced_at')::boolean, true) AS include_produced_at,
       coalesce((e.data ->> 'cycle_detection')::boolean, true) AS cycle_detection,
       e.created_at = h.active_at AS is_active,
       e.version,
       e.created_at,
       e.actor AS created_by
FROM events e
JOIN heads h ON h.client_id = e.client_id AND h.kind = e.kind AND h.key = e.key
WHERE e.kind = 'bom_config' AND h.kind = 'bom_config' AND h.key = '' AND e.type = 'bom_config.changed';

-- Days of the week: the text of a JSON list is that of an array but for its brackets.
CREATE VIEW client_processing_schedule AS
SELECT e.event_id AS id,
       e.client_id,
       (e.data ->> 'kind')::varchar(20) AS schedule_type,
       (e.data ->> 'interval_minutes')::integer AS interval_minutes,
       (e.data ->> 'time_of_day')::time AS time_of_day,
       translate(e.data ->> 'days_of_week', '[]', '{}')::smallint[] AS days_of_week,
       coalesce(e.data ->> 'timezone', 'UTC')::varchar(64) AS timezone,
       e.created_at = h.active_at AS is_active,
       e.version,
       e.created_at,
       e.actor AS created_by
FROM events e
JOIN heads h ON h.client_id = e.client_id AND h.kind = e.kind AND h.key = e.key
WHERE e.kind = 'client_schedule' AND h.kind = 'client_schedule' AND h.key = '' AND e.type = 'client_schedule.changed';

CREATE VIEW scheduler_config AS
SELECT e.event_id AS id,
       (e.data ->> 'kind')::varchar(20) AS schedule_type,
       (e.data ->> 'interval_minutes')::integer AS interval_minutes,
       (e.data ->> 'time_of_day')::time AS time_of_day,
       translate(e.data ->> 'days_of_week', '[]', '{}')::smallint[] AS days_of_week,
       coalesce(e.data ->> 'timezone', 'UTC')::varchar(64) AS timezone,
       e.created_at = h.active_at AS is_active,
       e.version,
       e.created_at,
       e.actor AS created_by
FROM events e
JOIN heads h ON h.client_id = e.client_id AND h.kind = e.kind AND h.key = e.key
WHERE e.kind = 'scheduler_defaults' AND h.kind = 'scheduler_defaults' AND h.key = ''
  AND e.client_id = '00000000-0000-0000-0000-000000000000'
  AND h.client_id = '00000000-0000-0000-0000-000000000000';

-- The versioned tables as they were by event time: what happened up to `at`, whenever it was recorded, so an event
-- that comes late changes the answer. A version was active if nothing of its stream came after it. Written so that
-- PostgreSQL puts the body in place of the call: conditions on columns reach the index.
CREATE FUNCTION feature_configs_as_of(at timestamptz) RETURNS SETOF feature_configs LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.id, f.client_id, f.feature_type, f.config, f.created_at = l.created_at, f.version, f.created_at, f.created_by
    FROM feature_configs f,
         LATERAL (SELECT created_at FROM events WHERE client_id = f.client_id AND kind = 'feature_config'
                  AND key = f.feature_type AND created_at <= at ORDER BY created_at DESC LIMIT 1) l
    WHERE f.created_at <= at $$;
CREATE FUNCTION bom_configs_as_of(at timestamptz) RETURNS SETOF bom_configs LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT b.id, b.client_id, b.max_levels, b.include_produced_at, b.cycle_detection, b.created_at = l.created_at,
           b.version, b.created_at, b.created_by
    FROM bom_configs b,
         LATERAL (SELECT created_at FROM events WHERE client_id = b.client_id AND kind = 'bom_config' AND key = ''
                  AND created_at <= at ORDER BY created_at DESC LIMIT 1) l
    WHERE b.created_at <= at $$;
CREATE FUNCTION client_processing_schedule_as_of(at timestamptz) RETURNS SETOF client_processing_schedule
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT s.id, s.client_id, s.schedule_type, s.interval_minutes, s.time_of_day, s.days_of_week, s.timezone,
           s.created_at = l.created_at, s.version, s.created_at, s.created_by
    FROM client_processing_schedule s,
         LATERAL (SELECT created_at FROM events WHERE client_id = s.client_id AND kind = 'client_schedule' AND key = ''
                  AND created_at <= at ORDER BY created_at DESC LIMIT 1) l
    WHERE s.created_at <= at $$;
CREATE FUNCTION scheduler_config_as_of(at timestamptz) RETURNS SETOF scheduler_config LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT s.id, s.schedule_type, s.interval_minutes, s.time_of_day, s.days_of_week, s.timezone,
           s.created_at = l.created_at, s.version, s.created_at, s.created_by
    FROM scheduler_config s,
         LATERAL (SELECT created_at FROM events WHERE client_id = '00000000-0000-0000-0000-000000000000'
                  AND kind = 'scheduler_defaults' AND key = '' AND created_at <= at ORDER BY created_at DESC LIMIT 1) l
    WHERE s.created_at <= at $$;
COMMENT ON FUNCTION feature_configs_as_of IS 'feature_configs as they were at that time by the events'' own time; one that comes late changes it.';
COMMENT ON FUNCTION bom_configs_as_of IS 'bom_configs as they were at that time by the events'' own time; one that comes late changes it.';
COMMENT ON FUNCTION client_processing_schedule_as_of IS 'client_processing_schedule as it was at that time by the events'' own time; one that comes late changes it.';
COMMENT ON FUNCTION scheduler_config_as_of IS 'scheduler_config as it was at that time by the events'' own time; one that comes late changes it.';

-- The newest version of a client's schedule is the active one, or, if it is a deactivation, there is none: its
-- data name no kind. A trigger of rows with a condition: the others of a COPY pass it by in a few dozen
-- nanoseconds; for a trigger of statements all of them would be kept.
CREATE FUNCTION secretmagic_due_schedule() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named CONSTANT boolean := NEW.type = 'client_schedule.changed';
BEGIN
    INSERT INTO client_due (client_id, scheduled_at, schedule_type, interval_minutes, time_of_day, days_of_week, timezone)
    VALUES (NEW.client_id, CASE WHEN named THEN NEW.created_at END, NEW.data ->> 'kind',
        (NEW.data ->> 'interval_minutes')::integer, (NEW.data ->> 'time_of_day')::time,
        translate(NEW.data ->> 'days_of_week', '[]', '{}')::smallint[],
        CASE WHEN named THEN coalesce(NEW.data ->> 'timezone', 'UTC') END)
    ON CONFLICT (client_id) DO UPDATE SET
        scheduled_at = excluded.scheduled_at, schedule_type = excluded.schedule_type,
        interval_minutes = excluded.interval_minutes, time_of_day = excluded.time_of_day,
        days_of_week = excluded.days_of_week, timezone = excluded.timezone;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION secretmagic_due_schedule IS 'Trigger: takes over into client_due a new version of a client''s schedule.';
CREATE TRIGGER secretmagic_due_schedule AFTER INSERT ON events
    FOR EACH ROW WHEN (NEW.kind = 'client_schedule') EXECUTE FUNCTION secretmagic_due_schedule();

-- What client_due must hold, from what it is made from: nothing is looked up row by row.
CREATE VIEW client_due_sources AS
SELECT client_id, max(registered_at) AS registered_at, max(scheduled_at) AS scheduled_at, max(last_run_at) AS last_run_at,
       CASE WHEN max(schedule_type) IS NOT NULL THEN
           schedule_next_due(max(schedule_type), max(interval_minutes), max(time_of_day), max(days_of_week), max(timezone),
                             greatest(max(scheduled_at), max(registered_at)), max(last_run_at)) END AS next_due_at,
       max(time_of_day) AS time_of_day, max(interval_minutes) AS interval_minutes,
       coalesce(bool_or(ready), false) AS ready,
       max(schedule_type) AS schedule_type, max(timezone) AS timezone, max(days_of_week) AS days_of_week
FROM (SELECT id AS client_id, created_at AS registered_at,
             status = 'active' AND config_confirmed AND NOT coalesce(t.frozen, false) AS ready,
             NULL::timestamptz AS last_run_at, NULL::timestamptz AS scheduled_at, NULL::varchar AS schedule_type,
             NULL::integer AS interval_minutes, NULL::time AS time_of_day, NULL::smallint[] AS days_of_week,
             NULL::varchar AS timezone
      FROM clients LEFT JOIN tenants t ON t.client_id = id
      UNION ALL
      SELECT client_id, NULL, NULL, max(ended_at), NULL, NULL, NULL, NULL, NULL, NULL
      FROM batches WHERE ended_at IS NOT NULL GROUP BY client_id
      UNION ALL
      SELECT client_id, NULL, NULL, NULL, created_at, schedule_type, interval_minutes, time_of_day, days_of_week, timezone
      FROM client_processing_schedule WHERE is_active) AS source
GROUP BY client_id;

CREATE FUNCTION secretmagic_due_again() RETURNS bigint LANGUAGE plpgsql SET secretmagic.writer = 'projector' AS $$
DECLARE
    changed bigint;
BEGIN
    -- Whoever changes a source waits at its trigger until this has committed, and then adds to it.
    LOCK TABLE client_due IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM client_due d
    WHERE NOT EXISTS (SELECT FROM client_due_sources s WHERE s.client_id = d.client_id AND to_jsonb(s) = to_jsonb(d));
    INSERT INTO client_due (client_id, registered_at, scheduled_at, last_run_at, time_of_day, interval_minutes, ready,
        schedule_type, timezone, days_of_week)
    SELECT client_id, registered_at, scheduled_at, last_run_at, time_of_day, interval_minutes, ready, schedule_type,
           timezone, days_of_week
    FROM client_due_sources s
    WHERE NOT EXISTS (SELECT FROM client_due d WHERE d.client_id = s.client_id);
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END $$;
COMMENT ON FUNCTION secretmagic_due_again IS 'Makes client_due anew from what it is made from, and tells how many rows were missing or different: to be called when PostgreSQL''s time zones have changed.';

CREATE FUNCTION secretmagic_knows_time_zone(name text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    PERFORM now() AT TIME ZONE name;
    RETURN true;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN false;
END $$;
COMMENT ON FUNCTION secretmagic_knows_time_zone IS 'Does PostgreSQL know this time zone?';

CREATE VIEW effective_schedule AS
SELECT c.id AS client_id,
       CASE WHEN d.schedule_type IS NOT NULL THEN 'client' WHEN usual.id IS NOT NULL THEN 'default' END AS origin,
       s.schedule_type,
       s.interval_minutes,
       s.time_of_day,
       s.days_of_week,
       s.timezone,
       d.last_run_at,
       CASE WHEN d.schedule_type IS NOT NULL THEN d.next_due_at
            ELSE schedule_next_due(usual.schedule_type, usual.interval_minutes, usual.time_of_day, usual.days_of_week,
                                   usual.timezone, greatest(usual.created_at, c.created_at), d.last_run_at) END
           AS next_due_at
FROM clients c
LEFT JOIN client_due d ON d.client_id = c.id
LEFT JOIN (SELECT * FROM scheduler_config WHERE is_active LIMIT 1) usual ON true
CROSS JOIN LATERAL (SELECT
    coalesce(d.schedule_type, usual.schedule_type) AS schedule_type,
    CASE WHEN d.schedule_type IS NOT NULL THEN d.interval_minutes ELSE usual.interval_minutes END AS interval_minutes,
    CASE WHEN d.schedule_type IS NOT NULL THEN d.time_of_day ELSE usual.time_of_day END AS time_of_day,
    CASE WHEN d.schedule_type IS NOT NULL THEN d.days_of_week ELSE usual.days_of_week END AS days_of_week,
    coalesce(d.timezone, usual.timezone) AS timezone) s;

-- The gate, as the program asks it: active, confirmed, and no migration has stopped the writers.
CREATE VIEW clients_ready AS
SELECT c.*, s.origin AS schedule_origin, s.schedule_type, s.last_run_at, s.next_due_at
FROM clients c
JOIN effective_schedule s ON s.client_id = c.id
WHERE c.status = 'active' AND c.config_confirmed
  AND NOT EXISTS (SELECT FROM tenants t WHERE t.client_id = c.id AND t.frozen);

-- The scheduler's question, answered by index among any number of clients: of each of the three orders that
-- client_due keeps the first `most`, and of these the first. Planned anew at each call: with `most` unknown
-- the planner expects a tenth of all clients.
CREATE FUNCTION clients_due(most integer DEFAULT 100, at timestamptz DEFAULT now()) RETURNS SETOF clients_ready
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    RETURN QUERY
    WITH usual AS MATERIALIZED (SELECT * FROM scheduler_config WHERE is_active LIMIT 1)
    SELECT r.*
    FROM ((SELECT d.client_id, d.next_due_at
           FROM client_due d
           WHERE d.ready AND d.schedule_type IS NOT NULL AND d.next_due_at <= at
           ORDER BY d.next_due_at LIMIT most)
          UNION ALL
          SELECT d.client_id, schedule_next_due(u.schedule_type, u.interval_minutes, u.time_of_day, u.days_of_week,
                                                u.timezone, greatest(u.created_at, d.registered_at), d.last_run_at)
          FROM usual u,
               LATERAL ((SELECT * FROM client_due
                         WHERE ready AND schedule_type IS NULL AND last_run_at IS NOT NULL
                         ORDER BY last_run_at LIMIT most)
                        UNION ALL
                        (SELECT * FROM client_due
                         WHERE ready AND schedule_type IS NULL AND last_run_at IS NULL
                         ORDER BY registered_at LIMIT most)) d) first
    CROSS JOIN LATERAL (SELECT * FROM clients_ready c WHERE c.id = first.client_id LIMIT 1) r
    WHERE first.next_due_at <= at
    ORDER BY first.next_due_at
    LIMIT most;
END $$;
COMMENT ON FUNCTION clients_due IS 'Clients whose data may be processed and are due, those due longest first.';

-- All that is active of one client by its heads, each version by a probe at any length of history, in this order
-- whatever the planner thinks: it takes the equality of times in the views above for a rare accident, expects one
-- active version in all, and compares every client with every version. LIMIT 1 keeps it from that.
CREATE VIEW active_configuration AS
SELECT c.id AS client_id, c.name, c.organization_id, coalesce(a.features, '{}'::jsonb) AS features, a.bom, a.schedule
FROM clients c
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(h.key, e.data -> 'config') FILTER (WHERE h.kind = 'feature_config') AS features,
           (jsonb_agg('{"max_levels": 5, "include_produced_at": true, "cycle_detection": true}' || e.data)
               FILTER (WHERE h.kind = 'bom_config')) -> 0 AS bom,
           (jsonb_agg('{"timezone": "UTC"}' || (e.data - 'kind') || jsonb_build_object('schedule_type', e.data -> 'kind'))
               FILTER (WHERE h.kind = 'client_schedule')) -> 0 AS schedule
    FROM heads h,
         LATERAL (SELECT v.data FROM events v
                  WHERE v.client_id = h.client_id AND v.kind = h.kind AND v.key = h.key AND v.created_at = h.active_at
                  LIMIT 1) e
    WHERE h.client_id = c.id AND h.kind BETWEEN 'feature_config' AND 'client_schedule') a;

CREATE VIEW logs AS
SELECT id, timestamp, level, message, error, context, created_at FROM processing_logs;

-- What a version of a configuration holds, defaults included; NULL for types that make none.
CREATE FUNCTION secretmagic_version_values(type event_type, data jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE type
        WHEN 'feature_config.changed' THEN (data - 'feature_type') || '{"is_active": true}'
        WHEN 'bom_config.changed' THEN
            '{"max_levels": 5, "include_produced_at": true, "cycle_detection": true, "is_active": true}' || data
        WHEN 'client_schedule.changed' THEN '{"timezone": "UTC", "is_active": true}' || data
        WHEN 'scheduler_defaults.changed' THEN '{"timezone": "UTC", "is_active": true}' || data
    END
$$;
COMMENT ON FUNCTION secretmagic_version_values IS 'What a version of a configuration holds, defaults included.';

CREATE VIEW audit_log AS
SELECT e.event_id AS id,
       e.client_id,
       e.type::text AS event_type,
       CASE e.kind WHEN 'client' THEN CASE WHEN e.type::text LIKE 'tenant.%' THEN 'tenants' ELSE 'clients' END
            WHEN 'feature_config' THEN 'feature_configs'
            WHEN 'bom_config' THEN 'bom_configs' WHEN 'client_schedule' THEN 'client_processing_schedule'
            WHEN 'scheduler_defaults' THEN 'scheduler_config' WHEN 'data_type' THEN 'data_types'
            WHEN 'feature_type' THEN 'feature_types' WHEN 'batch' THEN 'batches'
            WHEN 'bom_explosion' THEN 'bom_explosion_status' WHEN 'feature' THEN 'feature_metadata'
       END AS table_name,
       -- A deactivation concerns the row that was active: the version before it. Tables that are
       -- updated in place have their rows by client and key.
       CASE WHEN e.kind NOT IN ('feature_config', 'bom_config', 'client_schedule', 'scheduler_defaults')
                THEN e.client_id
            WHEN e.type IN ('feature_config.deactivated', 'bom_config.deactivated', 'client_schedule.deactivated')
                THEN before.event_id
            ELSE e.event_id END AS row_id,
       nullif(e.key, '')::varchar AS row_key,
       e.version,
       CASE WHEN e.kind NOT IN ('feature_config', 'bom_config', 'client_schedule', 'scheduler_defaults')
                THEN e.previous
            ELSE secretmagic_version_values(before.type, before.data)
       END AS old_values,
       CASE e.type
           WHEN 'client.registered' THEN jsonb_build_object(
               'tenant_mode', 'prefixed_tables', 'features_enabled', '{}'::jsonb, 'status', 'active',
               'config_confirmed', false) || e.data
           -- Withdraws a confirmation, if there was one; then the old values tell of it.
           WHEN 'client.tenant_mode_changed' THEN CASE WHEN e.previous ? 'config_confirmed'
               THEN e.data || '{"config_confirmed": false, "config_confirmed_at": null, "config_confirmed_by": null}'
               ELSE e.data END
           WHEN 'client.config_confirmed' THEN jsonb_build_object(
               'config_confirmed', true, 'config_confirmed_at', e.created_at, 'config_confirmed_by', e.actor)
           WHEN 'client.config_revoked' THEN
               '{"config_confirmed": false, "config_confirmed_at": null, "config_confirmed_by": null}'
           WHEN 'client.erased' THEN '{"contact_email": null, "contact_phone": null}'
           WHEN 'feature_config.deactivated' THEN '{"is_active": false}'
           WHEN 'bom_config.deactivated' THEN '{"is_active": false}'
           WHEN 'client_schedule.deactivated' THEN '{"is_active": false}'
           WHEN 'feature.created' THEN '{"nan_semantics": "missing"}' || e.data
           WHEN 'batch.started' THEN e.data || '{"status": "running"}'
           WHEN 'batch.completed' THEN '{"status": "completed", "records_failed": 0}' || e.data
           WHEN 'batch.failed' THEN e.data || '{"status": "failed"}'
           WHEN 'bom_explosion.started' THEN '{"status": "running"}'
           WHEN 'bom_explosion.completed' THEN e.data || '{"status": "completed"}'
           WHEN 'bom_explosion.failed' THEN e.data || '{"status": "failed"}'
           ELSE coalesce(secretmagic_version_values(e.type, e.data), e.data - 'reason')
       END AS new_values,
       e.data ->> 'reason' AS reason,
       e.actor AS changed_by,
       e.created_at AS changed_at,
       e.recorded_at,
       e.source,
       e.correlation_id,
       e.causation_id,
       e.traceparent,
       e.cause::text AS cause,
       t.name AS topic,
       e.partition_id,
       e.record_offset
FROM events e
LEFT JOIN topics t ON t.topic_id = e.topic_id
LEFT JOIN LATERAL (
    SELECT b.event_id, b.type, b.data
    FROM events b
    WHERE e.kind IN ('feature_config', 'bom_config', 'client_schedule', 'scheduler_defaults')
      AND b.client_id = e.client_id AND b.kind = e.kind AND b.key = e.key AND b.created_at < e.created_at
    ORDER BY b.created_at DESC
    LIMIT 1) before ON true;

-- ---- Append only, and written by the program alone ----------------------------------------------------
-- The program's sessions say so in the setting secretmagic.writer. This keeps people and tools from
-- changing state by accident; what keeps strangers out is the roles below.

CREATE FUNCTION pg_temp.guard(target regclass, why text, hint text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER secretmagic_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s
        FOR EACH STATEMENT EXECUTE FUNCTION secretmagic_guard(%L, %L)', target, why, hint);
END $$;

CREATE FUNCTION pg_temp.append_only(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER secretmagic_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
        FOR EACH STATEMENT EXECUTE FUNCTION secretmagic_refuse(%L, %L)', target,
        'its rows are facts and are never changed or removed, by anybody',
        'to change state, emit a new event: secretmagic emit');
    -- Also in sessions that switch ordinary triggers off (session_replication_role).
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER secretmagic_append_only', target);
END $$;

CREATE FUNCTION pg_temp.guard_view(target regclass, why text, hint text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- The INSTEAD OF trigger makes the view writable in PostgreSQL's eyes; the other one refuses
    -- before that, also when no row matches.
    EXECUTE format('CREATE TRIGGER secretmagic_guard BEFORE INSERT OR UPDATE OR DELETE ON %s
        FOR EACH STATEMENT EXECUTE FUNCTION secretmagic_refuse(%L, %L)', target, why, hint);
    EXECUTE format('CREATE TRIGGER secretmagic_instead INSTEAD OF INSERT OR UPDATE OR DELETE ON %s
        FOR EACH ROW EXECUTE FUNCTION secretmagic_refuse(%L, %L)', target, why, hint);
END $$;

SELECT pg_temp.append_only('events'), pg_temp.append_only('ingest_ledger'), pg_temp.append_only('repairs');
CREATE TRIGGER secretmagic_erases_only BEFORE UPDATE ON events
    FOR EACH ROW EXECUTE FUNCTION secretmagic_erases_only();
ALTER TABLE events ENABLE ALWAYS TRIGGER secretmagic_erases_only;
-- Of a parked event only what it waits for and what became of it may change: told by the columns that an
-- UPDATE names, since comparing rows would read megabytes of bytes again.
CREATE TRIGGER secretmagic_parked_once BEFORE UPDATE ON parked_events
    FOR EACH ROW EXECUTE FUNCTION secretmagic_parked_once();
CREATE TRIGGER secretmagic_append_only BEFORE DELETE OR TRUNCATE OR UPDATE OF id, event_id, client_id, record_offset,
        ledger_seq, record_time, recorded_at, partition_id, topic_id, kind, type, first_wait, gated, key, content_hash,
        value_hash, record_key ON parked_events
    FOR EACH STATEMENT EXECUTE FUNCTION secretmagic_refuse(
        'a record that had to wait is a fact; only what it waits for and what became of it change',
        'they go on by themselves; see secretmagic parked');
CREATE TRIGGER secretmagic_bytes_kept
    BEFORE UPDATE OF record_value, header_names, header_values, erased_by ON parked_events
    FOR EACH STATEMENT EXECUTE FUNCTION secretmagic_refuse(
        'a record''s bytes are kept as they came; erasure alone replaces them', 'see secretmagic erase-client');
-- Likewise of a command only where it is on the topic, and which event of ours caused it.
CREATE TRIGGER secretmagic_command_once BEFORE UPDATE ON outbox
    FOR EACH ROW EXECUTE FUNCTION secretmagic_command_once();
CREATE TRIGGER secretmagic_append_only BEFORE DELETE OR TRUNCATE OR UPDATE OF id, client_id, command_id, sequence,
        created_at, organization_id ON outbox
    FOR EACH STATEMENT EXECUTE FUNCTION secretmagic_refuse(
        'a command that was decided is a fact; only where it was published is added',
        'commands follow from events: secretmagic emit');
-- Bytes give way to those on the topic, when it is said where these are: an UPDATE that names them must change
-- the digest, which is guarded above.
CREATE TRIGGER secretmagic_bytes_once BEFORE UPDATE OF value, header_names, header_values ON outbox
    FOR EACH ROW EXECUTE FUNCTION secretmagic_bytes_once();
ALTER TABLE outbox ENABLE ALWAYS TRIGGER secretmagic_command_once;
ALTER TABLE outbox ENABLE ALWAYS TRIGGER secretmagic_bytes_once;
ALTER TABLE outbox ENABLE ALWAYS TRIGGER secretmagic_append_only;
ALTER TABLE parked_events ENABLE ALWAYS TRIGGER secretmagic_parked_once;
ALTER TABLE parked_events ENABLE ALWAYS TRIGGER secretmagic_append_only;
ALTER TABLE parked_events ENABLE ALWAYS TRIGGER secretmagic_bytes_kept;
SELECT pg_temp.guard(target::regclass, 'secretmagic alone writes it, from the events on its topics', hint)
FROM (VALUES
    ('events', 'emit an event: secretmagic emit'),
    ('heads', 'emit an event: secretmagic emit'),
    ('ingest_ledger', 'the ledger follows what is consumed; see secretmagic status'),
    ('consumer_offsets', 'positions follow what is consumed; see secretmagic status'),
    ('dead_letters', 'correct the event and emit it again, or see secretmagic dead-letters'),
    ('parked_events', 'they go on by themselves; see secretmagic parked'),
    ('parked_due', 'these rows only say what to look at'),
    ('operator_requests', 'see secretmagic dead-letters and secretmagic parked'),
    ('batches', 'emit an event: secretmagic emit, with type batch.started, batch.completed or batch.failed'),
    ('bom_explosion_status', 'emit an event: secretmagic emit, with type bom_explosion.started, '
        'bom_explosion.completed or bom_explosion.failed'),
    ('feature_metadata', 'emit an event: secretmagic emit, with type feature.created'),
    ('client_due', 'it follows clients, batches and schedules; see secretmagic_due_again()'),
    ('processing_logs', 'emit an event: secretmagic emit, with type log.recorded'),
    ('topics', 'topics are entered when they are first consumed: secretmagic run --topic-prefix'),
    ('outbox', 'commands follow from events: secretmagic emit'),
    ('relay_lease', 'these rows only say who publishes commands; see secretmagic status'),
    ('relay_cursors', 'these rows only say what of the command topic is known; see secretmagic status'),
    ('client_buckets', 'these rows only say when caches are out of date'),
    ('repairs', 'they tell of rebuilds: secretmagic replay rebuild'),
    ('clients', 'emit an event: secretmagic emit, with type client.registered, client.updated, '
        'client.status_changed, client.tenant_mode_changed, client.config_confirmed or client.config_revoked '
        'and the client''s id as subject'),
    ('tenants', 'emit an event: secretmagic emit, with type tenant.approved, tenant.retried, tenant.aborted or '
        'tenant.drop_requested and the client''s id as subject'),
    ('feature_types', 'emit an event: secretmagic emit, with type feature_type.defined'),
    ('data_types', 'emit an event: secretmagic emit, with type data_type.defined')) AS g(target, hint);
SELECT pg_temp.guard_view('feature_configs', 'its rows are versions in the log, which events add',
    'emit an event: secretmagic emit, with type feature_config.changed (data: feature_type, config) or '
    'feature_config.deactivated (data: feature_type, reason) and the client''s id as subject; '
    'a new version deactivates the one before by itself');
SELECT pg_temp.guard_view(target::regclass, 'its rows are versions in the log, which events add',
    'emit an event: secretmagic emit, with type ' || types)
FROM (VALUES ('bom_configs', 'bom_config.changed or bom_config.deactivated'),
             ('client_processing_schedule', 'client_schedule.changed or client_schedule.deactivated'),
             ('scheduler_config', 'scheduler_defaults.changed'),
             ('logs', 'log.recorded')) AS g(target, types);
SELECT pg_temp.guard_view('audit_log', 'it shows the log itself', 'emit an event: secretmagic emit');

DROP FUNCTION pg_temp.guard, pg_temp.append_only, pg_temp.guard_view;

-- ---- Roles ----------------------------------------------------------------------------------------
-- projector: what `secretmagic run` needs. reader: the seed's tables and the books. operator: reads the
-- waiting room and dead letters too, whose raw bytes may hold anything, and asks for something to be done
-- with them. Roles belong to the whole server: another database's migration may make the same one at this
-- moment, and then it is there, which will do.

DO $$
DECLARE
    role text;
    granted text;
BEGIN
    FOREACH role IN ARRAY ARRAY['secretmagic_projector', 'secretmagic_reader', 'secretmagic_operator'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role)
           AND (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;
            END;
        END IF;
        CONTINUE WHEN NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role);
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', role);
        EXECUTE format('GRANT SELECT ON topics, events, heads, clients, tenants, feature_types, data_types,
            consumer_offsets, ingest_ledger, client_buckets, schema_migrations, feature_configs, bom_configs,
            client_processing_schedule, scheduler_config, effective_schedule, clients_ready,
            active_configuration, batches, bom_explosion_status, feature_metadata, client_due, client_due_sources,
            processing_logs, logs, audit_log, repairs, lag_history, lag_heat, lag_marks TO %I', role);
        granted := CASE role
            WHEN 'secretmagic_projector' THEN 'SELECT, INSERT, UPDATE ON dead_letters, parked_events, operator_requests,
                outbox, relay_lease, relay_cursors'
            WHEN 'secretmagic_operator' THEN 'SELECT ON dead_letters, parked_events, operator_requests,
                outbox, relay_lease, relay_cursors' END;
        IF granted IS NOT NULL THEN
            EXECUTE format('GRANT %s TO %I', granted, role);
        END IF;
        IF role = 'secretmagic_projector' THEN
            EXECUTE format('GRANT INSERT ON topics, events, heads, clients, tenants, batches, bom_explosion_status,
                feature_metadata, client_due, feature_types, data_types, processing_logs, consumer_offsets, ingest_ledger TO %I', role);
            EXECUTE format('GRANT SELECT, INSERT ON schema_cache TO %I', role);
            EXECUTE format('GRANT INSERT, DELETE ON lag_history, lag_heat, lag_marks TO %I', role);
            EXECUTE format('GRANT UPDATE ON topics, heads, clients, tenants, batches, bom_explosion_status,
                feature_metadata, client_due, feature_types, data_types, processing_logs, consumer_offsets, client_buckets TO %I', role);
            EXECUTE format('GRANT UPDATE (data, previous) ON events TO %I', role);
            EXECUTE format('GRANT SELECT, DELETE ON processing_logs TO %I', role);
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON parked_due TO %I', role);
            EXECUTE format('GRANT USAGE ON SEQUENCE parked_due_stamp TO %I', role);
        END IF;
        IF role = 'secretmagic_operator' THEN
            EXECUTE format('GRANT SELECT ON parked_due TO %I', role);
            EXECUTE format('GRANT INSERT ON operator_requests TO %I', role);
            EXECUTE format('GRANT UPDATE (state) ON dead_letters TO %I', role);
        END IF;
    END LOOP;
END $$;

-- ---- What everything is ------------------------------------------------------------------------------

COMMENT ON TYPE stream_kind IS 'What a stream of events is about.';
COMMENT ON TYPE event_type IS 'What happened: <entity>.<past tense>.';
COMMENT ON TYPE event_cause IS 'Why an event was admitted when it was: live = when its record was consumed, released = from the waiting room, retried and forced = as a dead letter, by an operator; expired is of ledger rows only.';
COMMENT ON TYPE parked_for IS 'What a parked event waits for.';
COMMENT ON TYPE parked_state IS 'What became of a parked event: waiting, released (it is in the log), duplicate (the log had it by then), rejected or expired (it is a dead letter).';
COMMENT ON TYPE dead_letter_state IS 'What became of a dead letter: open, retried (applied, parked or a duplicate by then), discarded.';
COMMENT ON TYPE unit_position IS 'What the program hands over of one partition: its position and its ledger row.';
COMMENT ON TYPE unit_head IS 'What the program hands over of one stream''s head.';
COMMENT ON TYPE unit_event IS 'What the program hands over of one row of the log.';
COMMENT ON TYPE unit_command IS 'What the program hands over of one command.';
COMMENT ON TYPE unit_parked IS 'What the program hands over of one record that has to wait.';

COMMENT ON TABLE topics IS 'Short numbers for the names of Kafka topics.';
COMMENT ON COLUMN topics.topic_id IS 'The number that other tables use.';
COMMENT ON COLUMN topics.name IS 'Name of the topic on the broker.';

COMMENT ON TABLE events IS 'The log: one row is one admitted event and one version of its stream (client_id, kind, key). Append-only. Everything else can be projected from it again.';
COMMENT ON COLUMN events.event_id IS 'The event''s own id: once per client.';
COMMENT ON COLUMN events.client_id IS 'Client that the event belongs to; zeros for what is of no client (scheduler defaults, data types, feature types).';
COMMENT ON COLUMN events.event_time IS 'When it happened, as the producer says.';
COMMENT ON COLUMN events.created_at IS 'Event time made strictly increasing within the stream: the order of versions.';
COMMENT ON COLUMN events.recorded_at IS 'When it was admitted.';
COMMENT ON COLUMN events.record_offset IS 'Offset of the Kafka record it came in.';
COMMENT ON COLUMN events.ledger_seq IS 'The row of ingest_ledger that counts it.';
COMMENT ON COLUMN events.kind IS 'Kind of the stream.';
COMMENT ON COLUMN events.type IS 'What happened.';
COMMENT ON COLUMN events.cause IS 'Why it was admitted when it was.';
COMMENT ON COLUMN events.version IS 'Position in the stream, from 1, without gaps.';
COMMENT ON COLUMN events.partition_id IS 'Partition of the Kafka record.';
COMMENT ON COLUMN events.topic_id IS 'Topic of the Kafka record; see topics.';
COMMENT ON COLUMN events.key IS 'Key of the stream within client and kind: feature type, batch id, name of the feature, code; empty where the client has one such stream.';
COMMENT ON COLUMN events.content_hash IS 'SHA-256 of the normalised content, by which a repetition is told from a conflict.';
COMMENT ON COLUMN events.source IS 'Who emitted it (CloudEvents source).';
COMMENT ON COLUMN events.data IS 'The event''s data as sent, without fields that had their default.';
COMMENT ON COLUMN events.expected_version IS 'The stream''s version that the producer had seen, if it said so.';
COMMENT ON COLUMN events.actor IS 'Person or service that caused it.';
COMMENT ON COLUMN events.correlation_id IS 'What it belongs together with.';
COMMENT ON COLUMN events.causation_id IS 'What brought it about.';
COMMENT ON COLUMN events.traceparent IS 'W3C trace context.';
COMMENT ON COLUMN events.previous IS 'Old values of the fields it changed, where a row is updated in place (clients, batches and the like).';

COMMENT ON TABLE heads IS 'The last version of every stream, and which one is active.';
COMMENT ON COLUMN heads.client_id IS 'Client of the stream.';
COMMENT ON COLUMN heads.last_at IS 'created_at of the last version.';
COMMENT ON COLUMN heads.active_at IS 'created_at of the active version; -infinity if none is.';
COMMENT ON COLUMN heads.kind IS 'Kind of the stream.';
COMMENT ON COLUMN heads.version IS 'The last version.';
COMMENT ON COLUMN heads.key IS 'Key of the stream within client and kind.';

COMMENT ON TABLE clients IS 'Clients of the platform, as their events say. To change one, emit an event.';
COMMENT ON COLUMN clients.id IS 'Unique id: the subject of the client''s events.';
COMMENT ON COLUMN clients.name IS 'Name of the organization.';
COMMENT ON COLUMN clients.organization_id IS 'Organization id, for routing in StarRocks; belongs to one client that is not archived.';
COMMENT ON COLUMN clients.tenant_mode IS 'How data are kept in StarRocks: prefixed_tables (default), dedicated_db or shared.';
COMMENT ON COLUMN clients.features_enabled IS 'Functions that are switched on: {"feature_engineering": true, "bom_explosion": true}.';
COMMENT ON COLUMN clients.config_confirmed IS 'Is the configuration confirmed? Data are processed only then.';
COMMENT ON COLUMN clients.config_confirmed_at IS 'When it was confirmed.';
COMMENT ON COLUMN clients.config_confirmed_by IS 'Who confirmed it.';
COMMENT ON COLUMN clients.contact_email IS 'E-mail address of the contact.';
COMMENT ON COLUMN clients.contact_phone IS 'Telephone number of the contact.';
COMMENT ON COLUMN clients.status IS 'active, suspended or archived.';
COMMENT ON COLUMN clients.created_at IS 'When the client was registered.';
COMMENT ON COLUMN clients.updated_at IS 'When an event last changed it.';
COMMENT ON TABLE tenants IS 'The life of each client''s tables in StarRocks, as its events say. To act on one, emit a tenant event.';
COMMENT ON COLUMN tenants.client_id IS 'The client.';
COMMENT ON COLUMN tenants.state IS 'unconfirmed, provisioning, active, migrating, suspending, suspended, resuming, archiving, archived, dropping, dropped or failed.';
COMMENT ON COLUMN tenants.storage IS 'What there is in StarRocks: none, open, suspended, archived or dropped.';
COMMENT ON COLUMN tenants.saga IS 'What is under way: provision, migrate, suspend, resume, archive or drop; NULL: nothing.';
COMMENT ON COLUMN tenants.step IS 'The step of it; NULL: nothing is under way.';
COMMENT ON COLUMN tenants.waits_for IS 'nothing, confirmation, acknowledgement, rollback, abort, approval or operator.';
COMMENT ON COLUMN tenants.requested_mode IS 'The tenant mode that the client asks for.';
COMMENT ON COLUMN tenants.actual_mode IS 'The tenant mode of the tables in use: where readers and writers go; NULL: no tables.';
COMMENT ON COLUMN tenants.target_mode IS 'The tenant mode that is being made or moved to; NULL: none.';
COMMENT ON COLUMN tenants.source_mode IS 'The tenant mode that the data are being moved from; NULL: none.';
COMMENT ON COLUMN tenants.held IS 'Was aborted: nothing begins anew before the next confirmation.';
COMMENT ON COLUMN tenants.saga_id IS 'The event that began what is under way; NULL: nothing is.';
COMMENT ON COLUMN tenants.attempt IS 'Attempt of the step, from 1; 0: nothing is under way.';
COMMENT ON COLUMN tenants.command_id IS 'The last command published; NULL: none yet.';
COMMENT ON COLUMN tenants.acknowledged_id IS 'The command of the last acknowledgement that counted; NULL: none yet.';
COMMENT ON COLUMN tenants.acknowledged_at IS 'When that was applied.';
COMMENT ON COLUMN tenants.since IS 'When state, step, attempt or what is waited for changed last.';
COMMENT ON COLUMN tenants.reason IS 'What the event that made it so says; NULL: nothing.';
COMMENT ON COLUMN tenants.acks_ignored IS 'Acknowledgements that came late, again, or for another step.';
COMMENT ON COLUMN tenants.recent_commands IS 'Ids of the last 16 commands, the newest last, 16 bytes each.';
COMMENT ON COLUMN tenants.frozen IS 'Has a migration stopped the writers, or are the tables being archived or dropped? Then no data of the client are processed.';

COMMENT ON TABLE feature_types IS 'Types of features that a feature configuration can be for.';
COMMENT ON COLUMN feature_types.code IS 'Name by which events and configurations refer to it.';
COMMENT ON COLUMN feature_types.description IS 'What it is.';
COMMENT ON COLUMN feature_types.config_rules IS 'What a configuration of it must hold: {"window_days": {"type": "count", "required": true}}; NULL: no rules, or those that the program brings.';
COMMENT ON COLUMN feature_types.created_at IS 'When it was defined.';
COMMENT ON COLUMN feature_types.updated_at IS 'When it was defined last.';
COMMENT ON TABLE data_types IS 'Types of data that the platform processes.';
COMMENT ON COLUMN data_types.code IS 'Name by which events refer to it.';
COMMENT ON COLUMN data_types.description IS 'What it is.';
COMMENT ON COLUMN data_types.config_rules IS 'Always NULL.';
COMMENT ON COLUMN data_types.created_at IS 'When it was defined.';
COMMENT ON COLUMN data_types.updated_at IS 'When it was defined last.';

COMMENT ON TABLE batches IS 'Batches of processing, as their events say, each as it is now.';
COMMENT ON COLUMN batches.client_id IS 'Client whose data are processed.';
COMMENT ON COLUMN batches.id IS 'Id of the batch, unique within its client.';
COMMENT ON COLUMN batches.data_type IS 'Type of the data; see data_types.';
COMMENT ON COLUMN batches.status IS 'running, completed or failed.';
COMMENT ON COLUMN batches.records_expected IS 'Records that it was to have, if somebody said so at its start.';
COMMENT ON COLUMN batches.records_total IS 'Records that it had: processed + failed. NULL until it is completed.';
COMMENT ON COLUMN batches.records_processed IS 'Records that were processed; NULL: not told.';
COMMENT ON COLUMN batches.records_failed IS 'Records that could not be processed; NULL: not told.';
COMMENT ON COLUMN batches.error_message IS 'Why it failed.';
COMMENT ON COLUMN batches.started_at IS 'When it was started.';
COMMENT ON COLUMN batches.ended_at IS 'When it was completed or failed; NULL while it runs.';
COMMENT ON COLUMN batches.created_at IS 'Time of its first event.';
COMMENT ON COLUMN batches.updated_at IS 'Time of its last event.';

COMMENT ON TABLE bom_explosion_status IS 'Status of BOM processing, one row a client, as it is now.';
COMMENT ON COLUMN bom_explosion_status.client_id IS 'Client.';
COMMENT ON COLUMN bom_explosion_status.status IS 'running, completed or failed.';
COMMENT ON COLUMN bom_explosion_status.last_processed_at IS 'When a run was last completed.';
COMMENT ON COLUMN bom_explosion_status.records_processed IS 'Records of the last run that told how many.';
COMMENT ON COLUMN bom_explosion_status.error_message IS 'Why the last run failed; NULL if it did not.';
COMMENT ON COLUMN bom_explosion_status.started_at IS 'When the last run was started.';
COMMENT ON COLUMN bom_explosion_status.created_at IS 'Time of the first event.';
COMMENT ON COLUMN bom_explosion_status.updated_at IS 'Time of the last event.';

COMMENT ON TABLE feature_metadata IS 'Features that were made: their names, types, and what a missing value means.';
COMMENT ON COLUMN feature_metadata.client_id IS 'Client.';
COMMENT ON COLUMN feature_metadata.feature_name IS 'Name of the feature, unique within its client.';
COMMENT ON COLUMN feature_metadata.feature_type IS 'Type of the feature; see feature_types.';
COMMENT ON COLUMN feature_metadata.data_type IS 'Type of the data it was made from; see data_types.';
COMMENT ON COLUMN feature_metadata.nan_semantics IS 'What NaN stands for in it; missing unless told otherwise.';
COMMENT ON COLUMN feature_metadata.description IS 'What it is.';
COMMENT ON COLUMN feature_metadata.batch_id IS 'Batch that made it, if told.';
COMMENT ON COLUMN feature_metadata.created_at IS 'When it was first made.';
COMMENT ON COLUMN feature_metadata.updated_at IS 'When it was last made.';

COMMENT ON TABLE client_due IS 'What tells when a client is due, one row a client; see clients_due().';
COMMENT ON COLUMN client_due.client_id IS 'Client.';
COMMENT ON COLUMN client_due.registered_at IS 'When the client was registered; NULL: it is not.';
COMMENT ON COLUMN client_due.scheduled_at IS 'created_at of its own active schedule; NULL: it has none.';
COMMENT ON COLUMN client_due.last_run_at IS 'When the client''s last batch ended; NULL: none has.';
COMMENT ON COLUMN client_due.next_due_at IS 'When it is due next by its own schedule; NULL: it has none, or never. What the default schedule says, effective_schedule tells.';
COMMENT ON COLUMN client_due.time_of_day IS 'Of its own schedule, daily and weekly: when, by the clocks of the time zone.';
COMMENT ON COLUMN client_due.interval_minutes IS 'Of its own schedule, interval: minutes from the end of one run to the next.';
COMMENT ON COLUMN client_due.ready IS 'May its data be processed? Active, its configuration confirmed, and not frozen by a migration or on the way into the archive.';
COMMENT ON COLUMN client_due.schedule_type IS 'Its own schedule: interval, daily or weekly; NULL: it has none.';
COMMENT ON COLUMN client_due.timezone IS 'Time zone of time_of_day and days_of_week.';
COMMENT ON COLUMN client_due.days_of_week IS 'Of its own schedule, weekly: on which days, ISO (Monday = 1).';

COMMENT ON TABLE processing_logs IS 'Lines that were logged in processing. No state: kept for as long as the option --logs-retention says.';
COMMENT ON COLUMN processing_logs.id IS 'Number of the line.';
COMMENT ON COLUMN processing_logs.timestamp IS 'When it was logged, as its sender says.';
COMMENT ON COLUMN processing_logs.level IS 'debug, info, warn or error.';
COMMENT ON COLUMN processing_logs.message IS 'The message.';
COMMENT ON COLUMN processing_logs.error IS 'The error, if there was one.';
COMMENT ON COLUMN processing_logs.context IS 'What else was sent with it, and client_id: whose line it is, unless it is nobody''s.';
COMMENT ON COLUMN processing_logs.created_at IS 'When it was recorded here.';
COMMENT ON COLUMN processing_logs.event_id IS 'Id of its event: once per client.';
COMMENT ON COLUMN processing_logs.client_id IS 'Client; zeros for a line of no client.';
COMMENT ON COLUMN processing_logs.record_offset IS 'Offset of the Kafka record it came in.';
COMMENT ON COLUMN processing_logs.ledger_seq IS 'The row of ingest_ledger that counts it.';
COMMENT ON COLUMN processing_logs.partition_id IS 'Partition of the Kafka record.';
COMMENT ON COLUMN processing_logs.topic_id IS 'Topic of the Kafka record; see topics.';
COMMENT ON COLUMN processing_logs.content_hash IS 'Hash of its content, by which a repetition is told from a conflict.';

COMMENT ON TABLE consumer_offsets IS 'How far each partition has been consumed, and by whom: the truth about positions. It moves in the same transaction as what the records brought about.';
COMMENT ON COLUMN consumer_offsets.topic_id IS 'Topic; see topics.';
COMMENT ON COLUMN consumer_offsets.partition_id IS 'Partition.';
COMMENT ON COLUMN consumer_offsets.next_offset IS 'The first offset that is not consumed yet.';
COMMENT ON COLUMN consumer_offsets.epoch IS 'Raised by every take-over; a writer with an older one is refused.';
COMMENT ON COLUMN consumer_offsets.owner IS 'Name of the instance that took it over last.';
COMMENT ON COLUMN consumer_offsets.owner_pid IS 'Process id of the owner''s session in PostgreSQL.';
COMMENT ON COLUMN consumer_offsets.owner_started IS 'When that session began: a process id alone may be somebody else''s by now.';
COMMENT ON COLUMN consumer_offsets.taken_at IS 'When it was taken over last.';
COMMENT ON COLUMN consumer_offsets.ledger_seq IS 'The last row of ingest_ledger; 0 if none.';
COMMENT ON COLUMN consumer_offsets.chain IS 'Digest of that row.';
COMMENT ON COLUMN consumer_offsets.recorded_at IS 'When that row was recorded.';
COMMENT ON COLUMN consumer_offsets.anchor_offset IS 'Offset of the last record consumed; -1 if none.';
COMMENT ON COLUMN consumer_offsets.anchor_digest IS 'Hash of that record: tells a topic that was made anew.';
COMMENT ON COLUMN consumer_offsets.proven_offset IS 'Offset of a record before it that was read again while the partition was consumed: all up to there is of one topic; -1 if none.';
COMMENT ON COLUMN consumer_offsets.proven_digest IS 'Hash of that record.';
COMMENT ON COLUMN consumer_offsets.claims IS 'How often it was claimed at claimed_offset: a record that kills its reader is found by that.';
COMMENT ON COLUMN consumer_offsets.claimed_offset IS 'Position at its last claim.';
COMMENT ON COLUMN consumer_offsets.trials IS 'How often it was claimed after the record at trial_offset was tried alone.';
COMMENT ON COLUMN consumer_offsets.trial_offset IS 'The record that is tried alone, or was last; -1: none ever was.';
COMMENT ON COLUMN consumer_offsets.consumed IS 'Records consumed, ever. consumed + resolved = appended + logged + duplicated + parked + rejected.';
COMMENT ON COLUMN consumer_offsets.resolved IS 'Waiting events and dead letters that were resolved later: they are counted a second time below.';
COMMENT ON COLUMN consumer_offsets.appended IS 'Records that are events in the log.';
COMMENT ON COLUMN consumer_offsets.logged IS 'Records that are lines of processing logs.';
COMMENT ON COLUMN consumer_offsets.duplicated IS 'Records that repeated an event.';
COMMENT ON COLUMN consumer_offsets.parked IS 'Records that had to wait.';
COMMENT ON COLUMN consumer_offsets.rejected IS 'Records that are dead letters.';
COMMENT ON COLUMN consumer_offsets.lost IS 'Offsets that Kafka had deleted before they could be read.';
COMMENT ON COLUMN consumer_offsets.stopped_at IS 'Since when the partition waits for an operator; NULL while it goes on.';
COMMENT ON COLUMN consumer_offsets.stopped_reason IS 'Why it waits for one.';
COMMENT ON COLUMN consumer_offsets.waits_since IS 'Since when the partition waits for something outside, such as a schema; it goes on by itself. NULL while it goes on.';
COMMENT ON COLUMN consumer_offsets.waits_reason IS 'For what it waits, and why that is not there.';

COMMENT ON TABLE ingest_ledger IS 'One row per committed batch of a partition: every offset in [first_offset, next_offset) is accounted for. Append-only; rows are chained by their digests.';
COMMENT ON COLUMN ingest_ledger.topic_id IS 'Topic; see topics.';
COMMENT ON COLUMN ingest_ledger.partition_id IS 'Partition.';
COMMENT ON COLUMN ingest_ledger.seq IS 'Number of the row within its partition, from 1, without gaps.';
COMMENT ON COLUMN ingest_ledger.first_offset IS 'The first offset of the batch.';
COMMENT ON COLUMN ingest_ledger.next_offset IS 'The offset after its last one.';
COMMENT ON COLUMN ingest_ledger.recorded_at IS 'When it was recorded.';
COMMENT ON COLUMN ingest_ledger.cause IS 'Why its events were admitted: live covers offsets, all others cover none.';
COMMENT ON COLUMN ingest_ledger.consumed IS 'Records in the batch; 0 unless the cause is live. consumed + resolved = appended + logged + duplicated + parked + rejected.';
COMMENT ON COLUMN ingest_ledger.resolved IS 'Waiting events or dead letters whose state this row changes, which no offset of it covers; 0 if the cause is live.';
COMMENT ON COLUMN ingest_ledger.appended IS 'Records that are events in the log.';
COMMENT ON COLUMN ingest_ledger.logged IS 'Records that are lines of processing logs.';
COMMENT ON COLUMN ingest_ledger.duplicated IS 'Records that repeated an event.';
COMMENT ON COLUMN ingest_ledger.parked IS 'Records that had to wait.';
COMMENT ON COLUMN ingest_ledger.rejected IS 'Records that are dead letters.';
COMMENT ON COLUMN ingest_ledger.duplicates IS 'Offsets of the repetitions.';
COMMENT ON COLUMN ingest_ledger.gaps IS 'Offsets without a record: control records, aborted ones, or one never seen (secretmagic verify --gaps).';
COMMENT ON COLUMN ingest_ledger.lost IS 'Offsets that Kafka had deleted before they could be read.';
COMMENT ON COLUMN ingest_ledger.digest IS 'SHA-256 over the previous row''s digest, this row, its events, its dead letters and what it parked.';

COMMENT ON TABLE dead_letters IS 'Records that can never be admitted as they are: why, and their bytes as they came.';
COMMENT ON COLUMN dead_letters.id IS 'Number of the dead letter.';
COMMENT ON COLUMN dead_letters.record_offset IS 'Offset of the record.';
COMMENT ON COLUMN dead_letters.ledger_seq IS 'The row of ingest_ledger that counts it.';
COMMENT ON COLUMN dead_letters.record_time IS 'Timestamp of the record.';
COMMENT ON COLUMN dead_letters.recorded_at IS 'When it was refused.';
COMMENT ON COLUMN dead_letters.partition_id IS 'Partition of the record.';
COMMENT ON COLUMN dead_letters.topic_id IS 'Topic of the record; see topics.';
COMMENT ON COLUMN dead_letters.code IS 'Why, as a stable code.';
COMMENT ON COLUMN dead_letters.field IS 'The field at fault, if there is one.';
COMMENT ON COLUMN dead_letters.value IS 'What it held.';
COMMENT ON COLUMN dead_letters.reason IS 'Why, as a sentence.';
COMMENT ON COLUMN dead_letters.record_key IS 'The record''s key.';
COMMENT ON COLUMN dead_letters.record_value IS 'The record''s value.';
COMMENT ON COLUMN dead_letters.header_names IS 'Names of the record''s headers, in their order; a name may occur twice.';
COMMENT ON COLUMN dead_letters.header_values IS 'Values of the headers, by position; NULL where the header has none.';
COMMENT ON COLUMN dead_letters.event_id IS 'Id of the event, if it could be read.';
COMMENT ON COLUMN dead_letters.client_id IS 'Client of the event, if it could be read.';
COMMENT ON COLUMN dead_letters.type IS 'Type of the event, if it could be read.';
COMMENT ON COLUMN dead_letters.content_hash IS 'Hash of the event''s content, if all of it could be read.';
COMMENT ON COLUMN dead_letters.value_hash IS 'SHA-256 of the record''s value as it came, which outlives its erasure.';
COMMENT ON COLUMN dead_letters.state IS 'open, until an operator retries it with success or discards it.';
COMMENT ON COLUMN dead_letters.attempts IS 'How often it was retried.';
COMMENT ON COLUMN dead_letters.erased_by IS 'The client.erased event that replaced its bytes; NULL: they are as they came.';

COMMENT ON TABLE outbox IS 'Commands for the executor, with the very bytes that are, or will be, on the topic. Facts: only where a command was published is added, and which event caused one that was found on the topic.';
COMMENT ON COLUMN outbox.id IS 'Number of the command; orders what is to be published.';
COMMENT ON COLUMN outbox.client_id IS 'Client that it is about.';
COMMENT ON COLUMN outbox.command_id IS 'Id of the command.';
COMMENT ON COLUMN outbox.sequence IS 'Its number within the client, from 1, without gaps.';
COMMENT ON COLUMN outbox.event_id IS 'The event that caused it; NULL: found on the topic, while its event has not been consumed (again) since the database was restored.';
COMMENT ON COLUMN outbox.created_at IS 'When it was decided, or found.';
COMMENT ON COLUMN outbox.published_at IS 'When it was known to be on the topic; NULL: it is to be published.';
COMMENT ON COLUMN outbox.published_offset IS 'Where it is.';
COMMENT ON COLUMN outbox.published_partition IS 'Where it is.';
COMMENT ON COLUMN outbox.differs IS 'It was found on the topic, and its event then made other bytes: those on the topic are the ones kept.';
COMMENT ON COLUMN outbox.organization_id IS 'Key of the record.';
COMMENT ON COLUMN outbox.digest IS 'Hash of the value, as dead_letters.value_hash.';
COMMENT ON COLUMN outbox.value IS 'Value of the record.';
COMMENT ON COLUMN outbox.header_names IS 'Names of the record''s headers, in their order.';
COMMENT ON COLUMN outbox.header_values IS 'Values of the headers, by position; NULL where the header has none.';

COMMENT ON TABLE relay_lease IS 'Who publishes commands. One row.';
COMMENT ON COLUMN relay_lease.only_row IS 'There is one row.';
COMMENT ON COLUMN relay_lease.epoch IS 'Raised by every change of owner; one with an older epoch marks nothing.';
COMMENT ON COLUMN relay_lease.owner IS 'Instance that publishes.';
COMMENT ON COLUMN relay_lease.expires_at IS 'Until when nobody else may, by this server''s clock.';
COMMENT ON COLUMN relay_lease.scanned_in IS 'secretmagic_incarnation() when all that stood on the command topic was known; NULL: never.';
COMMENT ON COLUMN relay_lease.published_at IS 'When commands were last known to have come to the topic; NULL: none has.';
COMMENT ON COLUMN relay_lease.published IS 'How many have, those that were found there included.';
COMMENT ON COLUMN relay_lease.stopped_at IS 'When it stopped for good; NULL: it did not.';
COMMENT ON COLUMN relay_lease.stopped_reason IS 'Why.';

COMMENT ON TABLE relay_cursors IS 'Up to where each partition of the command topic is known.';
COMMENT ON COLUMN relay_cursors.topic IS 'Name of the command topic.';
COMMENT ON COLUMN relay_cursors.partition_id IS 'Partition of it.';
COMMENT ON COLUMN relay_cursors.next_offset IS 'Every command below it is in the outbox.';

COMMENT ON TABLE parked_events IS 'The waiting room: events that came before what they rest on, with their bytes. They go on by themselves. Facts: only what one waits for and what became of it change.';
COMMENT ON COLUMN parked_events.id IS 'Number of the parked event; orders its queues.';
COMMENT ON COLUMN parked_events.event_id IS 'Id of the event.';
COMMENT ON COLUMN parked_events.client_id IS 'Client of the event.';
COMMENT ON COLUMN parked_events.record_offset IS 'Offset of the record.';
COMMENT ON COLUMN parked_events.ledger_seq IS 'The row of ingest_ledger that counts it as parked.';
COMMENT ON COLUMN parked_events.record_time IS 'Timestamp of the record.';
COMMENT ON COLUMN parked_events.recorded_at IS 'When it was parked.';
COMMENT ON COLUMN parked_events.resolved_at IS 'When it ceased to wait; NULL: it waits.';
COMMENT ON COLUMN parked_events.resolved_seq IS 'The row of ingest_ledger, of the same partition, that counts it as resolved; NULL: it waits.';
COMMENT ON COLUMN parked_events.partition_id IS 'Partition of the record.';
COMMENT ON COLUMN parked_events.topic_id IS 'Topic of the record; see topics.';
COMMENT ON COLUMN parked_events.kind IS 'Kind of the event''s stream.';
COMMENT ON COLUMN parked_events.type IS 'Type of the event.';
COMMENT ON COLUMN parked_events.state IS 'What became of it.';
COMMENT ON COLUMN parked_events.waits_for IS 'What it waits for, or waited for last.';
COMMENT ON COLUMN parked_events.first_wait IS 'What it waited for when it was parked; the ledger''s digest covers it.';
COMMENT ON COLUMN parked_events.gated IS 'Is it applied only while the client''s configuration is confirmed?';
COMMENT ON COLUMN parked_events.key IS 'Key of the event''s stream within client and kind.';
COMMENT ON COLUMN parked_events.waits_code IS 'Which feature type or data type it waits for; NULL: it waits for something else.';
COMMENT ON COLUMN parked_events.content_hash IS 'Hash of the event''s content.';
COMMENT ON COLUMN parked_events.value_hash IS 'SHA-256 of the record''s value as it came, which outlives its erasure.';
COMMENT ON COLUMN parked_events.record_key IS 'The record''s key.';
COMMENT ON COLUMN parked_events.record_value IS 'The record''s value.';
COMMENT ON COLUMN parked_events.header_names IS 'Names of the record''s headers, in their order.';
COMMENT ON COLUMN parked_events.header_values IS 'Values of the headers, by position; NULL where the header has none.';
COMMENT ON COLUMN parked_events.erased_by IS 'The client.erased event that replaced its bytes; NULL: they are as they came.';

COMMENT ON TABLE parked_due IS 'Queues of the waiting room that should be looked at: something that they may have waited for has happened.';
COMMENT ON COLUMN parked_due.client_id IS 'Client of the queue.';
COMMENT ON COLUMN parked_due.stamp IS 'Number of the happening: what is due longest is looked at first, and what comes meanwhile is not forgotten.';
COMMENT ON COLUMN parked_due.partition_id IS 'Partition of the queue.';
COMMENT ON COLUMN parked_due.topic_id IS 'Topic of the queue; see topics.';
COMMENT ON SEQUENCE parked_due_stamp IS 'Numbers for parked_due.stamp.';

COMMENT ON TABLE operator_requests IS 'What operators asked for of dead letters and waiting events, and what became of it.';
COMMENT ON COLUMN operator_requests.id IS 'Number of the request.';
COMMENT ON COLUMN operator_requests.requested_at IS 'When it was made.';
COMMENT ON COLUMN operator_requests.done_at IS 'When it was carried out; NULL: it is to be done.';
COMMENT ON COLUMN operator_requests.dead_letter_id IS 'The dead letter it is about.';
COMMENT ON COLUMN operator_requests.parked_id IS 'The parked event it is about.';
COMMENT ON COLUMN operator_requests.partition_id IS 'Partition of the record.';
COMMENT ON COLUMN operator_requests.topic_id IS 'Topic of the record; see topics.';
COMMENT ON COLUMN operator_requests.attempts IS 'How often it was begun.';
COMMENT ON COLUMN operator_requests.action IS 'retried, forced, expired or discarded.';
COMMENT ON COLUMN operator_requests.actor IS 'Who asked for it.';
COMMENT ON COLUMN operator_requests.reason IS 'Why.';
COMMENT ON COLUMN operator_requests.outcome IS 'applied, duplicate, parked, rejected, died, too_late (it went on before it could expire) or discarded; NULL: it is to be done.';
COMMENT ON COLUMN operator_requests.code IS 'Of one that was rejected again: why, as a stable code.';
COMMENT ON COLUMN operator_requests.detail IS 'The same as a sentence.';

COMMENT ON TABLE lag_history IS 'How far behind all partitions together were, for the dashboard; old rows are thinned. Written by run --http.';
COMMENT ON COLUMN lag_history.step IS 'Seconds that the row is about.';
COMMENT ON COLUMN lag_history.at IS 'When they begin.';
COMMENT ON COLUMN lag_history.records IS 'The most records that were behind; NULL: not known.';
COMMENT ON COLUMN lag_history.behind_ms IS 'The highest age of a first record that was not processed, in milliseconds; NULL: not known.';
COMMENT ON COLUMN lag_history.in_per_minute IS 'Records that came, a minute; NULL: not known.';
COMMENT ON COLUMN lag_history.out_per_minute IS 'Records that were processed, a minute; NULL: not known.';
COMMENT ON COLUMN lag_history.state IS 'The worst state, as a number: 0 idle, 1 current, 2 catching up, 3 unknown, 4 falling behind, 5 unassigned, 6 fenced, 7 paused, 8 stalled, 9 stopped.';
COMMENT ON TABLE lag_heat IS 'How far behind each partition was, for the dashboard; old rows are thinned. Written by run --http.';
COMMENT ON COLUMN lag_heat.step IS 'Seconds that the row is about.';
COMMENT ON COLUMN lag_heat.at IS 'When they begin.';
COMMENT ON COLUMN lag_heat.topic IS 'Name of the topic.';
COMMENT ON COLUMN lag_heat.levels IS 'A character for each partition: 0 to 9, for behind by no more than 1 s, 5 s, 10 s, 30 s, 1 min, 5 min, 15 min, 1 h, 6 h, or more; a dash: not known.';
COMMENT ON TABLE lag_marks IS 'What happened meanwhile, for the dashboard. Written by run --http.';
COMMENT ON COLUMN lag_marks.at IS 'When it happened.';
COMMENT ON COLUMN lag_marks.kind IS 'start, rebalance, rebuild, postgres_away, postgres_back, kafka_away or kafka_back.';
COMMENT ON COLUMN lag_marks.what IS 'The instance that started, took over or saw it; who rebuilt.';

COMMENT ON TABLE client_buckets IS 'Clients share buckets 0 to 47, what is defined for all has 48, organizations share the rest; a bucket''s generation rises when something changes that others have cached.';
COMMENT ON COLUMN client_buckets.bucket IS 'Number of the bucket.';
COMMENT ON COLUMN client_buckets.generation IS 'How often it was changed.';

COMMENT ON TABLE schema_cache IS 'Schemas that the schema registry has told, so that the program starts and goes on while it is away. What an id means never changes; rows may be deleted, and are asked for again.';
COMMENT ON COLUMN schema_cache.registry IS 'Base URL of the registry, without user, password and query.';
COMMENT ON COLUMN schema_cache.schema_id IS 'Id of the schema in that registry, as messages carry it.';
COMMENT ON COLUMN schema_cache.definition IS 'The schema as registered.';
COMMENT ON COLUMN schema_cache.sha256 IS 'SHA-256 of the definition; a row where it is another is not used.';
COMMENT ON COLUMN schema_cache.fetched_at IS 'When it was first asked for.';

COMMENT ON TABLE repairs IS 'What secretmagic replay rebuild has changed: a fact that no event tells of.';
COMMENT ON COLUMN repairs.id IS 'Number of the repair.';
COMMENT ON COLUMN repairs.repaired_at IS 'When it was applied.';
COMMENT ON COLUMN repairs.actor IS 'Who asked for it.';
COMMENT ON COLUMN repairs.reason IS 'Why, if somebody said so.';
COMMENT ON COLUMN repairs.program IS 'Version of the program whose projection it was.';
COMMENT ON COLUMN repairs.scope IS 'What was looked at.';
COMMENT ON COLUMN repairs.tables IS 'Rows written and removed, by table.';
COMMENT ON COLUMN repairs.positions IS 'How far the log had come on each partition.';

COMMENT ON TABLE schema_migrations IS 'Which files of sql/init and sql/migrations were applied.';
COMMENT ON COLUMN schema_migrations.version IS 'Number at the front of the file''s name.';
COMMENT ON COLUMN schema_migrations.name IS 'The rest of the file''s name.';
COMMENT ON COLUMN schema_migrations.checksum IS 'SHA-256 of the file.';
COMMENT ON COLUMN schema_migrations.applied_at IS 'When it was applied.';

COMMENT ON VIEW feature_configs IS 'Feature-engineering configurations, all versions. To change one, emit feature_config.changed or feature_config.deactivated.';
COMMENT ON COLUMN feature_configs.id IS 'Unique id of the version (the event''s id).';
COMMENT ON COLUMN feature_configs.client_id IS 'Client.';
COMMENT ON COLUMN feature_configs.feature_type IS 'ema, ma, std, lags, seasonality, weather, promo; see feature_types.';
COMMENT ON COLUMN feature_configs.config IS 'The configuration.';
COMMENT ON COLUMN feature_configs.is_active IS 'Is it the current version? At most one per client and feature type is.';
COMMENT ON COLUMN feature_configs.version IS 'Number of the version; a deactivation counts as one too.';
COMMENT ON COLUMN feature_configs.created_at IS 'Timestamp of the version; orders versions.';
COMMENT ON COLUMN feature_configs.created_by IS 'Who made it.';

COMMENT ON VIEW bom_configs IS 'Configurations of BOM explosion, all versions. To change one, emit bom_config.changed or bom_config.deactivated.';
COMMENT ON COLUMN bom_configs.id IS 'Unique id of the version (the event''s id).';
COMMENT ON COLUMN bom_configs.client_id IS 'Client.';
COMMENT ON COLUMN bom_configs.max_levels IS 'How deep a bill of materials is exploded.';
COMMENT ON COLUMN bom_configs.include_produced_at IS 'Is the time of production taken in?';
COMMENT ON COLUMN bom_configs.cycle_detection IS 'Are cycles looked for?';
COMMENT ON COLUMN bom_configs.is_active IS 'Is it the current version? At most one per client is.';
COMMENT ON COLUMN bom_configs.version IS 'Number of the version; a deactivation counts as one too.';
COMMENT ON COLUMN bom_configs.created_at IS 'Timestamp of the version; orders versions.';
COMMENT ON COLUMN bom_configs.created_by IS 'Who made it.';

COMMENT ON VIEW client_processing_schedule IS 'When a client''s data are processed, all versions. To change one, emit client_schedule.changed or client_schedule.deactivated.';
COMMENT ON COLUMN client_processing_schedule.id IS 'Unique id of the version (the event''s id).';
COMMENT ON COLUMN client_processing_schedule.client_id IS 'Client.';
COMMENT ON COLUMN client_processing_schedule.schedule_type IS 'interval, daily or weekly.';
COMMENT ON COLUMN client_processing_schedule.interval_minutes IS 'Of interval: minutes from the end of one run to the next.';
COMMENT ON COLUMN client_processing_schedule.time_of_day IS 'Of daily and weekly: when, by the clocks of the time zone.';
COMMENT ON COLUMN client_processing_schedule.days_of_week IS 'Of weekly: on which days, ISO (Monday = 1).';
COMMENT ON COLUMN client_processing_schedule.timezone IS 'Time zone of time_of_day and days_of_week.';
COMMENT ON COLUMN client_processing_schedule.is_active IS 'Is it the current version? At most one per client is.';
COMMENT ON COLUMN client_processing_schedule.version IS 'Number of the version; a deactivation counts as one too.';
COMMENT ON COLUMN client_processing_schedule.created_at IS 'Timestamp of the version; orders versions.';
COMMENT ON COLUMN client_processing_schedule.created_by IS 'Who made it.';

COMMENT ON VIEW scheduler_config IS 'When data of clients without a schedule of their own are processed, all versions. To change it, emit scheduler_defaults.changed.';
COMMENT ON COLUMN scheduler_config.id IS 'Unique id of the version (the event''s id).';
COMMENT ON COLUMN scheduler_config.schedule_type IS 'interval, daily or weekly.';
COMMENT ON COLUMN scheduler_config.interval_minutes IS 'Of interval: minutes from the end of one run to the next.';
COMMENT ON COLUMN scheduler_config.time_of_day IS 'Of daily and weekly: when, by the clocks of the time zone.';
COMMENT ON COLUMN scheduler_config.days_of_week IS 'Of weekly: on which days, ISO (Monday = 1).';
COMMENT ON COLUMN scheduler_config.timezone IS 'Time zone of time_of_day and days_of_week.';
COMMENT ON COLUMN scheduler_config.is_active IS 'Is it the current version? At most one is.';
COMMENT ON COLUMN scheduler_config.version IS 'Number of the version.';
COMMENT ON COLUMN scheduler_config.created_at IS 'Timestamp of the version; orders versions.';
COMMENT ON COLUMN scheduler_config.created_by IS 'Who made it.';

COMMENT ON VIEW effective_schedule IS 'One row a client: its own active schedule, else the active default, and when it is due next.';
COMMENT ON COLUMN effective_schedule.client_id IS 'Client.';
COMMENT ON COLUMN effective_schedule.origin IS 'client = its own, default = scheduler_config; NULL: neither is there.';
COMMENT ON COLUMN effective_schedule.schedule_type IS 'interval, daily or weekly.';
COMMENT ON COLUMN effective_schedule.interval_minutes IS 'Of interval: minutes from the end of one run to the next.';
COMMENT ON COLUMN effective_schedule.time_of_day IS 'Of daily and weekly: when, by the clocks of the time zone.';
COMMENT ON COLUMN effective_schedule.days_of_week IS 'Of weekly: on which days, ISO (Monday = 1).';
COMMENT ON COLUMN effective_schedule.timezone IS 'Time zone of time_of_day and days_of_week.';
COMMENT ON COLUMN effective_schedule.last_run_at IS 'When the client''s last batch ended; NULL: none has.';
COMMENT ON COLUMN effective_schedule.next_due_at IS 'When it is due next; in the past: it is overdue. NULL: never, by this schedule.';

COMMENT ON VIEW client_due_sources IS 'What client_due must hold, worked out from clients, batches and the log.';
COMMENT ON COLUMN client_due_sources.client_id IS 'Client.';
COMMENT ON COLUMN client_due_sources.registered_at IS 'When the client was registered; NULL: it is not.';
COMMENT ON COLUMN client_due_sources.scheduled_at IS 'created_at of its own active schedule; NULL: it has none.';
COMMENT ON COLUMN client_due_sources.last_run_at IS 'When the client''s last batch ended; NULL: none has.';
COMMENT ON COLUMN client_due_sources.next_due_at IS 'When it is due next by its own schedule; NULL: it has none, or never. What the default schedule says, effective_schedule tells.';
COMMENT ON COLUMN client_due_sources.time_of_day IS 'Of its own schedule, daily and weekly: when, by the clocks of the time zone.';
COMMENT ON COLUMN client_due_sources.interval_minutes IS 'Of its own schedule, interval: minutes from the end of one run to the next.';
COMMENT ON COLUMN client_due_sources.ready IS 'May its data be processed? Active, its configuration confirmed, and not frozen by a migration or on the way into the archive.';
COMMENT ON COLUMN client_due_sources.schedule_type IS 'Its own schedule: interval, daily or weekly; NULL: it has none.';
COMMENT ON COLUMN client_due_sources.timezone IS 'Time zone of time_of_day and days_of_week.';
COMMENT ON COLUMN client_due_sources.days_of_week IS 'Of its own schedule, weekly: on which days, ISO (Monday = 1).';

COMMENT ON VIEW clients_ready IS 'Clients whose data may be processed: active, their configuration confirmed, and not frozen by a migration or on the way into the archive.';
COMMENT ON COLUMN clients_ready.id IS 'Unique id of the client.';
COMMENT ON COLUMN clients_ready.name IS 'Name of the organization.';
COMMENT ON COLUMN clients_ready.organization_id IS 'Organization id, for routing in StarRocks.';
COMMENT ON COLUMN clients_ready.tenant_mode IS 'How data are kept in StarRocks: prefixed_tables, dedicated_db or shared.';
COMMENT ON COLUMN clients_ready.features_enabled IS 'Functions that are switched on.';
COMMENT ON COLUMN clients_ready.config_confirmed IS 'Always true here.';
COMMENT ON COLUMN clients_ready.config_confirmed_at IS 'When the configuration was confirmed.';
COMMENT ON COLUMN clients_ready.config_confirmed_by IS 'Who confirmed it.';
COMMENT ON COLUMN clients_ready.contact_email IS 'E-mail address of the contact.';
COMMENT ON COLUMN clients_ready.contact_phone IS 'Telephone number of the contact.';
COMMENT ON COLUMN clients_ready.status IS 'Always active here.';
COMMENT ON COLUMN clients_ready.created_at IS 'When the client was registered.';
COMMENT ON COLUMN clients_ready.updated_at IS 'When an event last changed it.';
COMMENT ON COLUMN clients_ready.schedule_origin IS 'client = its own schedule, default = scheduler_config; NULL: neither is there.';
COMMENT ON COLUMN clients_ready.schedule_type IS 'interval, daily or weekly.';
COMMENT ON COLUMN clients_ready.last_run_at IS 'When the client''s last batch ended; NULL: none has.';
COMMENT ON COLUMN clients_ready.next_due_at IS 'When it is due next; in the past: it is overdue. NULL: never, by this schedule.';

COMMENT ON VIEW active_configuration IS 'One row a client: all of its configuration that is in force.';
COMMENT ON COLUMN active_configuration.client_id IS 'Client.';
COMMENT ON COLUMN active_configuration.name IS 'Name of the organization.';
COMMENT ON COLUMN active_configuration.organization_id IS 'Organization id.';
COMMENT ON COLUMN active_configuration.features IS 'Active feature configurations, by feature type; {} if there is none.';
COMMENT ON COLUMN active_configuration.bom IS 'Active configuration of BOM explosion; NULL if there is none.';
COMMENT ON COLUMN active_configuration.schedule IS 'The client''s own active schedule; NULL if there is none: then the default counts, see effective_schedule.';

COMMENT ON VIEW logs IS 'processing_logs, with the columns that people know.';
COMMENT ON COLUMN logs.id IS 'Number of the line.';
COMMENT ON COLUMN logs.timestamp IS 'When it was logged.';
COMMENT ON COLUMN logs.level IS 'debug, info, warn or error.';
COMMENT ON COLUMN logs.message IS 'The message.';
COMMENT ON COLUMN logs.error IS 'The error, if there was one.';
COMMENT ON COLUMN logs.context IS '{client_id, batch_id, feature_type, ...}';
COMMENT ON COLUMN logs.created_at IS 'When it was recorded here.';

COMMENT ON VIEW audit_log IS 'History of all changes: who, when, by which event, which row, old and new values.';
COMMENT ON COLUMN audit_log.id IS 'Id of the event that made the change.';
COMMENT ON COLUMN audit_log.client_id IS 'Client.';
COMMENT ON COLUMN audit_log.event_type IS 'What happened.';
COMMENT ON COLUMN audit_log.table_name IS 'The table or view that changed.';
COMMENT ON COLUMN audit_log.row_id IS 'id of the row that changed or was added; where client and row_key name the row, the client.';
COMMENT ON COLUMN audit_log.row_key IS 'Key of the row within its client: feature type, batch id, name of the feature, code; NULL where the client has one such row.';
COMMENT ON COLUMN audit_log.version IS 'Version of the stream that the change made.';
COMMENT ON COLUMN audit_log.old_values IS 'What the fields held before; NULL if there was nothing.';
COMMENT ON COLUMN audit_log.new_values IS 'What they hold since.';
COMMENT ON COLUMN audit_log.reason IS 'Why, if somebody said so.';
COMMENT ON COLUMN audit_log.changed_by IS 'Who made the change.';
COMMENT ON COLUMN audit_log.changed_at IS 'When it happened.';
COMMENT ON COLUMN audit_log.recorded_at IS 'When it was admitted.';
COMMENT ON COLUMN audit_log.source IS 'Program that emitted the event.';
COMMENT ON COLUMN audit_log.correlation_id IS 'What it belongs together with.';
COMMENT ON COLUMN audit_log.causation_id IS 'What brought it about.';
COMMENT ON COLUMN audit_log.traceparent IS 'W3C trace context.';
COMMENT ON COLUMN audit_log.cause IS 'Why it was admitted when it was.';
COMMENT ON COLUMN audit_log.topic IS 'Topic of the Kafka record.';
COMMENT ON COLUMN audit_log.partition_id IS 'Partition of the Kafka record.';
COMMENT ON COLUMN audit_log.record_offset IS 'Offset of the Kafka record.';
