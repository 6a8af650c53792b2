"""What every table must hold after these records, by the catalogue and nothing else.

Naive on purpose: one record after the other, dictionaries, no batches, no caches, no code of the
program. Feed it what is really on the topics, in the order in which the ledger took it
(support/schedule.py), and what was let go from the waiting room when it was let go.
"""
import collections
import zoneinfo

from support import canonical, catalogue, states
from support.catalogue import Refusal

Fact = collections.namedtuple("Fact", "position event kind key version created_at previous cause")
Dead = collections.namedtuple("Dead", "position record code event")
Line = collections.namedtuple("Line", "position event")
QUEUE, CLIENT, GATE = "queue", "client", "gate"
TIME_ZONES = zoneinfo.available_timezones()


class Repeated(Exception):
    pass


class Parked(Exception):
    def __init__(self, what, code=None):
        super().__init__(what)
        self.what, self.code = what, code


class Waiting:
    """An event in the waiting room, and what became of it."""

    def __init__(self, position, record, event, wait):
        self.position, self.record, self.event = position, record, event
        self.first_wait = self.wait = wait.what
        self.code = wait.code
        self.state = "waiting"


class Oracle:
    def __init__(self, time_ahead_us=3600 * 1000000):
        self.time_ahead_us = time_ahead_us
        self.config_rules = {code: None for code in catalogue.FEATURE_TYPES}  # of defined feature types
        self.data_types = set(catalogue.DATA_TYPES)
        self.facts = []
        self.lines = []
        self.dead = []
        self.duplicates = []  # positions
        self.parked = []  # all that ever was, in the order of parking
        self.waiting = collections.defaultdict(list)  # those of them that wait, by client
        self.heads = collections.defaultdict(states.Head)  # by stream
        self.clients = {}
        self.rows = {}  # by stream
        self.in_log = {}  # (client, event id): content
        self.in_dead = collections.defaultdict(set)  # (client, event id): contents

    # ---- records, as they come ----

    def consume(self, record):
        position = (record.topic, record.partition, record.offset)
        event = None
        try:
            event = catalogue.read(record)
            self.admit(event, record)
            self.apply(event, position, "live")
        except Refusal as refusal:
            self.bury(position, record, refusal.code, event)
        except Repeated:
            self.duplicates.append(position)
        except Parked as wait:
            one = Waiting(position, record, event, wait)
            self.parked.append(one)
            self.waiting[event.client_id].append(one)

    def bury(self, position, record, code, event):
        self.dead.append(Dead(position, record, code, event))
        if event is not None:
            self.in_dead[event.client_id, event.id].add(event.content())

    def release(self, position):
        """The program has let this one go. AssertionError if it must not have."""
        one, = [w for queue in self.waiting.values() for w in queue if w.position == position]
        try:
            self.admit(one.event, one.record, one)
            self.apply(one.event, position, "released")
            one.state = "released"
        except Refusal as refusal:
            one.state = "rejected"
            self.bury(position, one.record, refusal.code, one.event)
        except Repeated:
            one.state = "duplicate"
        except Parked as wait:
            raise AssertionError("%s of %s was let go, but waits for %s" % (position, one.event.type, wait.what))
        self.waiting[one.event.client_id].remove(one)

    def could_go(self):
        """Waiting events that nothing holds up: there must be none once the program is idle."""
        found = []
        for one in [w for queue in self.waiting.values() for w in queue]:
            try:
                self.admit(one.event, one.record, one)
                found.append(one.position)
            except (Refusal, Repeated):
                found.append(one.position)
            except Parked:
                pass
        return found

    # ---- admission ----

    def admit(self, event, record, waiting=None):
        if event.time_us > record.timestamp * 1000 + self.time_ahead_us:
            raise Refusal("TIME_AHEAD")
        self.check_seen(event, waiting)
        if event.type not in catalogue.GLOBAL and event.kind != "log":
            self.check_client(event)
        rules = self.check_references(event)
        if event.is_gated and not self.clients[event.client_id].gate_is_open():
            raise Parked(GATE)
        self.check_queue(event, record, waiting)
        self.check_rules(event, rules)
        if event.expected_version is not None and event.expected_version != self.heads[event.stream].version:
            raise Refusal("VERSION_CONFLICT")

    def check_seen(self, event, waiting):
        name = (event.client_id, event.id)
        content = self.in_log.get(name)
        for one in self.waiting[event.client_id]:
            if one is not waiting and one.event.id == event.id:
                content = one.event.content()
        if content is not None:
            if content == event.content():
                raise Repeated()
            raise Refusal("EVENT_ID_CONFLICT")
        if event.content() in self.in_dead[name]:
            raise Repeated()

    def check_client(self, event):
        client = self.clients.get(event.client_id)
        if event.type == "client.registered":
            if client is not None:
                raise Refusal("CLIENT_EXISTS")
        elif client is None:
            raise Parked(CLIENT)
        elif client.status == "archived":
            if event.type != "client.erased" and event.data.get("status") != "active":
                raise Refusal("CLIENT_ARCHIVED")

    def check_references(self, event):
        rules = None
        for kind, code in event.references():
            if kind == "feature_type":
                if code not in self.config_rules:
                    raise Parked(kind, code)
                rules = self.config_rules[code]
            elif kind == "data_type":
                if code not in self.data_types:
                    raise Parked(kind, code)
            elif code not in TIME_ZONES:
                raise Refusal("TIME_ZONE_UNKNOWN")
        return rules

    def check_queue(self, event, record, waiting):
        """Behind waiting events of its own stream; a gated one also behind gated ones of its client and
        partition."""
        if event.type == "client.registered" or event.kind == "log":
            return
        for one in self.waiting[event.client_id]:
            if one is waiting:
                return
            if one.event.stream == event.stream or (
                    event.is_gated and one.event.is_gated
                    and one.position[:2] == (record.topic, record.partition)):
                raise Parked(QUEUE)

    def organization_taken(self, organization_id, but):
        return any(c.organization_id == organization_id and (c.status != "archived" or c.has_tables)
                   for id_, c in self.clients.items() if id_ != but)

    def check_rules(self, event, rules):
        client = self.clients.get(event.client_id)
        status = self.rows.get(event.stream, {}).get("status")
        if event.type == "client.registered":
            if self.organization_taken(event.data["organization_id"], event.client_id):
                raise Refusal("ORGANIZATION_TAKEN")
        elif event.type == "client.status_changed":
            if client.status == "archived" and self.organization_taken(client.organization_id, event.client_id):
                raise Refusal("ORGANIZATION_TAKEN")
        elif event.type == "client.config_confirmed":
            if event.data.get("tenant_mode", client.tenant_mode) != client.tenant_mode:
                raise Refusal("TENANT_MODE_DIFFERS")
        elif event.type == "feature_config.changed":
            catalogue.check_config(event.data["config"], rules or {})
        elif event.type in states.DEACTIVATE:
            if self.heads[event.stream].active_at is None:
                raise Refusal("NOTHING_ACTIVE")
        elif event.type == "batch.started":
            if status is not None:
                raise Refusal("BATCH_EXISTS")
        elif event.kind == "batch":
            if status != "running":
                raise Refusal("BATCH_UNKNOWN" if status is None else "BATCH_ENDED")
        elif event.type in ("bom_explosion.completed", "bom_explosion.failed"):
            if status != "running":
                raise Refusal("RUN_NOT_ACTIVE")

    # ---- projection ----

    def apply(self, event, position, cause):
        self.in_log[event.client_id, event.id] = event.content()
        if event.kind == "log":
            self.lines.append(Line(position, event))
            return
        head = self.heads[event.stream]
        created_at = head.next(event)
        previous = None
        if event.type == "client.registered":
            self.clients[event.client_id] = states.Client(event, created_at)
        elif event.kind == "client":
            previous = self.clients[event.client_id].change(event, created_at)
        elif event.kind in states.CHANGES:
            previous = states.change_row(self.rows, event, created_at)
        if event.type == "feature_type.defined":
            self.config_rules[event.key] = event.value("config_rules")
        elif event.type == "data_type.defined":
            self.data_types.add(event.key)
        elif event.type == "client.erased":
            self.erase(event)
        self.facts.append(Fact(position, event, event.kind, event.key, head.version, created_at, previous, cause))

    def erase(self, event):
        """What is kept of the client's personal data becomes a mark; bytes that may hold some are dropped."""
        mark, client = "erased:%s" % event.id, event.client_id
        for fact in self.facts:
            if fact.event.client_id == client and fact.kind == "client":
                _mark(fact.event.data, mark)
                _mark(fact.previous or {}, mark)
                fact.event.kept_text = canonical.text(fact.event.data)
        for i, dead in enumerate(self.dead):
            if dead.event.client_id == client if dead.event else dead.record.key == str(client).encode():
                self.dead[i] = dead._replace(record=dead.record._replace(value=None, headers=[]))
        for one in self.parked:
            if one.event.client_id == client and one.state != "waiting":
                one.record = one.record._replace(value=None, headers=[])
        for line in self.lines:
            if line.event.client_id == client:
                line.event.data.update(message=mark, error=None, context={"erased": str(event.id)})


def _mark(values, mark):
    for name in ("contact_email", "contact_phone"):
        if values.get(name) is not None and not values[name].startswith("erased:"):
            values[name] = mark
