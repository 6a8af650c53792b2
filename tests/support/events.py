"""Events as a producer that is not ours would write them."""
import datetime
import json
import uuid

BEGIN = datetime.datetime(2026, 3, 1, 12, 0, 0)
NIL = str(uuid.UUID(int=0))
EMA = {"window_days": 90, "alpha": 0.5, "min_samples": 7, "nan_strategy": "decay"}


def time_text(seconds=0.0):
    return (BEGIN + datetime.timedelta(seconds=seconds)).isoformat(timespec="microseconds") + "Z"


def event(type_, client, data=None, **attributes):
    """A structured-mode event as a dict; attributes given as None are left out."""
    whole = {"specversion": "1.0", "id": str(uuid.uuid4()), "source": "urn:test", "type": type_,
             "subject": str(client), "time": time_text(), "actor": "anna@example.com"}
    if data is not None:
        whole["data"] = data
    whole.update(attributes)
    return {name: value for name, value in whole.items() if value is not None}


def encode(whole):
    return json.dumps(whole, ensure_ascii=False).encode()


def record(whole, partition=0, **more):
    """What Broker.produce takes: the event's bytes under its subject."""
    value = whole if isinstance(whole, bytes) else encode(whole)
    key = more.pop("key", None) or (whole["subject"] if isinstance(whole, dict) else None)
    return {"value": value, "key": key, "partition": partition, **more}


def binary(whole, partition=0):
    """The same event in CloudEvents binary mode: attributes are headers, the value is the data."""
    headers = [("ce_" + name, str(value).encode()) for name, value in whole.items() if name != "data"]
    headers.append(("content-type", b"application/json"))
    return {"value": json.dumps(whole["data"], ensure_ascii=False).encode(), "key": whole["subject"],
            "partition": partition, "headers": headers}


# ---- configuration ----


def registered(client, organization=None, name="ООО \"Гастрономия\"", **attributes):
    data = {"name": name, "organization_id": organization or "o" + str(client).replace("-", "")[-12:]}
    data.update(attributes.pop("data", {}))
    return event("client.registered", client, data, **attributes)


def confirmed(client, **attributes):
    return event("client.config_confirmed", client, **attributes)


def status(client, word, **attributes):
    return event("client.status_changed", client, {"status": word}, **attributes)


def feature(client, feature_type="ema", config=None, **attributes):
    return event("feature_config.changed", client,
                 {"feature_type": feature_type, "config": EMA if config is None else config}, **attributes)


def deactivated(client, feature_type="ema", **attributes):
    return event("feature_config.deactivated", client, {"feature_type": feature_type}, **attributes)


def bom(client, **data):
    return event("bom_config.changed", client, data)


def schedule(client, kind="interval", **data):
    return event("client_schedule.changed", client, {"kind": kind, **(data or {"interval_minutes": 30})})


def defaults(kind="daily", **data):
    return event("scheduler_defaults.changed", NIL, {"kind": kind, **(data or {"time_of_day": "03:00"})})


def data_type(code, **attributes):
    return event("data_type.defined", NIL, {"code": code, "description": "tests"}, **attributes)


def feature_type(code, rules=None, **attributes):
    data = {"code": code, "description": "tests"}
    if rules is not None:
        data["config_rules"] = rules
    return event("feature_type.defined", NIL, data, **attributes)


# ---- processing ----


def batch_started(client, batch_id="b1", data_type="features", **attributes):
    return event("batch.started", client, {"batch_id": batch_id, "data_type": data_type}, **attributes)


def batch_completed(client, batch_id="b1", total=10, failed=0, **attributes):
    return event("batch.completed", client, {"batch_id": batch_id, "records_total": total, "records_failed": failed,
                                             "records_processed": total - failed}, **attributes)


def batch_failed(client, batch_id="b1", error="out of disk", **attributes):
    return event("batch.failed", client, {"batch_id": batch_id, "error": error}, **attributes)


def bom_started(client, **attributes):
    return event("bom_explosion.started", client, **attributes)


def bom_completed(client, records=7, **attributes):
    return event("bom_explosion.completed", client, {"records_processed": records}, **attributes)


def bom_failed(client, error="a cycle", **attributes):
    return event("bom_explosion.failed", client, {"error": error}, **attributes)


def created(client, name="sales_ema", feature_type="ema", data_type="timeseries", **attributes):
    return event("feature.created", client, {"name": name, "feature_type": feature_type, "data_type": data_type},
                 **attributes)


def logged(client, message="done", level="info", **data):
    return event("log.recorded", client, {"level": level, "message": message, **data})
