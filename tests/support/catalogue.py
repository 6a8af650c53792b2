"""The catalogue of events as its text says it: reading a record, and what is wrong with one.

Only as strict as tests need it: a record that breaks two rules at once is not a good test.
"""
import datetime
import re
import uuid

from support import canonical
from support.canonical import Number

NIL = uuid.UUID(int=0)
FEATURE_TYPES = ("ema", "ma", "std", "lags", "seasonality", "weather", "promo")
DATA_TYPES = ("features", "bom", "timeseries", "aggregations")
CONFIRMATION = ["config_confirmed", "config_confirmed_at", "config_confirmed_by"]
TENANT_MODES = ("prefixed_tables", "dedicated_db", "shared")
CODE = r"[a-z][a-z0-9_]*"
COUNT_MAX = 2 ** 53 - 1


class Field:
    """`kind`: str, dict, list, bool, or the words "integer" and "time"."""

    def __init__(self, kind=str, required=False, longest=None, low=0, high=COUNT_MAX, allowed=None, default=None,
                 nullable=False, pattern=None):
        self.kind, self.required, self.longest, self.low, self.high = kind, required, longest, low, high
        self.allowed, self.default, self.nullable, self.pattern = allowed, default, nullable, pattern


REASON = Field(longest=1000)
COUNT = Field("integer")
NEEDED_COUNT = Field("integer", required=True)
ERROR = Field(required=True, longest=4000)
NEEDED_CODE = Field(required=True, longest=50, pattern=CODE)
BATCH_ID = Field(required=True, longest=100, pattern=r"[A-Za-z0-9._:-]+")
SCHEDULE = {
    "kind": Field(required=True, allowed=("interval", "daily", "weekly")),
    "interval_minutes": Field("integer", low=1, high=525600),
    "time_of_day": Field(pattern=r"([01]\d|2[0-3]):[0-5]\d"),
    "days_of_week": Field(list),
    "timezone": Field(longest=64, pattern=r"[A-Za-z0-9_+/-]+", default="UTC")}
# Which fields a schedule's kind takes besides the time zone; it needs them, too.
SCHEDULE_TAKES = {"interval": ["interval_minutes"], "daily": ["time_of_day"], "weekly": ["time_of_day", "days_of_week"]}
STEP = Field(allowed=("create", "copy", "freeze", "delta", "verify", "switch", "clean_up", "suspend", "resume",
                      "archive_copy", "archive", "drop"))
UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
NEEDED_COMMAND = Field(required=True, longest=36, pattern=UUID)
DECISION = {"command_id": Field(longest=36, pattern=UUID), "step": STEP, "reason": REASON}
FIELDS = {
    "client.registered": {
        "name": Field(required=True, longest=255),
        "organization_id": Field(required=True, longest=40, pattern="[a-z0-9_]+"),
        "tenant_mode": Field(allowed=TENANT_MODES, default="prefixed_tables"),
        "features_enabled": Field(dict, default={}),
        "contact_email": Field(longest=255, nullable=True),
        "contact_phone": Field(longest=50, nullable=True),
        "status": Field(allowed=("active", "suspended"), default="active")},
    "client.updated": {
        "name": Field(longest=255),
        "features_enabled": Field(dict),
        "contact_email": Field(longest=255, nullable=True),
        "contact_phone": Field(longest=50, nullable=True)},
    "client.status_changed": {
        "status": Field(required=True, allowed=("active", "suspended", "archived")), "reason": REASON},
    "client.tenant_mode_changed": {"tenant_mode": Field(required=True, allowed=TENANT_MODES)},
    "client.config_confirmed": {"tenant_mode": Field(allowed=TENANT_MODES)},
    "client.config_revoked": {"reason": REASON},
    "client.erased": {"reason": REASON},
    "tenant.approved": DECISION,
    "tenant.retried": DECISION,
    "tenant.aborted": DECISION,
    "tenant.drop_requested": {"reason": REASON},
    "tenant.command_applied": {"command_id": NEEDED_COMMAND, "step": STEP, "detail": Field(longest=4000)},
    "tenant.command_failed": {"command_id": NEEDED_COMMAND, "step": STEP, "detail": Field(required=True, longest=4000)},
    "feature_config.changed": {"feature_type": NEEDED_CODE, "config": Field(dict, required=True)},
    "feature_config.deactivated": {"feature_type": NEEDED_CODE, "reason": REASON},
    "bom_config.changed": {
        "max_levels": Field("integer", low=1, high=100, default=Number(5)),
        "include_produced_at": Field(bool, default=True),
        "cycle_detection": Field(bool, default=True)},
    "bom_config.deactivated": {"reason": REASON},
    "client_schedule.changed": SCHEDULE,
    "client_schedule.deactivated": {"reason": REASON},
    "scheduler_defaults.changed": SCHEDULE,
    "data_type.defined": {"code": NEEDED_CODE, "description": Field(required=True, longest=1000)},
    "feature_type.defined": {"code": NEEDED_CODE, "description": Field(required=True, longest=1000),
                             "config_rules": Field(dict)},
    "batch.started": {"batch_id": BATCH_ID, "data_type": NEEDED_CODE, "records_expected": COUNT},
    "batch.completed": {"batch_id": BATCH_ID, "records_total": NEEDED_COUNT, "records_processed": NEEDED_COUNT,
                        "records_failed": Field("integer", default=Number(0))},
    "batch.failed": {"batch_id": BATCH_ID, "error": ERROR, "records_processed": COUNT, "records_failed": COUNT},
    "bom_explosion.started": {},
    "bom_explosion.completed": {"records_processed": NEEDED_COUNT},
    "bom_explosion.failed": {"error": ERROR, "records_processed": COUNT},
    "feature.created": {
        "name": Field(required=True, longest=255), "feature_type": NEEDED_CODE, "data_type": NEEDED_CODE,
        "nan_semantics": Field(longest=50, pattern=CODE, default="missing"),
        "description": Field(longest=1000), "batch_id": Field(longest=100, pattern=r"[A-Za-z0-9._:-]+")},
    "log.recorded": {
        "timestamp": Field("time"), "level": Field(required=True, allowed=("debug", "info", "warn", "error")),
        "message": Field(required=True, longest=10000), "error": Field(longest=100000, nullable=True),
        "context": Field(dict, default={})},
}
GLOBAL = ("scheduler_defaults.changed", "data_type.defined", "feature_type.defined")
PROCESSING = ("batch", "bom_explosion", "feature", "log")  # kinds
GATED = ("batch", "bom_explosion", "feature")
KEYS = {"feature_config": "feature_type", "batch": "batch_id", "feature": "name", "data_type": "code",
        "feature_type": "code"}
# Fields that name what must be defined, in the order in which they are asked for.
REFERENCES = ("feature_type", "data_type", "timezone")
REFER = ("feature_config.changed", "client_schedule.changed", "scheduler_defaults.changed", "batch.started",
         "feature.created")
# Required attributes, and the longest text that an attribute may be.
ATTRIBUTES = {"specversion": 255, "id": 255, "source": 255, "type": 255, "subject": 255, "time": 255}
EXTENSIONS = {"actor": 100, "correlationid": 255, "causationid": 255, "traceparent": 255}


class Refusal(Exception):
    def __init__(self, code, field=None):
        super().__init__(code)
        self.code = code
        self.field = field


class Event:
    """One decoded event. `data` is without fields that were sent with their default."""

    def __init__(self, attributes, data):
        self.id = uuid.UUID(attributes["id"])
        self.client_id = uuid.UUID(attributes["subject"])
        self.type = attributes["type"]
        self.kind = self.type.rsplit(".", 1)[0]
        self.source = attributes["source"]
        self.time_us = attributes["time"]
        self.actor = attributes.get("actor")
        self.correlation_id = attributes.get("correlationid")
        self.causation_id = attributes.get("causationid")
        self.traceparent = attributes.get("traceparent")
        self.expected_version = attributes.get("expectedversion")
        self.data = data
        self.data_text = canonical.text(data)
        self.kept_text = self.data_text  # erasure replaces it
        self.key = data[KEYS[self.kind]] if self.kind in KEYS else ""
        self.stream = (self.client_id, self.kind, self.key)
        self.is_gated = self.kind in GATED

    def value(self, name):
        """What the field means: as sent, else its default, else None."""
        return self.data.get(name, FIELDS[self.type][name].default)

    def references(self):
        fields = FIELDS[self.type] if self.type in REFER else {}
        return [(name, self.value(name)) for name in REFERENCES if name in fields]

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
    type_ = attributes["type"]
    if record.topic.endswith("processing.events") != (type_.rsplit(".", 1)[0] in PROCESSING):
        raise Refusal("TOPIC_WRONG")
    if type_ != "log.recorded" and (uuid.UUID(attributes["subject"]) == NIL) != (type_ in GLOBAL):
        raise Refusal("ATTRIBUTE_INVALID", "subject")
    if record.key is None or record.key.decode("utf-8", "replace").lower() != attributes["subject"].lower():
        raise Refusal("KEY_MISMATCH")
    return Event(attributes, check_data(type_, data))


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
    data = {} if data is None else data
    if not isinstance(data, dict):
        raise Refusal("FIELD_TYPE", "data")
    for name in data:
        if name not in fields:
            raise Refusal("FIELD_UNKNOWN", "data." + name)
    for name, rule in fields.items():
        check_field("data." + name, rule, name in data, data.get(name))
    if type_ == "client.updated" and not data:
        raise Refusal("DATA_EMPTY")
    if fields is SCHEDULE:
        check_schedule(data)
    if type_ == "batch.completed":
        counts = [int(data.get(name, 0)) for name in ("records_total", "records_processed", "records_failed")]
        if counts[0] != counts[1] + counts[2]:
            raise Refusal("COUNTS_DISAGREE")
    if type_ == "feature_config.changed":
        check_config(data["config"], CONFIG_RULES.get(data["feature_type"], {}))
    return {name: value for name, value in data.items() if not is_default(type_, fields[name], value)}


def is_default(type_, rule, value):
    if value is None:
        return type_ != "client.updated"
    if rule.default is None:
        return False
    return canonical.text(value) == canonical.text(rule.default)


def check_field(path, rule, there, value):
    if not there:
        if rule.required:
            raise Refusal("FIELD_MISSING", path)
    elif value is None and rule.nullable:
        pass
    elif rule.kind == "integer":
        check_number(path, value, rule.low, rule.high)
    elif isinstance(value, Number) or not isinstance(value, str if rule.kind == "time" else rule.kind):
        raise Refusal("FIELD_TYPE", path)
    elif rule.longest is not None and len(value) > rule.longest:
        raise Refusal("FIELD_LENGTH", path)
    elif rule.allowed is not None and value not in rule.allowed:
        raise Refusal("FIELD_ENUM", path)
    elif rule.pattern is not None and not re.fullmatch(rule.pattern, value):
        raise Refusal("FIELD_RANGE", path)


def check_number(path, value, low, high, open_low=False):
    if not isinstance(value, Number):
        raise Refusal("FIELD_TYPE", path)
    exact = canonical.decimal.Decimal(value)
    if not low <= exact <= high or (open_low and exact == low):
        raise Refusal("FIELD_RANGE", path)


def check_schedule(data):
    takes = SCHEDULE_TAKES[data["kind"]]
    for name in ("interval_minutes", "time_of_day", "days_of_week"):
        if (name in data) != (name in takes):
            raise Refusal("FIELD_UNKNOWN" if name in data else "FIELD_MISSING", "data." + name)
    days = data.get("days_of_week", [Number(1)])
    if not days or len(set(days)) != len(days) or not all(isinstance(d, Number) and 1 <= int(d) <= 7 for d in days):
        raise Refusal("FIELD_RANGE", "data.days_of_week")


def rule(type_, required=False):
    return {"type": type_, "required": required}


# By feature type, as an event would define them.
CONFIG_RULES = {
    "ema": {"window_days": rule("count", True), "alpha": rule("share", True), "min_samples": rule("count"),
            "nan_strategy": rule("word")},
    "ma": {"window_days": rule("count"), "windows": rule("counts"), "min_samples": rule("count"),
           "nan_strategy": rule("word")},
    "lags": {"lags": rule("counts"), "nan_strategy": rule("word")},
    "seasonality": {name: rule("flag") for name in ("include_day_of_week", "include_month", "include_holidays")},
    "weather": {"window_days": rule("count"), "nan_strategy": rule("word")},
    "promo": {"window_days": rule("count"), "nan_strategy": rule("word")},
}
CONFIG_RULES["std"] = CONFIG_RULES["ma"]


def check_config(config, rules):
    for name, one in rules.items():
        path = "data.config." + name
        if name not in config:
            if one.get("required"):
                raise Refusal("FIELD_MISSING", path)
            continue
        value = config[name]
        if one["type"] == "count":
            check_number(path, value, 1, 2 ** 31 - 1)
        elif one["type"] == "share":
            check_number(path, value, 0, 1, open_low=True)
        elif one["type"] == "counts":
            if not isinstance(value, list):
                raise Refusal("FIELD_TYPE", path)
            for item in value:
                check_number(path, item, 1, 2 ** 31 - 1)
        elif not isinstance(value, bool if one["type"] == "flag" else str) or isinstance(value, Number):
            raise Refusal("FIELD_TYPE", path)
