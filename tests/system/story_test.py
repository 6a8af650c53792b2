"""The seed's own story: its events in, its queries out, as they stand in the seed."""
import datetime

from support import case, events

CLIENT = "018f6b1e-5f0a-7c3d-9d4e-2f1a6b7c8d9e"
EMA = {"window_days": 90, "alpha": 0.5, "min_samples": 7, "nan_strategy": "decay"}
SEASONALITY = {"include_day_of_week": True, "include_month": True, "include_holidays": True}


def at(seconds):
    return {"time": events.time_text(seconds)}


def story():
    """(what happens, event): the seed's client, its configurations, and two later versions."""
    registered = events.event("client.registered", CLIENT, {
        "name": 'ООО "Гастрономия"', "organization_id": "2", "tenant_mode": "prefixed_tables",
        "features_enabled": {"feature_engineering": True, "bom_explosion": True}, "status": "active"}, **at(0))
    confirmed = events.event("client.config_confirmed", CLIENT, {}, actor="admin@example.com", **at(3))
    weather = [events.feature(CLIENT, "weather", {"nan_strategy": word}, actor=word + "@example.com", **at(10 + i))
               for i, word in enumerate(("decay", "zero"))]
    return [registered, events.feature(CLIENT, "ema", EMA, **at(1)),
            events.feature(CLIENT, "seasonality", SEASONALITY, **at(2)), confirmed,
            events.feature(CLIENT, "ema", {**EMA, "alpha": 0.25}, **at(4)),
            events.feature(CLIENT, "ema", {**EMA, "window_days": 30}, **at(5)), *weather]


class StoryTest(case.SystemTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.story = story()

    def setUp(self):
        super().setUp()
        lines = b"\n".join(events.encode(e) for e in self.story)
        self.emitted = self.succeed("emit", "--verbose", "--format", "json", stdin=lines)
        self.run_until_idle()

    def test_emit_acknowledges_what_it_sent_and_the_tables_are_what_the_oracle_says(self):
        for event in self.story:
            self.assertIn(event["id"], self.emitted.out)
        self.assert_tables_as_expected()
        self.assert_verified()
        self.assertEqual(self.counts(), {"consumed": 8, "appended": 8, "duplicated": 0, "rejected": 0})

    def test_the_seeds_queries_run_as_written(self):
        with self.db.cursor() as cursor:
            cursor.execute("""SELECT * FROM feature_configs
WHERE client_id = '...'
  AND feature_type = 'ema'
  AND is_active = true
ORDER BY created_at DESC
LIMIT 1;""".replace("...", CLIENT))
            names = [column.name for column in cursor.description]
            row, = cursor.fetchall()
        self.assertEqual(names, ["id", "client_id", "feature_type", "config", "is_active", "version", "created_at",
                                 "created_by"])
        current = dict(zip(names, row))
        self.assertEqual(current["config"], {**EMA, "window_days": 30})
        self.assertEqual((current["version"], current["is_active"]), (3, True))
        self.assertEqual(str(current["id"]), self.story[5]["id"])

        history = self.rows("""SELECT version, config, created_at, created_by
FROM feature_configs
WHERE client_id = '...'
  AND feature_type = 'weather'
ORDER BY created_at DESC;""".replace("...", CLIENT))
        self.assertEqual([(version, config, by) for version, config, _, by in history],
                         [(2, {"nan_strategy": "zero"}, "zero@example.com"),
                          (1, {"nan_strategy": "decay"}, "decay@example.com")])

        active = self.rows("""SELECT
  fc.id,
  fc.feature_type,
  fc.config,
  fc.created_at
FROM feature_configs fc
WHERE fc.client_id = 'uuid-client'
  AND fc.is_active = true
ORDER BY fc.feature_type;""".replace("uuid-client", CLIENT))
        self.assertEqual([row[1] for row in active], ["ema", "seasonality", "weather"])

        clients = self.rows("SELECT * FROM clients WHERE status = 'active'")
        self.assertEqual(len(clients), 1)
        sizes = self.rows("""SELECT
  tablename,
  pg_size_pretty(pg_total_relation_size(schemaname||'.'||tablename)) AS size
FROM pg_tables
WHERE schemaname = 'public'
ORDER BY pg_total_relation_size(schemaname||'.'||tablename) DESC;""")
        self.assertIn("events", [name for name, _ in sizes])

    def test_the_client_is_as_the_seed_describes_it(self):
        with self.db.cursor() as cursor:
            cursor.execute("SELECT * FROM clients")
            row, = cursor.fetchall()
            client = dict(zip((column.name for column in cursor.description), row))
        self.assertEqual(list(client), ["id", "name", "organization_id", "tenant_mode", "features_enabled",
                                        "config_confirmed", "config_confirmed_at", "config_confirmed_by",
                                        "contact_email", "contact_phone", "status", "created_at", "updated_at"])
        self.assertEqual((client["name"], client["organization_id"], client["tenant_mode"], client["status"]),
                         ('ООО "Гастрономия"', "2", "prefixed_tables", "active"))
        self.assertEqual((client["config_confirmed"], client["config_confirmed_by"]), (True, "admin@example.com"))
        moment = client["config_confirmed_at"].astimezone(datetime.timezone.utc).replace(tzinfo=None)
        self.assertEqual(moment, events.BEGIN + datetime.timedelta(seconds=3))

    def test_the_audit_log_tells_who_changed_what_from_what(self):
        audit = self.rows("""SELECT event_type, table_name, row_key, version, old_values, new_values, changed_by
            FROM audit_log WHERE client_id = %s ORDER BY record_offset""", CLIENT)
        self.assertEqual([(row[0], row[3]) for row in audit], [
            ("client.registered", 1), ("feature_config.changed", 1), ("feature_config.changed", 1),
            ("client.config_confirmed", 2), ("feature_config.changed", 2), ("feature_config.changed", 3),
            ("feature_config.changed", 1), ("feature_config.changed", 2)])
        second = audit[4]
        self.assertEqual(second[1:3], ("feature_configs", "ema"))
        self.assertEqual(second[4], {"config": EMA, "is_active": True})
        self.assertEqual(second[5], {"config": {**EMA, "alpha": 0.25}, "is_active": True})
        confirmed = audit[3]
        self.assertEqual(confirmed[4], {"config_confirmed": False, "config_confirmed_at": None,
                                        "config_confirmed_by": None})
        self.assertEqual(confirmed[5]["config_confirmed_by"], "admin@example.com")
        self.assertEqual(confirmed[6], "admin@example.com")
        self.assertIsNone(audit[0][4])


class DirectWriteTest(case.SystemTest):
    """What the seed's examples do by SQL is refused, and the refusal says how it is done here."""

    def setUp(self):
        super().setUp()
        self.produce(events.registered(CLIENT, "2"), events.feature(CLIENT))
        self.run_until_idle()

    def assert_refused(self, sql, *words):
        with self.assertRaises(case.psycopg2.Error) as caught:
            self.rows(sql)
        self.assertEqual(caught.exception.pgcode, "42501", sql)
        told = "%s %s" % (caught.exception.diag.message_primary, caught.exception.diag.message_hint)
        for word in words:
            self.assertIn(word, told)

    def test_writes_to_the_seeds_names_are_refused_with_the_way_to_do_it(self):
        self.assert_refused("""INSERT INTO feature_configs (client_id, feature_type, config, is_active)
            VALUES ('%s', 'ema', '{}'::jsonb, true)""" % CLIENT, "secretmagic emit", "feature_config.changed")
        self.assert_refused("UPDATE feature_configs SET is_active = false WHERE client_id = '%s'" % CLIENT,
                            "feature_config.deactivated")
        self.assert_refused("DELETE FROM feature_configs", "secretmagic emit")
        self.assert_refused("""INSERT INTO clients (id, name, organization_id, created_at, updated_at)
            VALUES (gen_random_uuid(), 'x', '3', now(), now())""", "client.registered")
        self.assert_refused("UPDATE clients SET config_confirmed = true WHERE id = '%s'" % CLIENT,
                            "client.config_confirmed")
        self.assert_refused("DELETE FROM clients", "secretmagic emit")
        self.assert_refused("INSERT INTO feature_types (code, description) VALUES ('x', 'x')")

    def test_the_log_and_the_ledger_are_append_only_for_the_owner_too(self):
        for table in ("events", "ingest_ledger"):
            for writer in ("", "SET secretmagic.writer = 'projector'; ", "SET session_replication_role = replica; "):
                self.assert_refused("%sUPDATE %s SET recorded_at = now()" % (writer, table), table)
                self.assert_refused("%sDELETE FROM %s" % (writer, table), table)
                self.assert_refused("%sTRUNCATE %s CASCADE" % (writer, table), table)
                self.rows("RESET secretmagic.writer; RESET session_replication_role")
        self.assert_verified()

    def test_the_books_are_not_written_by_hand_either(self):
        for table, column in (("heads", "version"), ("consumer_offsets", "epoch"), ("dead_letters", "partition_id")):
            self.assert_refused("UPDATE %s SET %s = 7" % (table, column))
            self.assert_refused("DELETE FROM %s" % table)


if __name__ == "__main__":
    case.main()
