"""What other people's producers write is understood: both modes of CloudEvents, any JSON, any number."""
import json
import subprocess
import uuid

from support import case, events

CLIENT = str(uuid.UUID("018f6b1e-5f0a-7c3d-9d4e-2f1a6b7c8d9e"))


class InputTest(case.SystemTest):
    partitions = 1

    def test_structured_and_binary_mode_from_python_are_the_same_event(self):
        feature = events.feature(CLIENT)
        self.produce(events.registered(CLIENT, "2"), events.binary(feature), feature)
        self.run_until_idle()
        self.assertEqual(self.counts(), {"consumed": 3, "appended": 2, "duplicated": 1, "rejected": 0})
        self.assert_tables_as_expected()

    def test_records_that_kcat_produced_are_understood(self):
        registered, feature = events.registered(CLIENT, "2"), events.feature(CLIENT, actor="Кот")
        self.kcat([], "%s|%s" % (CLIENT, events.encode(registered).decode()))
        headers = [option for name, value in feature.items() if name != "data" for option in ("-H", "ce_%s=%s" % (name, value))]
        self.kcat([*headers, "-H", "content-type=application/json"], "%s|%s" % (CLIENT, json.dumps(feature["data"])))
        self.run_until_idle()
        self.assertEqual(self.rows("SELECT id::text, created_by FROM feature_configs"), [(feature["id"], "Кот")])
        self.assert_tables_as_expected()
        self.assert_verified()

    def kcat(self, options, line):
        subprocess.run(["kcat", "-P", "-b", self.stack.brokers, "-t", self.topic, "-p", "0", "-K", "|", *options],
                       input=line.encode(), check=True, timeout=30, stdout=subprocess.DEVNULL)

    def test_numbers_inside_config_keep_the_digits_they_were_sent_with(self):
        numbers = ["0.1", "1.10", "12345678901234.12345678", "1e2", "1E+2", "1.5e-7", "-0", "-0.0",
                   "9007199254740993", "0.1000000000000000055511151231257827"]
        feature = events.feature(CLIENT, "weather", {"n": ["@%d@" % i for i in range(len(numbers))]})
        text = events.encode(feature).decode()
        for i, number in enumerate(numbers):
            text = text.replace('"@%d@"' % i, number)
        self.produce(events.registered(CLIENT, "2"), events.record(text.encode(), key=CLIENT))
        self.run_until_idle()
        kept = self.value("SELECT config::text FROM feature_configs")
        self.assertEqual(kept, '{"n": [0.1, 1.10, 12345678901234.12345678, 100, 100, 0.00000015, 0, 0.0, '
                               '9007199254740993, 0.1000000000000000055511151231257827]}')
        self.assertEqual(self.value("SELECT config::text = %s::jsonb::text FROM feature_configs",
                                    '{"n": [%s]}' % ", ".join(numbers)), True, "as PostgreSQL itself reads them")
        self.assert_tables_as_expected()
        self.assert_verified()

    def test_any_text_that_json_can_say_reaches_jsonb_unchanged(self):
        config = {"q": "\"\\/\b\f\n\r\t\x01\x7f", "emoji": "🍲", "ключ": "значение", "": "empty", "deep": [[{}], None]}
        escaped = json.dumps(events.feature(CLIENT, "promo", config))  # with \u escapes and surrogate pairs
        self.produce(events.registered(CLIENT, "2"), events.feature(CLIENT, "weather", config),
                     events.record(escaped.encode(), key=CLIENT))
        self.run_until_idle()
        self.assertEqual(self.rows("SELECT DISTINCT config FROM feature_configs"), [(config,)])
        self.assert_tables_as_expected()
        self.assert_verified()

    def test_times_with_any_offset_and_fraction_are_kept_to_the_microsecond(self):
        times = ["2026-03-01T15:00:00.000001+03:00", "2026-03-01T12:00:00.0000029Z", "2026-03-01T12:00:01Z",
                 "1970-01-01T00:00:00Z"]
        self.produce(events.registered(CLIENT, "2", time="2026-01-01T00:00:00Z"),
                     *(events.feature(CLIENT, "lags", {"i": i}, time=t) for i, t in enumerate(times)))
        self.run_until_idle()
        found = self.rows("""SELECT to_char(event_time AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'),
            to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')
            FROM events WHERE kind = 'feature_config' ORDER BY version""")
        self.assertEqual(found, [
            ("2026-03-01 12:00:00.000001", "2026-03-01 12:00:00.000001"),
            ("2026-03-01 12:00:00.000002", "2026-03-01 12:00:00.000002"),
            ("2026-03-01 12:00:01.000000", "2026-03-01 12:00:01.000000"),
            ("1970-01-01 00:00:00.000000", "2026-03-01 12:00:01.000001")])
        self.assert_tables_as_expected()


class IdentityTest(case.SystemTest):
    def test_a_repeated_event_is_counted_and_not_written(self):
        feature = events.feature(CLIENT)
        self.produce(events.registered(CLIENT, "2"), feature, feature)
        self.run_until_idle()
        self.produce(feature, events.feature(CLIENT), feature)
        self.run_until_idle()
        self.assertEqual(self.counts(), {"consumed": 6, "appended": 3, "duplicated": 3, "rejected": 0})
        self.assertEqual(self.rows("SELECT version FROM feature_configs ORDER BY 1"), [(1,), (2,)])
        self.assert_tables_as_expected()
        self.assert_verified()

    def test_the_same_id_with_other_content_is_a_conflict(self):
        feature = events.feature(CLIENT)
        other = {**feature, "data": {"feature_type": "ema", "config": {"window_days": 1, "alpha": 1}}}
        self.produce(events.registered(CLIENT, "2"), feature, other)
        self.run_until_idle()
        self.produce(other, feature)
        self.run_until_idle()
        self.assertEqual(self.dead_letters("code"), [("EVENT_ID_CONFLICT",)] * 2)
        self.assertEqual(self.counts()["duplicated"], 1)
        self.assert_tables_as_expected()
        self.assert_verified()

    def test_a_corrected_event_under_the_id_of_a_dead_letter_is_taken(self):
        undecodable = events.feature(CLIENT, "ema", {"window_days": 0, "alpha": 1})
        corrected = {**undecodable, "data": {"feature_type": "ema", "config": {"window_days": 5, "alpha": 1}}}
        early = events.deactivated(CLIENT, "promo")
        self.produce(events.registered(CLIENT, "2"), early, early, undecodable)
        self.run_until_idle()
        self.produce(events.feature(CLIENT, "promo", {}), early, {**early, "actor": "boris"}, corrected, corrected)
        self.run_until_idle()
        self.assertEqual(self.dead_letters("code"), [("NOTHING_ACTIVE",), ("FIELD_RANGE",)])
        self.assertEqual(self.rows("SELECT feature_type, is_active FROM feature_configs ORDER BY feature_type"),
                         [("ema", True), ("promo", False)])
        self.assertEqual(self.value("SELECT actor FROM events WHERE event_id = %s", early["id"]), "boris")
        self.assertEqual(self.counts(), {"consumed": 9, "appended": 4, "duplicated": 3, "rejected": 2})
        self.assert_tables_as_expected()
        self.assert_verified()

    def test_ids_belong_to_their_client(self):
        clients = [str(uuid.uuid4()) for _ in range(2)]
        one_id = str(uuid.uuid4())
        self.produce(*(events.registered(c, id=one_id) for c in clients))
        self.run_until_idle()
        self.assertEqual(self.counts()["appended"], 2)
        self.assert_tables_as_expected()

    def test_a_client_on_two_partitions_keeps_versions_without_gaps(self):
        """As two producers with different partitioners do."""
        self.produce(events.registered(CLIENT, "2"))
        self.run_until_idle()
        run = self.start_run("--writers", "2", "--batch-records", "20")
        sent = 0
        for round_ in range(5):
            batch = [events.record(events.feature(CLIENT, "ema", {"window_days": i + 1, "alpha": 1}), partition=i % 4)
                     for i in range(sent, sent + 80)]
            self.produce(*batch)
            sent += len(batch)
        self.wait_caught_up(run)
        self.assertEqual(run.terminate(), 0)
        self.assertEqual(self.rows("SELECT version FROM feature_configs ORDER BY created_at"),
                         [(i + 1,) for i in range(sent)])
        self.assertEqual(self.value("SELECT count(*) FROM feature_configs WHERE is_active"), 1)
        self.assertEqual(self.counts(), {"consumed": sent + 1, "appended": sent + 1, "duplicated": 0, "rejected": 0})
        self.assert_tables_as_expected(order=self.by_version)
        self.assert_verified()

    def by_version(self, by_partition):
        """The one order of the partitions' records that gives the versions that were given."""
        order = self.rows("SELECT partition_id, record_offset FROM events ORDER BY kind, version")
        by_position = {(r.partition, r.offset): r for records in by_partition.values() for r in records}
        return [by_position[position] for position in order]


if __name__ == "__main__":
    case.main()
