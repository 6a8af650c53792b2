"""What every table must hold after these records, by the catalogue and nothing else.

Naive on purpose: one record after the other, dictionaries, no batches, no caches, no code of the
program. Feed it what is really on the topics, in the order in which the ledger took it.
"""
import collections

from support import catalogue
from support.catalogue import Refusal

Fact = collections.namedtuple("Fact", "position event kind key version created_at previous")
Dead = collections.namedtuple("Dead", "position record code event")


class Head:
    def __init__(self):
        self.version = 0
        self.last_at = None
        self.active_at = None


class Client:
    """One row of `clients`."""

    def __init__(self, event, created_at):
        data = event.data
        self.name = data["name"]
        self.organization_id = data["organization_id"]
        self.tenant_mode = data.get("tenant_mode", "prefixed_tables")
        self.features_enabled = data.get("features_enabled", {})
        self.contact_email = data.get("contact_email")
        self.contact_phone = data.get("contact_phone")
        self.status = data.get("status", "active")
        self.withdraw_confirmation()
        self.created_at = self.updated_at = created_at

    def withdraw_confirmation(self):
        self.config_confirmed, self.config_confirmed_at, self.config_confirmed_by = False, None, None


class Oracle:
    def __init__(self, time_ahead_us=3600 * 1000000, feature_types=catalogue.FEATURE_TYPES):
        self.time_ahead_us = time_ahead_us
        self.feature_types = feature_types
        self.facts = []
        self.dead = []
        self.duplicates = []  # positions
        self.heads = collections.defaultdict(Head)  # by (client, kind, key)
        self.clients = {}
        self.in_log = {}  # (client, event id): content
        self.in_dead = collections.defaultdict(set)  # (client, event id): contents

    def consume(self, record):
        position = (record.topic, record.partition, record.offset)
        event = None
        try:
            event = catalogue.read(record)
            self.admit(event, record)
        except Refusal as refusal:
            self.dead.append(Dead(position, record, refusal.code, event))
            if event is not None:
                self.in_dead[event.client_id, event.id].add(event.content())
            return
        except catalogue.Repeated:
            self.duplicates.append(position)
            return
        self.append(event, position)

    # ---- admission ----

    def admit(self, event, record):
        if event.time_us > record.timestamp * 1000 + self.time_ahead_us:
            raise Refusal("TIME_AHEAD")
        name = (event.client_id, event.id)
        if name in self.in_log:
            if self.in_log[name] == event.content():
                raise catalogue.Repeated()
            raise Refusal("EVENT_ID_CONFLICT")
        if event.content() in self.in_dead[name]:
            raise catalogue.Repeated()
        self.check_client(event)
        self.check_rules(event)
        if event.expected_version is not None and event.expected_version != self.heads[self.stream(event)].version:
            raise Refusal("VERSION_CONFLICT")

    @staticmethod
    def stream(event):
        if event.type.startswith("client."):
            return (event.client_id, "client", "")
        return (event.client_id, "feature_config", event.data["feature_type"])

    def check_client(self, event):
        client = self.clients.get(event.client_id)
        if event.type == "client.registered":
            if client is not None:
                raise Refusal("CLIENT_EXISTS")
        elif client is None:
            raise Refusal("CLIENT_UNKNOWN")
        elif client.status == "archived":
            if event.type != "client.status_changed" or event.data["status"] != "active":
                raise Refusal("CLIENT_ARCHIVED")

    def organization_taken(self, organization_id, but):
        return any(c.organization_id == organization_id and c.status != "archived"
                   for id_, c in self.clients.items() if id_ != but)

    def check_rules(self, event):
        client = self.clients.get(event.client_id)
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
            if event.data["feature_type"] not in self.feature_types:
                raise Refusal("FEATURE_TYPE_UNKNOWN")
        elif event.type == "feature_config.deactivated":
            if self.heads[self.stream(event)].active_at is None:
                raise Refusal("NOTHING_ACTIVE")

    # ---- projection ----

    def append(self, event, position):
        stream = self.stream(event)
        head = self.heads[stream]
        created_at = event.time_us if head.last_at is None else max(event.time_us, head.last_at + 1)
        head.version += 1
        head.last_at = created_at
        if event.type == "feature_config.changed":
            head.active_at = created_at
        elif event.type == "feature_config.deactivated":
            head.active_at = None
        previous = None
        if stream[1] == "client":
            previous = self.change_client(event, created_at)
        self.in_log[event.client_id, event.id] = event.content()
        self.facts.append(Fact(position, event, stream[1], stream[2], head.version, created_at, previous))

    def change_client(self, event, created_at):
        """Returns the old values of what the event sets."""
        if event.type == "client.registered":
            self.clients[event.client_id] = Client(event, created_at)
            return None
        client = self.clients[event.client_id]
        before = dict(vars(client))
        sets = [name for name in event.data if name != "reason"]
        if event.type in ("client.updated", "client.status_changed"):
            for name in sets:
                setattr(client, name, event.data[name])
        elif event.type == "client.tenant_mode_changed":
            if client.tenant_mode != event.data["tenant_mode"]:
                if client.config_confirmed:
                    sets += catalogue.CONFIRMATION
                client.withdraw_confirmation()
            client.tenant_mode = event.data["tenant_mode"]
        else:
            sets = catalogue.CONFIRMATION
            client.withdraw_confirmation()
            if event.type == "client.config_confirmed":
                client.config_confirmed, client.config_confirmed_at = True, created_at
                client.config_confirmed_by = event.actor
        client.updated_at = created_at
        return {name: before[name] for name in sets}
