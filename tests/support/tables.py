"""Compares every table with what the oracle says it must hold."""
import collections
import datetime

from support import canonical, oracle as oracles, schedule, states

MICROSECONDS = "(extract(epoch FROM %s) * 1000000)::bigint"
TIMES = ("config_confirmed_at", "started_at", "ended_at", "last_processed_at", "created_at", "updated_at")


def time_text(us):
    """As the log writes a time inside JSON: old values of config_confirmed_at."""
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=us)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Differences:
    def __init__(self):
        self.lines = []

    def compare(self, table, expected, found):
        """Two lists of rows, each a tuple; order matters not, how often one occurs does."""
        expected, found = collections.Counter(expected), collections.Counter(found)
        for word, rows in (("missing", expected - found), ("not expected", found - expected)):
            for row in sorted(rows.elements(), key=repr)[:5]:
                self.lines.append("%s: %s: %s" % (table, word, row))
        count = sum((expected - found).values()) + sum((found - expected).values())
        if count > 10:
            self.lines.append("%s: %d differences in all" % (table, count))


def _previous(fact):
    if fact.previous is None:
        return None
    values = dict(fact.previous)
    for name in TIMES:
        if values.get(name) is not None:
            values[name] = time_text(values[name])
    return canonical.text(values)


def events(differences, rows, oracle, topics):
    found = rows("""SELECT t.name, e.partition_id, e.record_offset, e.event_id::text, e.client_id::text, e.kind::text,
        e.key, e.type::text, e.version, %s, %s, e.source, e.actor, e.correlation_id, e.causation_id, e.traceparent,
        e.expected_version, e.data::text, e.previous::text, e.cause::text
        FROM events e JOIN topics t USING (topic_id) WHERE t.name = ANY (%%s)"""
                 % (MICROSECONDS % "e.event_time", MICROSECONDS % "e.created_at"), list(topics))
    differences.compare("events", [(
        *f.position, str(f.event.id), str(f.event.client_id), f.kind, f.key, f.event.type, f.version, f.event.time_us,
        f.created_at, f.event.source, f.event.actor, f.event.correlation_id, f.event.causation_id, f.event.traceparent,
        f.event.expected_version, f.event.kept_text, _previous(f), f.cause) for f in oracle.facts], found)


def _kinds(oracle):
    return sorted({kind for _, kind, _ in oracle.heads}) or ["client"]


def heads(differences, rows, oracle, _):
    active = "CASE WHEN active_at = '-infinity' THEN NULL ELSE %s END" % (MICROSECONDS % "active_at")
    found = rows("SELECT client_id::text, kind::text, key, version, %s, %s FROM heads WHERE kind::text = ANY (%%s)"
                 % (MICROSECONDS % "last_at", active), _kinds(oracle))
    differences.compare("heads", [(str(client), kind, key, h.version, h.last_at, h.active_at)
                                  for (client, kind, key), h in oracle.heads.items() if h.version], found)


def clients(differences, rows, oracle, _):
    names = ("config_confirmed_at", "created_at", "updated_at")
    found = rows("""SELECT id::text, name, organization_id, tenant_mode, features_enabled::text, config_confirmed,
        config_confirmed_by, contact_email, contact_phone, status, %s FROM clients"""
                 % ", ".join(MICROSECONDS % name for name in names))
    differences.compare("clients", [(
        str(id_), c.name, c.organization_id, c.tenant_mode, canonical.text(c.features_enabled), c.config_confirmed,
        c.config_confirmed_by, c.contact_email, c.contact_phone, c.status, c.config_confirmed_at, c.created_at,
        c.updated_at) for id_, c in oracle.clients.items()], found)


def _versions(oracle, type_):
    """(fact, its own columns without the seed's first and last ones)"""
    for fact in oracle.facts:
        if fact.event.type == type_:
            active = oracle.heads[fact.event.stream].active_at == fact.created_at
            yield fact, (active, fact.version, fact.created_at, fact.event.actor)


CREATED = "is_active, version, %s, created_by" % (MICROSECONDS % "created_at")


def feature_configs(differences, rows, oracle, _):
    found = rows("SELECT id::text, client_id::text, feature_type, config::text, %s FROM feature_configs" % CREATED)
    differences.compare("feature_configs", [
        (str(f.event.id), str(f.event.client_id), f.key, canonical.text(f.event.data["config"]), *rest)
        for f, rest in _versions(oracle, "feature_config.changed")], found)


def bom_configs(differences, rows, oracle, _):
    found = rows("SELECT id::text, client_id::text, max_levels, include_produced_at, cycle_detection, %s "
                 "FROM bom_configs" % CREATED)
    differences.compare("bom_configs", [
        (str(f.event.id), str(f.event.client_id), states.number(f.event, "max_levels"),
         f.event.value("include_produced_at"), f.event.value("cycle_detection"), *rest)
        for f, rest in _versions(oracle, "bom_config.changed")], found)


def schedules(differences, rows, oracle, _):
    columns = ("schedule_type, interval_minutes, to_char(time_of_day, 'HH24:MI'), days_of_week, timezone, %s" % CREATED)
    for type_, table, client in (("client_schedule.changed", "client_processing_schedule", "client_id::text"),
                                 ("scheduler_defaults.changed", "scheduler_config", "NULL::text")):
        found = rows("SELECT id::text, %s, %s FROM %s" % (client, columns, table))
        expected = []
        for f, rest in _versions(oracle, type_):
            days = f.event.value("days_of_week")
            expected.append((
                str(f.event.id), str(f.event.client_id) if client != "NULL::text" else None, f.event.value("kind"),
                states.number(f.event, "interval_minutes"), f.event.value("time_of_day"),
                tuple(int(day) for day in days) if days else None, f.event.value("timezone"), *rest))
        differences.compare(table, expected, found)


COLUMNS = {
    "batches": "data_type status records_expected records_total records_processed records_failed error_message "
               "started_at ended_at created_at updated_at",
    "bom_explosion_status": "status last_processed_at records_processed error_message started_at created_at updated_at",
    "feature_metadata": "feature_type data_type nan_semantics description batch_id created_at updated_at",
    "data_types": "description config_rules created_at updated_at",
    "feature_types": "description config_rules created_at updated_at"}
NAMES = {"batches": "client_id::text, id", "bom_explosion_status": "client_id::text, ''",
         "feature_metadata": "client_id::text, feature_name", "data_types": "NULL::text, code",
         "feature_types": "NULL::text, code"}


def state_rows(differences, rows, oracle, topics):
    for kind, table in states.TABLES.items():
        if kind in oracles.catalogue.PROCESSING and not any(t.endswith("processing.events") for t in topics):
            continue
        columns = [name for name in COLUMNS[table].split() if name != "config_rules" or table == "feature_types"]
        selected = [MICROSECONDS % name if name in TIMES else name + "::text" if name == "config_rules" else name
                    for name in columns]
        found = rows("SELECT %s, %s FROM %s" % (NAMES[table], ", ".join(selected), table))
        expected = []
        for (client, of_kind, key), row in oracle.rows.items():
            if of_kind == kind:
                values = [canonical.text(row[name]) if name == "config_rules" and row[name] is not None else row[name]
                          for name in columns]
                expected.append((None if "NULL" in NAMES[table] else str(client), key, *values))
        if "NULL" in NAMES[table]:  # the seed's values are there from the start
            defined = {row[1] for row in expected}
            found = [row for row in found if row[1] in defined]
        differences.compare(table, expected, found)


def processing_logs(differences, rows, oracle, topics):
    found = rows("""SELECT t.name, l.partition_id, l.record_offset, l.event_id::text, l.client_id::text, l.level,
        l.message, l.error, l.context::text, %s FROM processing_logs l JOIN topics t USING (topic_id)
        WHERE t.name = ANY (%%s)""" % (MICROSECONDS % '"timestamp"'), list(topics))
    expected = []
    for line in oracle.lines:
        event, context = line.event, dict(line.event.value("context"))
        if event.client_id != oracles.catalogue.NIL:
            context["client_id"] = str(event.client_id)
        at = event.value("timestamp")
        expected.append((*line.position, str(event.id), str(event.client_id), event.value("level"),
                         event.value("message"), event.value("error"), canonical.text(context),
                         event.time_us if at is None else oracles.catalogue.microseconds(at)))
    differences.compare("processing_logs", expected, found)


def parked_events(differences, rows, oracle, topics):
    found = rows("""SELECT t.name, p.partition_id, p.record_offset, p.state::text, p.first_wait::text, p.gated,
        p.client_id::text, p.kind::text, p.key, p.type::text, p.event_id::text, p.record_key, p.record_value,
        p.header_names, p.header_values, %s FROM parked_events p JOIN topics t USING (topic_id)
        WHERE t.name = ANY (%%s)""" % (MICROSECONDS % "p.record_time"), list(topics))
    differences.compare("parked_events", [(
        *p.position, p.state, p.first_wait, p.event.is_gated, str(p.event.client_id), p.event.kind, p.event.key,
        p.event.type, str(p.event.id), p.record.key, p.record.value,
        tuple(name.encode() for name, _ in p.record.headers), tuple(value for _, value in p.record.headers),
        p.record.timestamp * 1000) for p in oracle.parked], found)


def dead_letters(differences, rows, oracle, topics):
    found = rows("""SELECT t.name, d.partition_id, d.record_offset, d.code, d.record_key, d.record_value,
        d.header_names, d.header_values, %s FROM dead_letters d JOIN topics t USING (topic_id)
        WHERE t.name = ANY (%%s)""" % (MICROSECONDS % "d.record_time"), list(topics))
    differences.compare("dead_letters", [(
        *d.position, d.code, d.record.key, d.record.value, tuple(name.encode() for name, _ in d.record.headers),
        tuple(value for _, value in d.record.headers), d.record.timestamp * 1000) for d in oracle.dead], found)


def ledger(differences, rows, oracle, topics, gaps):
    """Offsets by what became of them: the ledger's ranges and the log's rows against the oracle."""
    ranges = """SELECT t.name, l.partition_id, g FROM ingest_ledger l JOIN topics t USING (topic_id),
        unnest(l.%s) r, generate_series(lower(r), upper(r) - 1) g WHERE t.name = ANY (%%s)"""
    differences.compare("ledger duplicates", oracle.duplicates, rows(ranges % "duplicates", list(topics)))
    differences.compare("ledger gaps", gaps, rows(ranges % "gaps", list(topics)))
    wanted = collections.Counter()
    resolved = [p for p in oracle.parked if p.state != "waiting"]
    at_release = [p.position for p in resolved if p.state == "duplicate"]
    for word, positions in (("appended", [f.position for f in oracle.facts]), ("logged", [x.position for x in oracle.lines]),
                            ("duplicated", oracle.duplicates + at_release), ("parked", [p.position for p in oracle.parked]),
                            ("rejected", [d.position for d in oracle.dead]), ("resolved", [p.position for p in resolved])):
        for topic, partition, _ in positions:
            wanted[topic, partition, word] += 1
    words = ("appended", "logged", "duplicated", "parked", "rejected", "resolved")
    counted = rows("SELECT t.name, l.partition_id, sum(l.consumed), %s, c.consumed, %s FROM ingest_ledger l "
                   "JOIN consumer_offsets c USING (topic_id, partition_id) JOIN topics t USING (topic_id) "
                   "WHERE t.name = ANY (%%s) GROUP BY t.name, l.partition_id, c.topic_id, c.partition_id"
                   % (", ".join("sum(l.%s)" % word for word in words), ", ".join("c.%s" % word for word in words)),
                   list(topics))
    expected = []
    for topic, partition in {(topic, partition) for topic, partition, _ in wanted}:
        counts = [wanted[topic, partition, word] for word in words]
        expected.append((topic, partition) + 2 * (sum(counts[:-1]) - counts[-1], *counts))
    differences.compare("ledger counts", expected,
                        [tuple(int(v) if i > 1 else v for i, v in enumerate(row)) for row in counted if row[2]])


def _hashable(value):
    if isinstance(value, list):
        return tuple(_hashable(item) for item in value)
    return bytes(value) if isinstance(value, memoryview) else value


COMPARED = (events, heads, clients, feature_configs, bom_configs, schedules, state_rows, processing_logs, parked_events,
            dead_letters)


def differences(query, records, gaps=(), idle=False, in_order=False):
    """Lines that tell where the database is not what these records make of it; empty: nowhere.

    query: SQL and values to rows. records: all that is on some topics. gaps: offsets without one.
    idle: the program has said that it has nothing left to do. in_order: records are in the order in
    which they were taken, whatever the ledger's times say; nothing ever waited."""
    oracle = oracles.Oracle()
    topics = sorted({record.topic for record in records} | {topic for topic, _, _ in gaps})
    if in_order:
        for record in records:
            oracle.consume(record)
    else:
        schedule.replay(schedule.read(query, topics), {(r.topic, r.partition, r.offset): r for r in records}, oracle,
                        schedule.died(query))
    result = Differences()

    def rows(sql, *values):
        return [_hashable(list(row)) for row in query(sql, *values)]

    for compare in COMPARED:
        compare(result, rows, oracle, topics)
    ledger(result, rows, oracle, topics, list(gaps))
    if idle:
        result.compare("waits for nothing", [], oracle.could_go())
    return result.lines
