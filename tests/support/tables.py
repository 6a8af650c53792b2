"""Compares every table with what the oracle says it must hold."""
import collections
import datetime

from support import canonical, oracle as oracles

MICROSECONDS = "(extract(epoch FROM %s) * 1000000)::bigint"


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
    if values.get("config_confirmed_at") is not None:
        values["config_confirmed_at"] = time_text(values["config_confirmed_at"])
    return canonical.text(values)


def events(differences, rows, oracle):
    found = rows("""SELECT t.name, e.partition_id, e.record_offset, e.event_id::text, e.client_id::text, e.kind::text,
        e.key, e.type::text, e.version, %s, %s, e.source, e.actor, e.correlation_id, e.causation_id, e.traceparent,
        e.expected_version, e.data::text, e.previous::text, e.cause::text
        FROM events e JOIN topics t USING (topic_id)""" % (MICROSECONDS % "e.event_time", MICROSECONDS % "e.created_at"))
    differences.compare("events", [(
        *f.position, str(f.event.id), str(f.event.client_id), f.kind, f.key, f.event.type, f.version, f.event.time_us,
        f.created_at, f.event.source, f.event.actor, f.event.correlation_id, f.event.causation_id, f.event.traceparent,
        f.event.expected_version, f.event.data_text, _previous(f), "live") for f in oracle.facts], found)


def heads(differences, rows, oracle):
    active = "CASE WHEN active_at = '-infinity' THEN NULL ELSE %s END" % (MICROSECONDS % "active_at")
    found = rows("SELECT client_id::text, kind::text, key, version, %s, %s FROM heads" % (MICROSECONDS % "last_at", active))
    differences.compare("heads", [(str(client), kind, key, h.version, h.last_at, h.active_at)
                                  for (client, kind, key), h in oracle.heads.items() if h.version], found)


def clients(differences, rows, oracle):
    names = ("config_confirmed_at", "created_at", "updated_at")
    found = rows("""SELECT id::text, name, organization_id, tenant_mode, features_enabled::text, config_confirmed,
        config_confirmed_by, contact_email, contact_phone, status, %s FROM clients"""
                 % ", ".join(MICROSECONDS % name for name in names))
    differences.compare("clients", [(
        str(id_), c.name, c.organization_id, c.tenant_mode, canonical.text(c.features_enabled), c.config_confirmed,
        c.config_confirmed_by, c.contact_email, c.contact_phone, c.status, c.config_confirmed_at, c.created_at,
        c.updated_at) for id_, c in oracle.clients.items()], found)


def feature_configs(differences, rows, oracle):
    found = rows("""SELECT id::text, client_id::text, feature_type, config::text, is_active, version, %s, created_by
        FROM feature_configs""" % (MICROSECONDS % "created_at"))
    changed = [f for f in oracle.facts if f.event.type == "feature_config.changed"]
    differences.compare("feature_configs", [(
        str(f.event.id), str(f.event.client_id), f.key, canonical.text(f.event.data["config"]),
        oracle.heads[f.event.client_id, f.kind, f.key].active_at == f.created_at, f.version, f.created_at,
        f.event.actor) for f in changed], found)


def dead_letters(differences, rows, oracle):
    found = rows("""SELECT t.name, d.partition_id, d.record_offset, d.code, d.record_key, d.record_value,
        d.header_names, d.header_values, %s FROM dead_letters d JOIN topics t USING (topic_id)"""
                 % (MICROSECONDS % "d.record_time"))
    differences.compare("dead_letters", [(
        *d.position, d.code, d.record.key, d.record.value, tuple(name.encode() for name, _ in d.record.headers),
        tuple(value for _, value in d.record.headers), d.record.timestamp * 1000) for d in oracle.dead], found)


def ledger(differences, rows, oracle, gaps):
    """Offsets by what became of them: the ledger's ranges and the log's rows against the oracle."""
    found = rows("""SELECT t.name, l.partition_id, g FROM ingest_ledger l JOIN topics t USING (topic_id),
        unnest(l.duplicates) r, generate_series(lower(r), upper(r) - 1) g""")
    differences.compare("ledger duplicates", oracle.duplicates, found)
    found = rows("""SELECT t.name, l.partition_id, g FROM ingest_ledger l JOIN topics t USING (topic_id),
        unnest(l.gaps) r, generate_series(lower(r), upper(r) - 1) g""")
    differences.compare("ledger gaps", gaps, found)
    wanted = collections.Counter()
    for word, positions in (("appended", [f.position for f in oracle.facts]),
                            ("duplicated", oracle.duplicates), ("rejected", [d.position for d in oracle.dead])):
        for topic, partition, _ in positions:
            wanted[topic, partition, word] += 1
    counted = rows("""SELECT t.name, l.partition_id, sum(l.appended), sum(l.duplicated), sum(l.rejected),
        sum(l.consumed),
        c.appended, c.duplicated, c.rejected, c.consumed
        FROM ingest_ledger l JOIN consumer_offsets c USING (topic_id, partition_id) JOIN topics t USING (topic_id)
        GROUP BY t.name, l.partition_id, c.topic_id, c.partition_id""")
    partitions = {(topic, partition) for topic, partition, _ in wanted}
    differences.compare("ledger counts", [(t, p) + 2 * (
        wanted[t, p, "appended"], wanted[t, p, "duplicated"], wanted[t, p, "rejected"],
        sum(wanted[t, p, word] for word in ("appended", "duplicated", "rejected"))) for t, p in partitions],
        [tuple(int(v) if i > 1 else v for i, v in enumerate(row)) for row in counted if row[5]])


def _hashable(value):
    if isinstance(value, list):
        return tuple(_hashable(item) for item in value)
    return bytes(value) if isinstance(value, memoryview) else value


def differences(query, records, gaps=(), oracle=None):
    """Lines that tell where the database is not what these records make of it; empty: nowhere.

    query: SQL to rows. records: in the order in which they were taken. gaps: offsets without one."""
    oracle = oracle or oracles.Oracle()
    for record in records:
        oracle.consume(record)
    result = Differences()

    def rows(sql):
        return [_hashable(list(row)) for row in query(sql)]

    for compare in (events, heads, clients, feature_configs, dead_letters):
        compare(result, rows, oracle)
    ledger(result, rows, oracle, list(gaps))
    return result.lines
