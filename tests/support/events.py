"""Events as a producer that is not ours would write them."""
import datetime
import json
import uuid

BEGIN = datetime.datetime(2026, 3, 1, 12, 0, 0)


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


def registered(client, organization=None, name="ООО \"Гастрономия\"", **attributes):
    data = {"name": name, "organization_id": organization or "o" + str(client).replace("-", "")[:12]}
    data.update(attributes.pop("data", {}))
    return event("client.registered", client, data, **attributes)


def feature(client, feature_type="ema", config=None, **attributes):
    if config is None:
        config = {"window_days": 90, "alpha": 0.5, "min_samples": 7, "nan_strategy": "decay"}
    return event("feature_config.changed", client, {"feature_type": feature_type, "config": config}, **attributes)


def deactivated(client, feature_type="ema", **attributes):
    return event("feature_config.deactivated", client, {"feature_type": feature_type}, **attributes)
