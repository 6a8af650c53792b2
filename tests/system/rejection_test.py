"""Every way to be refused: the code, field and value, and the record's bytes kept as they came."""
import uuid

from support import case, events, oracle

CLIENT = "018f6b1e-0000-7c3d-9d4e-2f1a6b7c8d9e"
OTHER = "018f6b1e-0001-7c3d-9d4e-2f1a6b7c8d9e"
ARCHIVED = "018f6b1e-0002-7c3d-9d4e-2f1a6b7c8d9e"
EMA = {"window_days": 90, "alpha": 0.5}


def setting():
    """Client 1 (organization 1, feature ema), client 2 (organization 2, archived)."""
    return [events.registered(CLIENT, "1", id="018f6b1e-1111-7c3d-9d4e-2f1a6b7c8d9e"), events.feature(CLIENT),
            events.registered(ARCHIVED, "2"),
            events.event("client.status_changed", ARCHIVED, {"status": "archived"})]


def changed(**config):
    return events.feature(CLIENT, "ema", {**EMA, **config})


def without(whole, name):
    return {key: value for key, value in whole.items() if key != name}


def raw(text):
    return {"value": text if isinstance(text, bytes) else text.encode(), "key": CLIENT, "partition": 0}


def refused():
    """(code, field, value or None for any, record)"""
    plain = events.feature(CLIENT, "ema", EMA)
    text = events.encode(plain).decode()
    update = events.event("client.updated", CLIENT, {"name": "x"})
    return [
        ("VALUE_MISSING", None, None, {"value": None, "key": CLIENT, "partition": 0}),
        ("VALUE_TOO_LARGE", None, None, {**events.record(plain), "headers": [("h%d" % i, b"v") for i in range(65)]}),
        ("FORMAT_UNKNOWN", None, None, raw("<event/>")),
        ("FORMAT_UNKNOWN", None, None, raw(b"\x07\x00\x01")),
        ("JSON_INVALID", None, None, raw(text[:-1])),
        ("JSON_INVALID", None, None, raw(text.replace("0.5", "0.5, \"x\": \"\\u0000\""))),
        ("JSON_INVALID", None, None, raw(text.replace("0.5", "0.5, \"x\": \"\\ud800\""))),
        ("JSON_INVALID", None, None, raw(text.replace("0.5", "0.5, \"x\": 1e200000"))),
        ("JSON_INVALID", None, None, raw(text.encode().replace(b"anna", b"\xff\xfe"))),
        ("JSON_INVALID", None, None, raw(text.replace("0.5", "0.5, \"x\": " + "[" * 100 + "]" * 100))),
        ("ATTRIBUTE_MISSING", "id", None, events.record(without(plain, "id"))),
        ("ATTRIBUTE_MISSING", "time", None, events.record(without(plain, "time"))),
        ("ATTRIBUTE_MISSING", "source", None, events.record(without(plain, "source"))),
        ("ATTRIBUTE_INVALID", "id", "not-a-uuid", events.record({**plain, "id": "not-a-uuid"})),
        ("ATTRIBUTE_INVALID", "specversion", "0.3", events.record({**plain, "specversion": "0.3"})),
        ("ATTRIBUTE_INVALID", "time", "yesterday", events.record({**plain, "time": "yesterday"})),
        ("ATTRIBUTE_INVALID", "actor", None, events.record({**plain, "actor": "a" * 101})),
        ("TYPE_UNKNOWN", "type", "client.vanished", events.record(events.event("client.vanished", CLIENT, {}))),
        ("KEY_MISMATCH", None, OTHER, {**events.record(plain), "key": OTHER}),
        ("KEY_MISMATCH", None, None, {**events.record(plain), "key": None}),
        ("TIME_AHEAD", "time", None, events.record({**plain, "id": str(uuid.uuid4()),
                                                    "time": "2099-01-01T00:00:00Z"})),
        ("FIELD_MISSING", "data.config.alpha", None, events.record(events.feature(CLIENT, "ema", {"window_days": 1}))),
        ("FIELD_MISSING", "data.config", None,
         events.record(events.event("feature_config.changed", CLIENT, {"feature_type": "ema"}))),
        ("FIELD_UNKNOWN", "data.nickname", None,
         events.record(events.event("client.updated", CLIENT, {"nickname": "x"}))),
        ("FIELD_TYPE", "data.config.alpha", None, events.record(changed(alpha="half"))),
        ("FIELD_TYPE", "data.config", None,
         events.record(events.event("feature_config.changed", CLIENT, {"feature_type": "ema", "config": [1]}))),
        ("FIELD_RANGE", "data.config.alpha", "1.5", events.record(changed(alpha=1.5))),
        ("FIELD_RANGE", "data.config.window_days", "0", events.record(changed(window_days=0))),
        ("FIELD_RANGE", "data.organization_id", "Robert'); DROP TABLE",
         events.record(events.registered(OTHER, "Robert'); DROP TABLE"))),
        ("FIELD_LENGTH", "data.name", None, events.record({**update, "data": {"name": "й" * 256}})),
        ("FIELD_ENUM", "data.tenant_mode", "own_server",
         events.record(events.event("client.tenant_mode_changed", CLIENT, {"tenant_mode": "own_server"}))),
        ("DATA_EMPTY", None, None, events.record(events.event("client.updated", CLIENT, {}))),
        ("EVENT_ID_CONFLICT", "id", "018f6b1e-1111-7c3d-9d4e-2f1a6b7c8d9e",
         events.record({**update, "id": "018f6b1e-1111-7c3d-9d4e-2f1a6b7c8d9e"})),
        ("VERSION_CONFLICT", "expectedversion", "7", events.record({**changed(), "expectedversion": 7})),
        ("CLIENT_EXISTS", "subject", CLIENT, events.record(events.registered(CLIENT, "9"))),
        ("CLIENT_ARCHIVED", "subject", ARCHIVED, events.record(events.feature(ARCHIVED))),
        ("ORGANIZATION_TAKEN", "data.organization_id", "1", events.record(events.registered(OTHER, "1"))),
        ("TENANT_MODE_DIFFERS", "data.tenant_mode", "shared",
         events.record(events.event("client.config_confirmed", CLIENT, {"tenant_mode": "shared"}))),
        ("TIME_ZONE_UNKNOWN", "data.timezone", "Mars/Olympus", events.record(events.event(
            "client_schedule.changed", CLIENT, {"kind": "daily", "time_of_day": "06:30", "timezone": "Mars/Olympus"}))),
        ("NOTHING_ACTIVE", "data.feature_type", "promo", events.record(events.deactivated(CLIENT, "promo"))),
    ]


class RejectionTest(case.SystemTest):
    def test_each_refused_record_is_kept_with_code_field_value_and_bytes_and_the_partition_goes_on(self):
        wrong = refused()
        headers = [("trace", b"\x00\xff"), ("trace", b"again"), ("nothing", None)]
        records = [{"headers": headers, **record} for _, _, _, record in wrong]
        first = len(setting())
        self.produce(*setting(), *records, changed(alpha=1))
        self.run_until_idle()

        kept = self.rows("""SELECT record_offset, code, field, value, reason, record_key, record_value, header_names,
            header_values, partition_id FROM dead_letters ORDER BY record_offset""")
        self.assertEqual([(row[0], row[1]) for row in kept],
                         [(first + i, code) for i, (code, _, _, _) in enumerate(wrong)])
        for row, (code, field, value, _), sent in zip(kept, wrong, records):
            with self.subTest(code=code, offset=row[0]):
                if field is not None:
                    self.assertEqual(row[2], field)
                if value is not None:
                    self.assertEqual(row[3], value)
                self.assertGreater(len(row[4]), 10)
                self.assertEqual(_bytes(row[5]), sent["key"].encode() if sent["key"] else None)
                self.assertEqual(_bytes(row[6]), sent["value"])
                self.assertEqual([_bytes(n).decode() for n in row[7]], [name for name, _ in sent["headers"]])
                self.assertEqual([_bytes(v) for v in row[8]], [v for _, v in sent["headers"]])
        config = self.value("SELECT config->>'alpha' FROM feature_configs WHERE is_active")
        self.assertEqual(config, "1", "the record behind all of these is admitted")
        self.assert_verified()

    def test_the_oracle_refuses_the_same_records(self):
        self.produce(*setting(), *(record for _, _, _, record in refused() if not record.get("headers")), changed())
        self.run_until_idle()
        mind = oracle.Oracle()
        for record in self.broker.read(self.topic)[0]:
            mind.consume(record)
        self.assertEqual(self.rows("SELECT record_offset, code FROM dead_letters ORDER BY 1"),
                         [(dead.position[2], dead.code) for dead in mind.dead])

    def test_an_event_type_of_the_other_topic_and_a_topic_without_types_are_refused(self):
        self.produce(events.registered(CLIENT, "1"), topic=self.processing_topic)
        self.run_until_idle()
        self.assertEqual(self.dead_letters("code"), [("TOPIC_WRONG",)])
        self.assertEqual(self.value("SELECT count(*) FROM clients"), 0)
        self.assert_verified()

    def test_a_row_that_postgresql_refuses_becomes_a_dead_letter_and_its_neighbours_are_appended(self):
        self.rows("ALTER TABLE events ADD CONSTRAINT tests_refuse CHECK (data->'config'->>'window_days' <> '666')")
        sent = [events.registered(CLIENT, "1")]
        sent += [events.feature(CLIENT, "ema", {"window_days": 666 if i in (7, 8, 40) else i + 1, "alpha": 1})
                 for i in range(60)]
        self.produce(*sent)
        self.run_until_idle()
        found = self.rows("SELECT record_offset, code, reason FROM dead_letters ORDER BY record_offset")
        self.assertEqual([row[:2] for row in found], [(o, "STORE_REFUSED") for o in (8, 9, 41)])
        self.assertIn("tests_refuse", found[0][2])
        self.assertEqual(self.value("SELECT count(*) FROM feature_configs"), 57)
        self.assertEqual(self.value("SELECT max(version) FROM feature_configs"), 57)
        self.assert_verified()


def _bytes(value):
    return None if value is None else bytes(value)


if __name__ == "__main__":
    case.main()
