"""What events make of their streams: heads, clients, and the other tables with one row a stream.

Naive on purpose, as support/oracle.py, of which it is a part.
"""
import copy

from support import catalogue

ACTIVATE = ("feature_config.changed", "bom_config.changed", "client_schedule.changed", "scheduler_defaults.changed")
DEACTIVATE = ("feature_config.deactivated", "bom_config.deactivated", "client_schedule.deactivated")
TABLES = {"batch": "batches", "bom_explosion": "bom_explosion_status", "feature": "feature_metadata",
          "data_type": "data_types", "feature_type": "feature_types"}


class Head:
    def __init__(self):
        self.version = 0
        self.last_at = None
        self.active_at = None

    def next(self, event):
        created_at = event.time_us if self.last_at is None else max(event.time_us, self.last_at + 1)
        self.version += 1
        self.last_at = created_at
        if event.type in ACTIVATE:
            self.active_at = created_at
        elif event.type in DEACTIVATE:
            self.active_at = None
        return created_at


class Client:
    """One row of `clients`."""

    def __init__(self, event, created_at):
        for name in ("name", "organization_id", "tenant_mode", "features_enabled", "contact_email", "contact_phone",
                     "status"):
            setattr(self, name, event.value(name))
        self.withdraw_confirmation()
        self.has_tables = False  # or is about to: nobody acknowledges in these histories
        self.created_at = self.updated_at = created_at

    def withdraw_confirmation(self):
        self.config_confirmed, self.config_confirmed_at, self.config_confirmed_by = False, None, None

    def gate_is_open(self):
        return self.status == "active" and self.config_confirmed

    def change(self, event, created_at):
        """Returns the old values of what the event sets."""
        before = dict(vars(self))
        sets = [name for name in event.data if name != "reason"]
        if event.type in ("client.updated", "client.status_changed"):
            for name in sets:
                setattr(self, name, event.data[name])
        elif event.type == "client.erased":
            self.contact_email = self.contact_phone = None
            self.updated_at = created_at
            return {name: before[name] and "erased:%s" % event.id for name in ("contact_email", "contact_phone")}
        elif event.type == "client.tenant_mode_changed":
            if self.tenant_mode != event.data["tenant_mode"]:
                if self.config_confirmed:
                    sets += catalogue.CONFIRMATION
                self.withdraw_confirmation()
            self.tenant_mode = event.data["tenant_mode"]
        else:
            sets = catalogue.CONFIRMATION
            self.withdraw_confirmation()
            if event.type == "client.config_confirmed":
                self.config_confirmed, self.config_confirmed_at = True, created_at
                self.config_confirmed_by = event.actor
        self.has_tables |= self.gate_is_open()
        self.updated_at = created_at
        return {name: before[name] for name in sets}


def number(event, name):
    value = event.value(name)
    return None if value is None else int(value)


def change_batch(row, event, created_at):
    if event.type == "batch.started":
        row.update(data_type=event.data["data_type"], status="running", records_total=None, records_processed=None,
                   records_expected=number(event, "records_expected"), records_failed=None, error_message=None,
                   started_at=created_at, ended_at=None)
    elif event.type == "batch.completed":
        row.update(status="completed", error_message=None, ended_at=created_at)
        for name in ("records_total", "records_processed", "records_failed"):
            row[name] = number(event, name)
    else:
        row.update(status="failed", error_message=event.data["error"], ended_at=created_at)
        for name in ("records_processed", "records_failed"):
            if name in event.data:
                row[name] = number(event, name)


def change_bom_explosion(row, event, created_at):
    if event.type == "bom_explosion.started":
        row.update(status="running", started_at=created_at, error_message=None)
        row.setdefault("last_processed_at", None)
        row.setdefault("records_processed", None)
    elif event.type == "bom_explosion.completed":
        row.update(status="completed", last_processed_at=created_at, error_message=None,
                   records_processed=number(event, "records_processed"))
    else:
        row.update(status="failed", error_message=event.data["error"])
        if "records_processed" in event.data:
            row["records_processed"] = number(event, "records_processed")


def change_feature(row, event, _):
    for name in ("feature_type", "data_type", "nan_semantics", "description", "batch_id"):
        row[name] = event.value(name)


def change_data_type(row, event, _):
    row.update(description=event.data["description"], config_rules=None)


def change_feature_type(row, event, _):
    row.update(description=event.data["description"], config_rules=event.value("config_rules"))


CHANGES = {"batch": change_batch, "bom_explosion": change_bom_explosion, "feature": change_feature,
           "data_type": change_data_type, "feature_type": change_feature_type}


def change_row(rows, event, created_at):
    """Returns the old values of what has changed, or None where there was no row."""
    is_new = event.stream not in rows
    row = rows.setdefault(event.stream, {"created_at": created_at})
    before = copy.copy(row)
    CHANGES[event.kind](row, event, created_at)
    row["updated_at"] = created_at
    if is_new:
        return None
    return {name: before.get(name) for name in row if name != "updated_at" and row[name] != before.get(name)}
