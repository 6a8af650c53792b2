"""A load of events from a seed: what clients do, and everything that goes wrong with it.

Configuration and processing events of a client lie on partitions of the same number.
"""
import json
import random
import uuid

from support import events

TYPES = ("ema", "ma", "std", "lags", "seasonality", "weather", "promo")
CONFIGS = {"ema": {"window_days": 90, "alpha": 0.5}, "seasonality": {"include_month": True}}


class Load:
    """Clients stay on their partition, so the result does not depend on the order between partitions."""

    def __init__(self, seed, clients=300, partitions=4):
        self.random = random.Random(seed)
        self.partitions = partitions
        self.clients = [self.new_uuid() for _ in range(clients)]
        self.sent = {client: [] for client in self.clients}  # events that may be sent again
        self.batches = {client: 0 for client in self.clients}  # started so far
        self.clock = 0.0

    def new_uuid(self):
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def partition(self, client):
        return int(client[:8], 16) % self.partitions

    def records(self, count):
        return [self.next() for _ in range(count)]

    def next(self):
        client = self.random.choice(self.clients)
        self.clock += 0.001
        whole = self.event(client)
        value = whole if isinstance(whole, bytes) else events.encode(whole)
        return {"value": value, "key": client, "partition": self.partition(client),
                "headers": [("ce_note", b"load")] if self.random.random() < 0.1 else []}

    def event(self, client):
        roll = self.random.random()
        sent = self.sent[client]
        if sent and roll < 0.10:
            return self.random.choice(sent)
        if sent and roll < 0.12:
            return self.conflict(self.random.choice(sent))
        if roll < 0.16:
            return self.broken(client)
        made = self.valid(client)
        sent.append(made)
        return made

    def make(self, type_, client, data):
        # Now and then a clock that is behind: created_at must be made to increase.
        seconds = self.clock - (self.random.random() if self.random.random() < 0.1 else 0)
        return events.event(type_, client, data, id=self.new_uuid(), time=events.time_text(seconds))

    def valid(self, client):
        """Valid by itself: whether it is admitted depends on the client, who may not even be registered."""
        roll = self.random.random()
        # Some clients begin with something else, which then waits until they are registered.
        if roll < 0.04 or (not self.sent[client] and roll < 0.85):
            # Few organizations a partition: some are taken, and free again when a client is archived.
            organization = "p%d_%d" % (self.partition(client), self.random.randrange(400))
            return self.make("client.registered", client, {"name": "Клиент", "organization_id": organization})
        if roll < 0.09:
            return self.make("client.updated", client, {"contact_email": self.random.choice([None, "a@b.c", "d@e.f"])})
        if roll < 0.11:
            mode = self.random.choice(["prefixed_tables", "dedicated_db", "shared"])
            return self.make("client.tenant_mode_changed", client, {"tenant_mode": mode})
        if roll < 0.15:
            return self.make("client.config_confirmed", client, self.random.choice([{}, {"tenant_mode": "shared"}]))
        if roll < 0.17:
            return self.make("client.config_revoked", client, {"reason": "check"})
        if roll < 0.20:
            status = self.random.choice(["active", "active", "suspended", "archived"])
            return self.make("client.status_changed", client, {"status": status})
        if roll < 0.30:
            return self.versioned(client)
        feature_type = self.random.choice(TYPES)
        if roll < 0.36:
            return self.make("feature_config.deactivated", client, {"feature_type": feature_type})
        config = {**CONFIGS.get(feature_type, {}), "i": self.random.randrange(1000)}
        made = self.make("feature_config.changed", client, {"feature_type": feature_type, "config": config})
        if self.random.random() < 0.05:
            made["expectedversion"] = self.random.randrange(3)
        return made

    def versioned(self, client):
        type_, data = self.random.choice([
            ("bom_config.changed", {"max_levels": self.random.randrange(1, 20), "cycle_detection": True}),
            ("bom_config.deactivated", {}),
            ("client_schedule.changed", {"kind": "interval", "interval_minutes": self.random.randrange(1, 90)}),
            ("client_schedule.changed", {"kind": "weekly", "time_of_day": "06:30", "days_of_week": [5, 1],
                                         "timezone": self.random.choice(["Europe/Moscow", "UTC", "Mars/Olympus"])}),
            ("client_schedule.deactivated", {"reason": "load"})])
        return self.make(type_, client, data)

    def processing_records(self, count):
        """What a pipeline reports, whatever state the client is in; each event is sent once."""
        return [events.record(self.processing(client), self.partition(client))
                for client in (self.random.choice(self.clients) for _ in range(count))]

    def processing(self, client):
        self.clock += 0.001
        roll = self.random.random()
        batch = "b%d" % self.batches[client]
        if roll < 0.2:
            self.batches[client] += 1
            return self.make("batch.started", client, {"batch_id": "b%d" % self.batches[client], "data_type": "bom"})
        if roll < 0.4:
            return self.make("batch.completed", client, {"batch_id": batch, "records_total": 3, "records_processed": 3})
        if roll < 0.7:
            type_, data = self.random.choice([
                ("bom_explosion.started", {}), ("bom_explosion.completed", {"records_processed": 4}),
                ("bom_explosion.failed", {"error": "a cycle"})])
            return self.make(type_, client, data)
        if roll < 0.85:
            return self.make("feature.created", client, {"name": "f%d" % self.random.randrange(5), "batch_id": batch,
                                                         "feature_type": "ema", "data_type": "timeseries"})
        return self.make("log.recorded", client, {"level": "info", "message": "m%d" % self.random.randrange(9)})

    @staticmethod
    def conflict(sent):
        return {**sent, "actor": "somebody.else@example.com"}

    def broken(self, client):
        made = self.make("feature_config.changed", client, {"feature_type": "ema", "config": {"alpha": 1}})
        text = json.dumps(made).encode()
        return self.random.choice([b"\x00\x01\x02", text[:40], text, text.replace(b"feature_config.", b"fc."),
                                   text.replace(b'"specversion": "1.0", ', b"")])
