"""Every event type from `emit` to its table, whatever came first, and what each rule refuses."""
import json

from support import case, catalogue, events, stack

EXAMPLES = stack.ROOT / "schemas" / "examples"
CLIENT = "018f6b1e-0000-7c3d-9d4e-2f1a6b7c8d9e"
# Everything that people read, without what tells when and whence it came.
READ = {
    "clients": "*", "batches": "*", "bom_explosion_status": "*", "feature_metadata": "*",
    "feature_configs": "*", "bom_configs": "*", "client_processing_schedule": "*", "scheduler_config": "*",
    "data_types": "code, description, config_rules", "feature_types": "code, description, config_rules",
    "effective_schedule": "*", "active_configuration": "*",
    "processing_logs": 'event_id, client_id, "timestamp", level, message, error, context',
    "events": "event_id, client_id, kind, key, version, created_at, data, previous, actor, content_hash",
    "heads": "client_id, kind, key, version, last_at, active_at"}


def lines(name):
    return [json.loads(line) for line in (EXAMPLES / name).read_text().splitlines()]


class ExamplesTest(case.SystemTest):
    """schemas/examples/catalogue.jsonl has every type but a tenant's; each of its events must be applied."""

    def setUp(self):
        super().setUp()
        self.lines = lines("catalogue.jsonl")
        self.succeed("emit", "--format", "json", str(EXAMPLES / "catalogue.jsonl"))
        self.run_until_idle()

    def test_every_type_of_the_catalogue_is_emitted_and_applied(self):
        table = self.succeed("help", "--markdown", "events").out
        types = {line.split("`")[1] for line in table.splitlines() if line.startswith("| `")}
        # The life of a tenant depends on what came before: tenants_test.py goes through it.
        self.assertEqual(types, {line["type"] for line in self.lines + lines("tenancy.jsonl")})
        self.assertEqual(types, set(catalogue.FIELDS))
        applied = {row[0] for row in self.rows("SELECT event_id::text FROM events UNION ALL "
                                               "SELECT event_id::text FROM processing_logs")}
        self.assertEqual(applied, {line["id"] for line in self.lines})
        self.assertEqual((self.dead_letters(), self.waiting()), ([], []))
        self.assert_verified()

    def test_every_table_has_the_digest_that_the_log_gives_it(self):
        tables = json.loads(self.succeed("verify", "--json").out)["tables"]
        self.assertLessEqual({"events", "heads", "clients", "ingest_ledger", "batches", "bom_explosion_status",
                              "feature_metadata", "data_types", "feature_types"}, {t["table"] for t in tables})
        for table in tables:
            self.assertEqual((table["table"], table["expected"]), (table["table"], table["found"]))

    def test_emit_chooses_topic_key_and_for_global_types_the_subject(self):
        for topic in self.topics:
            for records in self.broker.read(topic).values():
                for record in records:
                    event = json.loads(record.value)
                    self.assertEqual(record.key.decode(), event["subject"])
                    is_processing = event["type"].rsplit(".", 1)[0] in catalogue.PROCESSING
                    self.assertEqual(topic == self.processing_topic, is_processing, event["type"])
                    if event["type"] in catalogue.GLOBAL:
                        self.assertEqual(event["subject"], events.NIL)

    def test_the_tables_are_what_the_examples_say(self):
        client = self.lines[3]["subject"]
        self.assertEqual(self.rows("SELECT tenant_mode, config_confirmed, status, contact_email, contact_phone FROM clients "
                                   "ORDER BY organization_id"),
                         [("dedicated_db", True, "active", "zakaz@pekarnya.example", None),
                          ("prefixed_tables", False, "active", None, None)])
        self.assertEqual(self.rows("SELECT feature_type, config FROM feature_configs WHERE is_active ORDER BY 1"),
                         [("ema", events.EMA), ("moon_phase", {"window_days": 29})])
        self.assertEqual(self.rows("SELECT max_levels, include_produced_at, cycle_detection, is_active FROM bom_configs "
                                   "ORDER BY version"), [(8, False, True, False), (5, True, True, True)])
        self.assertEqual(self.rows("SELECT schedule_type, interval_minutes, time_of_day::text, days_of_week, timezone "
                                   "FROM client_processing_schedule WHERE is_active"),
                         [("weekly", None, "06:30:00", [1, 3, 5], "Europe/Moscow")])
        self.assertEqual(self.rows("SELECT schedule_type, time_of_day::text, timezone FROM scheduler_config WHERE is_active"),
                         [("daily", "03:00:00", "Europe/Moscow")])
        self.assertEqual(self.rows("SELECT id, status, records_total, records_processed, records_failed, error_message "
                                   "FROM batches ORDER BY id"),
                         [("2026-02-02.1", "completed", 1200, 1198, 2, None),
                          ("2026-02-02.2", "failed", None, 730, None, "source file is cut off\nat line 731")])
        self.assertEqual(self.rows("SELECT status, records_processed, error_message, last_processed_at < started_at "
                                   "FROM bom_explosion_status"),
                         [("failed", 17, "cycle: dough -> sourdough -> dough", True)])
        self.assertEqual(self.rows("SELECT feature_name, feature_type, data_type, nan_semantics, batch_id "
                                   "FROM feature_metadata"),
                         [("sales_ema_90", "ema", "timeseries", "decayed", "2026-02-02.1")])
        self.assertEqual(self.rows("SELECT level, context FROM logs ORDER BY timestamp"),
                         [("warn", {"batch_id": "2026-02-02.1", "rows": [17, 904], "client_id": client}), ("error", {})])

    def test_the_views_for_readers_tell_what_is_in_force(self):
        own = self.rows("SELECT schedule_type FROM effective_schedule WHERE client_id = %s", self.lines[3]["subject"])
        self.assertEqual(own, [("weekly",)])
        self.assertEqual(self.value("SELECT count(*) FROM clients_ready"), 1)
        self.assertEqual(self.value("SELECT count(*) FROM active_configuration"), 2)


class OrderTest(case.SystemTest):
    """Topics have no order between them: whichever comes first, the tables are the same."""

    def read_all(self):
        found = {}
        for table, columns in READ.items():
            rows = self.rows("SELECT to_jsonb(t)::text FROM (SELECT %s FROM %s) AS t" % (columns, table))
            found[table] = sorted(row[0] for row in rows)
        return found

    def take(self, *loads):
        """Each load is emitted whole and consumed to its end before the next one."""
        for load in loads:
            self.succeed("emit", "--format", "json", stdin=b"\n".join(events.encode(event) for event in load))
            self.run_until_idle()
        self.assertEqual(self.waiting(), [])
        self.assert_verified()
        return self.read_all()

    def test_all_processing_before_all_configuration_gives_the_same_tables_as_the_reverse(self):
        whole = lines("catalogue.jsonl")
        processing = [e for e in whole if e["type"].rsplit(".", 1)[0] in catalogue.PROCESSING]
        config = [e for e in whole if e not in processing]
        before = self.take(processing, config)
        parked = self.value("SELECT count(*) FROM parked_events WHERE state = 'released'")
        self.assertEqual(parked, len([e for e in processing if e["type"] != "log.recorded"]))
        self.assert_tables_as_expected(topics=self.topics, idle=True)
        self.uninstall()
        self.install()
        after = self.take(config, processing)
        # Of the configuration something may have waited: what it refers to may come on another partition.
        self.assertEqual(self.rows("SELECT event_id FROM parked_events JOIN topics USING (topic_id) WHERE name = %s",
                                   self.processing_topic), [])
        self.assert_tables_as_expected(topics=self.topics, idle=True)
        for table in READ:
            self.assertEqual(before[table], after[table], table)

    def test_references_that_are_defined_last_give_the_same_tables(self):
        whole = lines("catalogue.jsonl")
        defining = [e for e in whole if e["type"].endswith(".defined")]
        rest = [e for e in whole if e not in defining]
        before = self.take(rest, defining)
        self.uninstall()
        self.install()
        self.assertEqual(before, self.take(defining, rest))


class LifecycleTest(case.SystemTest):
    partitions = 1

    def setUp(self):
        super().setUp()
        self.produce(events.registered(CLIENT, "2"), events.confirmed(CLIENT))

    def refused(self, *records):
        """What becomes of these processing events, one after the other: codes, None for a fact."""
        self.process(*records)
        self.run_until_idle()
        codes = dict(self.rows("SELECT event_id::text, code FROM dead_letters"))
        self.assert_tables_as_expected(topics=self.topics, idle=True)
        self.assert_verified()
        return [codes.get(record["id"]) for record in records]

    def test_a_batch_is_started_once_and_ended_once(self):
        self.assertEqual(self.refused(
            events.batch_completed(CLIENT), events.batch_started(CLIENT), events.batch_started(CLIENT),
            events.batch_failed(CLIENT), events.batch_completed(CLIENT), events.batch_started(CLIENT),
            events.batch_started(CLIENT, "b2"), events.batch_completed(CLIENT, "b2", 10, 3)),
            ["BATCH_UNKNOWN", None, "BATCH_EXISTS", None, "BATCH_ENDED", "BATCH_EXISTS", None, None])
        self.assertEqual(self.rows("SELECT id, status, records_processed FROM batches ORDER BY id"),
                         [("b1", "failed", None), ("b2", "completed", 7)])

    def test_counts_of_a_batch_that_disagree_are_refused(self):
        wrong = events.event("batch.completed", CLIENT, {"batch_id": "b1", "records_total": 10, "records_processed": 9})
        self.assertEqual(self.refused(events.batch_started(CLIENT), wrong, events.batch_completed(CLIENT)),
                         [None, "COUNTS_DISAGREE", None])

    def test_a_second_run_takes_the_place_of_one_that_died_without_a_word(self):
        self.assertEqual(self.refused(
            events.bom_completed(CLIENT), events.bom_started(CLIENT), events.bom_started(CLIENT),
            events.bom_failed(CLIENT), events.bom_failed(CLIENT), events.bom_started(CLIENT), events.bom_completed(CLIENT)),
            ["RUN_NOT_ACTIVE", None, None, None, "RUN_NOT_ACTIVE", None, None])
        self.assertEqual(self.rows("SELECT status, records_processed, error_message FROM bom_explosion_status"),
                         [("completed", 7, None)])
        self.assertEqual(self.value("SELECT count(*) FROM events WHERE type = 'bom_explosion.started'"), 3)

    def test_a_feature_may_be_defined_anew(self):
        again = events.created(CLIENT, data_type="aggregations")
        self.assertEqual(self.refused(events.created(CLIENT), again), [None, None])
        self.assertEqual(self.rows("SELECT data_type FROM feature_metadata"), [("aggregations",)])

    def test_an_archived_client_takes_nothing_but_a_re_activation(self):
        self.produce(events.feature(CLIENT), events.status(CLIENT, "archived"), events.feature(CLIENT, "weather", {}),
                     events.deactivated(CLIENT), events.bom(CLIENT), events.schedule(CLIENT),
                     events.event("client.updated", CLIENT, {"name": "x"}), events.status(CLIENT, "suspended"))
        self.run_until_idle()
        self.assertEqual(self.dead_letters("code"), [("CLIENT_ARCHIVED",)] * 6)
        self.process(events.batch_started(CLIENT), events.logged(CLIENT))
        self.run_until_idle()
        self.assertEqual(self.value("SELECT count(*) FROM dead_letters WHERE type = 'batch.started'"), 1)
        self.assertEqual(self.value("SELECT count(*) FROM processing_logs"), 1)
        self.produce(events.status(CLIENT, "active"), events.feature(CLIENT, "weather", {}))
        self.process(events.batch_started(CLIENT, "b2"))
        self.run_until_idle()
        self.assertEqual(self.rows("SELECT id FROM batches"), [("b2",)])
        self.assertEqual(self.rows("SELECT feature_type FROM feature_configs WHERE is_active ORDER BY 1"),
                         [("ema",), ("weather",)])
        self.assert_tables_as_expected(topics=self.topics, idle=True)
        self.assert_verified()

    def test_expectedversion_admits_the_version_that_was_seen_and_no_other(self):
        self.produce(events.feature(CLIENT), {**events.feature(CLIENT), "expectedversion": 1},
                     {**events.feature(CLIENT), "expectedversion": 1}, {**events.feature(CLIENT), "expectedversion": 2},
                     {**events.bom(CLIENT), "expectedversion": 1}, {**events.bom(CLIENT), "expectedversion": 0})
        self.run_until_idle()
        self.assertEqual(self.dead_letters("code, field, value"),
                         [("VERSION_CONFLICT", "expectedversion", "1"), ("VERSION_CONFLICT", "expectedversion", "1")])
        self.assertEqual(self.value("SELECT max(version) FROM feature_configs"), 3)
        self.assertEqual(self.value("SELECT max(version) FROM bom_configs"), 1)
        self.assert_tables_as_expected()


class ScheduleTest(case.SystemTest):
    partitions = 1

    def test_a_schedule_takes_what_its_kind_needs_and_nothing_else(self):
        def schedule(**data):
            return events.event("client_schedule.changed", CLIENT, data)
        wrong = [
            ("FIELD_MISSING", "data.interval_minutes", schedule(kind="interval")),
            ("FIELD_UNKNOWN", "data.time_of_day", schedule(kind="interval", interval_minutes=5, time_of_day="03:00")),
            ("FIELD_RANGE", "data.interval_minutes", schedule(kind="interval", interval_minutes=0)),
            ("FIELD_MISSING", "data.time_of_day", schedule(kind="daily")),
            ("FIELD_RANGE", "data.time_of_day", schedule(kind="daily", time_of_day="24:00")),
            ("FIELD_MISSING", "data.days_of_week", schedule(kind="weekly", time_of_day="03:00")),
            ("FIELD_RANGE", "data.days_of_week", schedule(kind="weekly", time_of_day="03:00", days_of_week=[1, 1])),
            ("FIELD_RANGE", "data.days_of_week", schedule(kind="weekly", time_of_day="03:00", days_of_week=[8])),
            ("FIELD_ENUM", "data.kind", schedule(kind="hourly")),
            ("TIME_ZONE_UNKNOWN", "data.timezone", schedule(kind="daily", time_of_day="03:00", timezone="Mars/Olympus"))]
        self.produce(events.registered(CLIENT, "2"), *(record for _, _, record in wrong),
                     schedule(kind="weekly", time_of_day="06:30", days_of_week=[7, 1], timezone="Europe/Moscow"))
        self.run_until_idle()
        self.assertEqual(self.dead_letters("code, field"), [(code, field) for code, field, _ in wrong])
        self.assertEqual(self.rows("SELECT days_of_week, timezone, version FROM client_processing_schedule"),
                         [([7, 1], "Europe/Moscow", 1)])
        self.assert_tables_as_expected()

    def test_the_effective_schedule_is_the_own_one_else_the_default(self):
        self.produce(events.registered(CLIENT, "2"), events.defaults("daily", time_of_day="03:00"),
                     events.schedule(CLIENT, "interval", interval_minutes=45))
        self.run_until_idle()
        self.assertEqual(self.rows("SELECT schedule_type, interval_minutes, next_due_at IS NOT NULL FROM effective_schedule"),
                         [("interval", 45, True)])
        self.produce(events.event("client_schedule.deactivated", CLIENT, {}))
        self.run_until_idle()
        self.assertEqual(self.rows("SELECT schedule_type, interval_minutes, next_due_at IS NOT NULL FROM effective_schedule"),
                         [("daily", None, True)])


class ReferenceTest(case.SystemTest):
    partitions = 1

    def test_a_defined_feature_type_brings_rules_that_are_in_force_from_then_on(self):
        rules = {"phases": {"type": "counts", "required": True}, "strength": {"type": "share"}}
        self.produce(events.registered(CLIENT, "2"), events.feature_type("moon", rules),
                     events.feature(CLIENT, "moon", {}), events.feature(CLIENT, "moon", {"phases": [1], "strength": 2}),
                     events.feature(CLIENT, "moon", {"phases": [1, 4], "strength": 0.5}), events.feature_type("moon"),
                     events.feature(CLIENT, "moon", {"anything": 1}))
        self.run_until_idle()
        self.assertEqual(self.dead_letters("code, field"),
                         [("FIELD_MISSING", "data.config.phases"), ("FIELD_RANGE", "data.config.strength")])
        self.assertEqual(self.value("SELECT max(version) FROM feature_configs"), 2)
        self.assert_tables_as_expected(idle=True)
        self.assert_verified()

    def test_global_events_are_of_no_client_and_others_of_one(self):
        wrong = [{**events.data_type("x"), "subject": CLIENT}, events.feature(events.NIL)]
        self.produce(*wrong)
        self.run_until_idle()
        self.assertEqual(self.dead_letters("code, field"), [("ATTRIBUTE_INVALID", "subject")] * 2)
        self.assert_tables_as_expected()


class LogTest(case.SystemTest):
    partitions = 1

    def test_log_lines_come_from_anybody_and_are_kept_as_long_as_the_option_says(self):
        old = events.logged(CLIENT, "old", timestamp="1950-01-01T00:00:00Z")
        new = events.logged(CLIENT, "new", "error", error="x\ny", context={"a": 0.10})
        self.process(old, new, new, events.logged(events.NIL, "nobody's"))
        self.run_until_idle("--logs-retention", "0")
        self.assertEqual(self.counts("consumed", "logged", "duplicated"), {"consumed": 4, "logged": 3, "duplicated": 1})
        self.assert_tables_as_expected(topics=self.topics)
        self.assert_verified()
        run = self.start_run("--logs-retention", "20000d")
        run.wait_for(lambda: self.value("SELECT count(*) FROM processing_logs") == 2, "the old line to be removed")
        self.assertEqual(run.terminate(), 0)
        self.assert_verified()


if __name__ == "__main__":
    case.main()
