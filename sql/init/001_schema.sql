-- The database of secretmagic: the log, its heads, the projected tables, and the books about
-- what became of every Kafka record. Applied once, in one transaction, by `secretmagic migrate`.
--
-- Columns stand in an order that wastes no bytes on alignment: 16-byte ones, then 8, 4, 2, then
-- those of varying length, the ones that are often NULL last.

-- ---- Types ----------------------------------------------------------------------------------------
-- Labels are those of the program's catalogue, in its order: the order of an enum is the order of
-- creation, and ordered scans (verify) rely on both sides agreeing.

CREATE TYPE stream_kind AS ENUM ('client', 'feature_config');
CREATE TYPE event_type AS ENUM (
    'client.registered', 'client.updated', 'client.status_changed', 'client.tenant_mode_changed',
    'client.config_confirmed', 'client.config_revoked',
    'feature_config.changed', 'feature_config.deactivated');
CREATE TYPE event_cause AS ENUM ('live');

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
        OR NEW.consumed <> NEW.appended + NEW.logged + NEW.duplicated + NEW.parked + NEW.rejected
        OR NEW.duplicated
            <> CASE WHEN isempty(NEW.duplicates) THEN 0 ELSE secretmagic_offsets_in(NEW.duplicates) END) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'ingest_ledger_adds_up',
            TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA,
            MESSAGE = format('row %s of partition %s of topic %s does not add up', NEW.seq, NEW.partition_id,
                             NEW.topic_id),
            DETAIL = format('[%s, %s): consumed %s, appended %s, logged %s, duplicated %s %s, parked %s, '
                            'rejected %s, gaps %s, lost %s', NEW.first_offset, NEW.next_offset, NEW.consumed,
                            NEW.appended, NEW.logged, NEW.duplicated, NEW.duplicates, NEW.parked,
                            NEW.rejected, NEW.gaps, NEW.lost);
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION secretmagic_adds_up IS 'Trigger: next_offset - first_offset = consumed + offsets in gaps and lost; consumed = appended + logged + duplicated + parked + rejected; duplicated = offsets in duplicates.';

-- Refuses a write. The trigger's arguments say why, and how to do it instead.
CREATE FUNCTION secretmagic_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
        MESSAGE = format('%s on %I is refused: %s', TG_OP, TG_TABLE_NAME, TG_ARGV[0]),
        HINT = TG_ARGV[1];
END $$;
COMMENT ON FUNCTION secretmagic_refuse IS 'Trigger: refuses a write and says how to do it instead.';

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

CREATE TABLE feature_types (
    code varchar(50) COLLATE "C" PRIMARY KEY,
    description text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
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
    description text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO data_types (code, description) VALUES
    ('features', 'Features made from the clients'' data'),
    ('bom', 'Bills of materials'),
    ('timeseries', 'Time series'),
    ('aggregations', 'Aggregates');

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
    proven_offset bigint NOT NULL DEFAULT -1,
    proven_digest bytea NOT NULL,
    consumed bigint NOT NULL DEFAULT 0,
    appended bigint NOT NULL DEFAULT 0,
    logged bigint NOT NULL DEFAULT 0,
    duplicated bigint NOT NULL DEFAULT 0,
    parked bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    lost bigint NOT NULL DEFAULT 0,
    stopped_at timestamptz,
    stopped_reason text,
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
    event_id uuid,
    client_id uuid,
    type text,
    content_hash bytea STORAGE PLAIN,
    -- The ledger row is part of a position: a topic made anew counts its offsets from 0 again.
    CONSTRAINT dead_letters_position UNIQUE (topic_id, partition_id, ledger_seq, record_offset),
    CONSTRAINT dead_letters_headers_are_pairs CHECK (cardinality(header_names) = cardinality(header_values))
);
CREATE INDEX dead_letters_event ON dead_letters (client_id, event_id)
    WHERE client_id IS NOT NULL AND event_id IS NOT NULL;

CREATE TABLE client_buckets (
    bucket smallint PRIMARY KEY,
    generation bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);
INSERT INTO client_buckets (bucket) SELECT generate_series(0, 63);

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
    next_offset bigint, recorded_at timestamptz, cause event_cause, consumed integer, appended integer,
    logged integer, duplicated integer, parked integer, rejected integer, duplicates int8multirange,
    gaps int8multirange, lost int8range, digest bytea, anchor_offset bigint, anchor_digest bytea,
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
            consumed = o.consumed + p.consumed, appended = o.appended + p.appended,
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
            consumed, appended, logged, duplicated, parked, rejected, duplicates, gaps, lost, digest)
        VALUES (p.topic_id, p.partition_id, p.seq, p.first_offset, p.next_offset, p.recorded_at, p.cause,
            p.consumed, p.appended, p.logged, p.duplicated, p.parked, p.rejected, p.duplicates, p.gaps,
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

CREATE VIEW audit_log AS
SELECT e.event_id AS id,
       e.client_id,
       e.type::text AS event_type,
       CASE e.kind WHEN 'client' THEN 'clients' ELSE 'feature_configs' END AS table_name,
       -- A deactivation concerns the row that was active: the version before it.
       CASE WHEN e.kind = 'client' THEN e.client_id
            WHEN e.type = 'feature_config.changed' THEN e.event_id
            ELSE before.event_id END AS row_id,
       nullif(e.key, '')::varchar AS row_key,
       e.version,
       CASE WHEN e.kind = 'client' THEN e.previous
            WHEN before.type = 'feature_config.changed'
                THEN jsonb_build_object('config', before.data -> 'config', 'is_active', true)
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
           WHEN 'feature_config.changed' THEN jsonb_build_object('config', e.data -> 'config', 'is_active', true)
           WHEN 'feature_config.deactivated' THEN jsonb_build_object('is_active', false)
           ELSE e.data - 'reason'
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
    WHERE e.kind <> 'client'
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

SELECT pg_temp.append_only('events'), pg_temp.append_only('ingest_ledger');
SELECT pg_temp.guard(target::regclass, 'secretmagic alone writes it, from the events on its topics', hint)
FROM (VALUES
    ('events', 'emit an event: secretmagic emit'),
    ('heads', 'emit an event: secretmagic emit'),
    ('ingest_ledger', 'the ledger follows what is consumed; see secretmagic status'),
    ('consumer_offsets', 'positions follow what is consumed; see secretmagic status'),
    ('dead_letters', 'correct the event and emit it again: secretmagic emit'),
    ('topics', 'topics are entered when they are first consumed: secretmagic run --topic-prefix'),
    ('client_buckets', 'these rows only say when caches are out of date'),
    ('clients', 'emit an event: secretmagic emit, with type client.registered, client.updated, '
        'client.status_changed, client.tenant_mode_changed, client.config_confirmed or client.config_revoked '
        'and the client''s id as subject'),
    ('feature_types', 'feature types come with the schema: see sql/migrations'),
    ('data_types', 'data types come with the schema: see sql/migrations')) AS g(target, hint);
SELECT pg_temp.guard_view('feature_configs', 'its rows are versions in the log, which events add',
    'emit an event: secretmagic emit, with type feature_config.changed (data: feature_type, config) or '
    'feature_config.deactivated (data: feature_type, reason) and the client''s id as subject; '
    'a new version deactivates the one before by itself');
SELECT pg_temp.guard_view('audit_log', 'it shows the log itself', 'emit an event: secretmagic emit');

DROP FUNCTION pg_temp.guard, pg_temp.append_only, pg_temp.guard_view;

-- ---- Roles ----------------------------------------------------------------------------------------
-- projector: what `secretmagic run` needs. reader: the seed's tables and the books. operator: reads
-- dead letters too, whose raw bytes may hold anything. Roles belong to the whole server: another
-- database's migration may make the same one at this moment, and then it is there, which will do.

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
        EXECUTE format('GRANT SELECT ON topics, events, heads, clients, feature_types, data_types,
            consumer_offsets, ingest_ledger, client_buckets, schema_migrations, feature_configs, audit_log TO %I', role);
        granted := CASE role
            WHEN 'secretmagic_projector' THEN 'SELECT, INSERT ON dead_letters'
            WHEN 'secretmagic_operator' THEN 'SELECT ON dead_letters' END;
        IF granted IS NOT NULL THEN
            EXECUTE format('GRANT %s TO %I', granted, role);
        END IF;
        IF role = 'secretmagic_projector' THEN
            EXECUTE format('GRANT INSERT ON topics, events, heads, clients, consumer_offsets, ingest_ledger TO %I', role);
            EXECUTE format('GRANT UPDATE ON topics, heads, clients, consumer_offsets, client_buckets TO %I', role);
        END IF;
    END LOOP;
END $$;

-- ---- What everything is ------------------------------------------------------------------------------

COMMENT ON TYPE stream_kind IS 'What a stream of events is about.';
COMMENT ON TYPE event_type IS 'What happened: <entity>.<past tense>.';
COMMENT ON TYPE event_cause IS 'Why an event was admitted when it was: live = when its record was consumed.';

COMMENT ON TABLE topics IS 'Short numbers for the names of Kafka topics.';
COMMENT ON COLUMN topics.topic_id IS 'The number that other tables use.';
COMMENT ON COLUMN topics.name IS 'Name of the topic on the broker.';

COMMENT ON TABLE events IS 'The log: one row is one admitted event and one version of its stream (client_id, kind, key). Append-only. Everything else can be projected from it again.';
COMMENT ON COLUMN events.event_id IS 'The event''s own id: once per client.';
COMMENT ON COLUMN events.client_id IS 'Client that the event belongs to.';
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
COMMENT ON COLUMN events.key IS 'Key of the stream within client and kind: the feature type; empty for client.';
COMMENT ON COLUMN events.content_hash IS 'SHA-256 of the normalised content, by which a repetition is told from a conflict.';
COMMENT ON COLUMN events.source IS 'Who emitted it (CloudEvents source).';
COMMENT ON COLUMN events.data IS 'The event''s data as sent, without fields that had their default.';
COMMENT ON COLUMN events.expected_version IS 'The stream''s version that the producer had seen, if it said so.';
COMMENT ON COLUMN events.actor IS 'Person or service that caused it.';
COMMENT ON COLUMN events.correlation_id IS 'What it belongs together with.';
COMMENT ON COLUMN events.causation_id IS 'What brought it about.';
COMMENT ON COLUMN events.traceparent IS 'W3C trace context.';
COMMENT ON COLUMN events.previous IS 'Old values of the fields it changed, where a row is updated in place (clients).';

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

COMMENT ON TABLE feature_types IS 'Types of features that a feature configuration can be for.';
COMMENT ON COLUMN feature_types.code IS 'Name by which events and configurations refer to it.';
COMMENT ON COLUMN feature_types.description IS 'What it is.';
COMMENT ON COLUMN feature_types.created_at IS 'When it was defined.';
COMMENT ON TABLE data_types IS 'Types of data that the platform processes.';
COMMENT ON COLUMN data_types.code IS 'Name by which events refer to it.';
COMMENT ON COLUMN data_types.description IS 'What it is.';
COMMENT ON COLUMN data_types.created_at IS 'When it was defined.';

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
COMMENT ON COLUMN consumer_offsets.consumed IS 'Records consumed, ever: appended + logged + duplicated + parked + rejected.';
COMMENT ON COLUMN consumer_offsets.appended IS 'Records that are events in the log.';
COMMENT ON COLUMN consumer_offsets.logged IS 'Records that are lines of processing logs.';
COMMENT ON COLUMN consumer_offsets.duplicated IS 'Records that repeated an event.';
COMMENT ON COLUMN consumer_offsets.parked IS 'Records that had to wait.';
COMMENT ON COLUMN consumer_offsets.rejected IS 'Records that are dead letters.';
COMMENT ON COLUMN consumer_offsets.lost IS 'Offsets that Kafka had deleted before they could be read.';
COMMENT ON COLUMN consumer_offsets.stopped_at IS 'Since when the partition waits for an operator; NULL while it goes on.';
COMMENT ON COLUMN consumer_offsets.stopped_reason IS 'Why it waits.';

COMMENT ON TABLE ingest_ledger IS 'One row per committed batch of a partition: every offset in [first_offset, next_offset) is accounted for. Append-only; rows are chained by their digests.';
COMMENT ON COLUMN ingest_ledger.topic_id IS 'Topic; see topics.';
COMMENT ON COLUMN ingest_ledger.partition_id IS 'Partition.';
COMMENT ON COLUMN ingest_ledger.seq IS 'Number of the row within its partition, from 1, without gaps.';
COMMENT ON COLUMN ingest_ledger.first_offset IS 'The first offset of the batch.';
COMMENT ON COLUMN ingest_ledger.next_offset IS 'The offset after its last one.';
COMMENT ON COLUMN ingest_ledger.recorded_at IS 'When it was recorded.';
COMMENT ON COLUMN ingest_ledger.cause IS 'Why its events were admitted.';
COMMENT ON COLUMN ingest_ledger.consumed IS 'Records in the batch: appended + logged + duplicated + parked + rejected.';
COMMENT ON COLUMN ingest_ledger.appended IS 'Records that are events in the log.';
COMMENT ON COLUMN ingest_ledger.logged IS 'Records that are lines of processing logs.';
COMMENT ON COLUMN ingest_ledger.duplicated IS 'Records that repeated an event.';
COMMENT ON COLUMN ingest_ledger.parked IS 'Records that had to wait.';
COMMENT ON COLUMN ingest_ledger.rejected IS 'Records that are dead letters.';
COMMENT ON COLUMN ingest_ledger.duplicates IS 'Offsets of the repetitions.';
COMMENT ON COLUMN ingest_ledger.gaps IS 'Offsets without a record: control records, aborted ones, or one never seen (secretmagic verify --gaps).';
COMMENT ON COLUMN ingest_ledger.lost IS 'Offsets that Kafka had deleted before they could be read.';
COMMENT ON COLUMN ingest_ledger.digest IS 'SHA-256 over the previous row''s digest, this row, its events and its dead letters.';

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

COMMENT ON TABLE client_buckets IS 'Clients share 64 buckets; a bucket''s generation rises when something changes that others have cached.';
COMMENT ON COLUMN client_buckets.bucket IS 'Number of the bucket.';
COMMENT ON COLUMN client_buckets.generation IS 'How often it was changed.';

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

COMMENT ON VIEW audit_log IS 'History of all changes: who, when, by which event, which row, old and new values.';
COMMENT ON COLUMN audit_log.id IS 'Id of the event that made the change.';
COMMENT ON COLUMN audit_log.client_id IS 'Client.';
COMMENT ON COLUMN audit_log.event_type IS 'What happened.';
COMMENT ON COLUMN audit_log.table_name IS 'The table or view that changed.';
COMMENT ON COLUMN audit_log.row_id IS 'id of the row that changed or was added.';
COMMENT ON COLUMN audit_log.row_key IS 'Key of the row within its client: the feature type.';
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
