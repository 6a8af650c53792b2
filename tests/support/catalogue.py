"""The catalogue of events as its text says it: reading a record, and what is wrong with one.

Only as strict as tests need it: a record that breaks two rules at once is not a good test.
"""
import collections
import datetime
import re
import uuid

from support import canonical
from support.canonical import Number

FEATURE_TYPES = ("ema", "ma", "std", "lags", "seasonality", "weather", "promo")
CONFIRMATION = ["config_confirmed", "config_confirmed_at", "config_confirmed_by"]
TENANT_MODES = ("prefixed_tables", "dedicated_db", "shared")

Field = collections.namedtuple("Field", "required kind longest allowed default nullable")


def field(kind=str, required=False, longest=None, allowed=None, default=None, nullable=False):
    return Field(required, kind, longest, allowed, default, nullable)


FIELDS = {
    "client.registered": {
        "name": field(required=True, longest=255),
        "organization_id": field(required=True, longest=40),
        "tenant_mode": field(allowed=TENANT_MODES, default="prefixed_tables"),
        "features_enabled": field(dict, default={}),
        "contact_email": field(longest=255, nullable=True),
        "contact_phone": field(longest=50, nullable=True),
        "status": field(allowed=("active", "suspended"), default="active")},
    "client.updated": {
        "name": field(longest=255),
        "features_enabled": field(dict),
        "contact_email": field(longest=255, nullable=True),
        "contact_phone": field(longest=50, nullable=True)},
    "client.status_changed": {
        "status": field(required=True, allowed=("active", "suspended", "archived")), "reason": field(longest=1000)},
    "client.tenant_mode_changed": {"tenant_mode": field(required=True, allowed=TENANT_MODES)},
    "client.config_confirmed": {"tenant_mode": field(allowed=TENANT_MODES)},
    "client.config_revoked": {"reason": field(longest=1000)},
    "feature_config.changed": {"feature_type": field(required=True, longest=50), "config": field(dict, required=True)},
    "feature_config.deactivated": {"feature_type": field(required=True, longest=50), "reason": field(longest=1000)},
}
# Required attributes, and the longest text that an attribute may be.
ATTRIBUTES = {"specversion": 255, "id": 255, "source": 255, "type": 255, "subject": 255, "time": 255}
EXTENSIONS = {"actor": 100, "correlationid": 255, "causationid": 255, "traceparent": 255}


class Refusal(Exception):
    def __init__(self, code, field=None):
        super().__init__(code)
        self.code = code
        self.field = field


class Repeated(Exception):
    pass


class Event:
    """One decoded event. `data` is without fields that were sent with their default."""

    def __init__(self, attributes, data):
        self.id = uuid.UUID(attributes["id"])
        self.client_id = uuid.UUID(attributes["subject"])
        self.type = attributes["type"]
        self.source = attributes["source"]
        self.time_us = attributes["time"]
        self.actor = attributes.get("actor")
        self.correlation_id = attributes.get("correlationid")
        self.causation_id = attributes.get("causationid")
        self.traceparent = attributes.get("traceparent")
        self.expected_version = attributes.get("expectedversion")
        self.data = data
        self.data_text = canonical.text(data)

    def content(self):
        """Everything by which a repetition is told from a conflict; not how it travelled."""
        return (self.type, self.id, self.client_id, self.time_us, self.source, self.actor, self.correlation_id,
                self.causation_id, self.expected_version, self.data_text)


def microseconds(text):
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", text)
    if match is None:
        raise ValueError(text)
    day, clock, fraction, zone = match.groups()
    moment = datetime.datetime.fromisoformat(day + "T" + clock + ("+00:00" if zone in "Zz" else zone))
    return int(moment.timestamp()) * 1000000 + int(((fraction or ".")[1:] + "000000")[:6])


def read(record):
    if record.value is None:
        raise Refusal("VALUE_MISSING")
    if len(record.value) > 1 << 20:
        raise Refusal("VALUE_TOO_LARGE")
    headers = {name: value for name, value in record.headers}
    if "ce_specversion" in headers:
        attributes = {name[3:]: value.decode() for name, value in headers.items() if name.startswith("ce_")}
        data = parse(record.value)
    else:
        if record.value[:1] != b"{":
            raise Refusal("FORMAT_UNKNOWN")
        attributes = parse(record.value)
        data = attributes.pop("data", {})
    attributes = check_attributes(attributes)
    if record.key is None or record.key.decode("utf-8", "replace").lower() != attributes["subject"].lower():
        raise Refusal("KEY_MISMATCH")
    return Event(attributes, check_data(attributes["type"], data))


def parse(data):
    try:
        return canonical.parse(data)
    except canonical.Invalid:
        raise Refusal("JSON_INVALID")


def check_attributes(attributes):
    for name, longest in {**ATTRIBUTES, **EXTENSIONS}.items():
        value = attributes.get(name)
        if value is None:
            if name in ATTRIBUTES:
                raise Refusal("ATTRIBUTE_MISSING", name)
        elif not isinstance(value, str) or isinstance(value, Number) or not 0 < len(value) <= longest:
            raise Refusal("ATTRIBUTE_INVALID", name)
    checked = dict(attributes)
    try:
        name = "id"
        uuid.UUID(attributes["id"])
        name = "subject"
        uuid.UUID(attributes["subject"])
        name = "time"
        checked["time"] = microseconds(attributes["time"])
        name = "expectedversion"
        if "expectedversion" in attributes:
            checked["expectedversion"] = int(attributes["expectedversion"])
    except ValueError:
        raise Refusal("ATTRIBUTE_INVALID", name)
    if attributes["specversion"] != "1.0":
        raise Refusal("ATTRIBUTE_INVALID", "specversion")
    if attributes["type"] not in FIELDS:
        raise Refusal("TYPE_UNKNOWN")
    return checked


def check_data(type_, data):
    fields = FIELDS[type_]
    if not isinstance(data, dict):
        raise Refusal("FIELD_TYPE", "data")
    for name in data:
        if name not in fields:
            raise Refusal("FIELD_UNKNOWN", "data." + name)
    for name, rule in fields.items():
        check_field("data." + name, rule, name in data, data.get(name))
    if type_ == "client.updated" and not data:
        raise Refusal("DATA_EMPTY")
    if "organization_id" in data and not re.fullmatch("[a-z0-9_]{1,40}", data["organization_id"]):
        raise Refusal("FIELD_RANGE", "data.organization_id")
    if type_ == "feature_config.changed":
        check_config(data["feature_type"], data["config"])
    return {name: value for name, value in data.items() if not is_default(type_, fields[name], value)}


def is_default(type_, rule, value):
    if value is None:
        return type_ == "client.registered"
    return rule.default is not None and value == rule.default


def check_field(path, rule, there, value):
    if not there:
        if rule.required:
            raise Refusal("FIELD_MISSING", path)
    elif value is None and rule.nullable:
        pass
    elif isinstance(value, Number) or not isinstance(value, rule.kind):
        raise Refusal("FIELD_TYPE", path)
    elif rule.longest is not None and len(value) > rule.longest:
        raise Refusal("FIELD_LENGTH", path)
    elif rule.allowed is not None and value not in rule.allowed:
        raise Refusal("FIELD_ENUM", path)


def check_config(feature_type, config):
    """The two types that the seed shows; others are only known to be objects."""
    def number(name, low, high, open_low=False):
        value = config.get(name)
        if not isinstance(value, Number):
            raise Refusal("FIELD_TYPE", "data.config." + name)
        exact = canonical.decimal.Decimal(value)
        if not low <= exact <= high or (open_low and exact == low):
            raise Refusal("FIELD_RANGE", "data.config." + name)

    if feature_type == "ema":
        for name in ("window_days", "alpha"):
            if name not in config:
                raise Refusal("FIELD_MISSING", "data.config." + name)
        number("window_days", 1, 2 ** 31 - 1)
        number("alpha", 0, 1, open_low=True)
        if "min_samples" in config:
            number("min_samples", 1, 2 ** 31 - 1)
    elif feature_type == "seasonality":
        for name in ("include_day_of_week", "include_month", "include_holidays"):
            if name in config and not isinstance(config[name], bool):
                raise Refusal("FIELD_TYPE", "data.config." + name)
