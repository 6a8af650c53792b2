"""The waiting room: what came before what it rests on waits, is seen waiting, and goes on in its order."""
import json
import uuid

from support import case, events

CLIENT = "018f6b1e-0000-7c3d-9d4e-2f1a6b7c8d9e"
OTHER = "018f6b1e-0001-7c3d-9d4e-2f1a6b7c8d9e"


class WaitingTest(case.SystemTest):
    partitions = 1

    def assert_all_is_well(self):
        self.assert_tables_as_expected(topics=self.topics, idle=True)
        self.assert_verified()

    def test_events_of_an_unknown_client_wait_for_its_registration(self):
        features = [events.feature(CLIENT, "ema", {**events.EMA, "window_days": i}) for i in range(1, 4)]
        self.produce(*features, events.bom(CLIENT), events.event("client.updated", CLIENT, {"name": "y"}))
        self.run_until_idle()
        self.assertEqual([wait for _, wait in self.waiting()], ["client", "client", "client", "client", "client"])
        self.assertEqual(self.value("SELECT count(*) FROM events"), 0)
        self.assert_all_is_well()
        self.produce(events.registered(CLIENT, "2"))
        self.run_until_idle()
        self.assertEqual(self.waiting(), [])
        self.assertEqual(self.rows("SELECT version, config->'window_days', is_active FROM feature_configs ORDER BY 1"),
                         [(1, 1, False), (2, 2, False), (3, 3, True)])
        self.assertEqual(self.value("SELECT name FROM clients"), "y")
        self.assertEqual(self.rows("SELECT DISTINCT cause::text, record_offset < 5 FROM events ORDER BY 1"),
                         [("live", False), ("released", True)], "released ones keep their own coordinates")
        self.assertEqual(self.counts("consumed", "appended", "parked", "resolved"),
                         {"consumed": 6, "appended": 6, "parked": 5, "resolved": 5})
        self.assert_all_is_well()

    def test_events_wait_behind_those_of_their_own_stream_and_log_lines_never(self):
        self.produce(events.registered(CLIENT, "2"), events.feature(CLIENT, "moon", {"i": 1}))
        self.process(events.logged(CLIENT))
        self.run_until_idle()
        self.produce(events.feature(CLIENT, "moon", {"i": 2}), events.deactivated(CLIENT, "moon"),
                     events.feature(CLIENT, "ema"))
        self.run_until_idle()
        self.assertEqual(self.waiting("type::text, waits_for::text, waits_code"),
                         [("feature_config.changed", "feature_type", "moon"),
                          ("feature_config.changed", "feature_type", "moon"),
                          ("feature_config.deactivated", "queue", None)])
        self.assertEqual(self.value("SELECT count(*) FROM processing_logs"), 1)
        self.assertEqual(self.value("SELECT feature_type FROM feature_configs"), "ema")
        self.produce(events.feature_type("moon"))
        self.run_until_idle()
        self.assertEqual(self.rows("SELECT version, type::text FROM events WHERE key = 'moon' AND kind = 'feature_config' "
                                   "ORDER BY version"),
                         [(1, "feature_config.changed"), (2, "feature_config.changed"), (3, "feature_config.deactivated")])
        self.assert_all_is_well()

    def test_gated_events_wait_for_the_gate_in_one_queue_and_the_gate_is_asked_for_each(self):
        self.produce(events.registered(CLIENT, "2"))
        self.process(events.batch_started(CLIENT, "b1", "unheard_of"), events.bom_started(CLIENT),
                     events.batch_started(CLIENT, "b2"), events.batch_completed(CLIENT, "b2"), events.bom_completed(CLIENT))
        self.run_until_idle()
        self.assertEqual(len(self.waiting()), 5)
        self.produce(events.confirmed(CLIENT))
        self.run_until_idle()
        self.assertEqual(self.waiting("key, waits_for::text, waits_code")[0], ("b1", "data_type", "unheard_of"))
        self.assertEqual(len(self.waiting()), 5, "all wait behind the first of their client and partition")
        self.produce(events.event("client.config_revoked", CLIENT, {}), events.data_type("unheard_of"))
        self.run_until_idle()
        self.assertEqual(len(self.waiting()), 5, "the gate was closed meanwhile")
        self.assert_all_is_well()
        self.produce(events.confirmed(CLIENT))
        self.run_until_idle()
        self.assertEqual(self.waiting(), [])
        self.assertEqual(self.rows("SELECT id, status FROM batches ORDER BY id"), [("b1", "running"), ("b2", "completed")])
        self.assertEqual(self.value("SELECT status FROM bom_explosion_status"), "completed")
        self.assert_all_is_well()

    def test_what_waits_may_turn_out_refused_and_its_dead_letter_says_so(self):
        bad = events.batch_completed(CLIENT, "never_started")
        self.process(bad, events.batch_started(CLIENT))
        self.run_until_idle()
        self.produce(events.registered(CLIENT, "2"), events.confirmed(CLIENT))
        self.run_until_idle()
        self.assertEqual(self.dead_letters("code, event_id::text, convert_from(record_value, 'UTF8')"),
                         [("BATCH_UNKNOWN", bad["id"], events.encode(bad).decode())])
        self.assertEqual(self.rows("SELECT state::text FROM parked_events ORDER BY id"), [("rejected",), ("released",)])
        self.assert_all_is_well()

    def test_a_waiting_event_counts_as_seen(self):
        feature = events.feature(CLIENT)
        self.produce(feature, feature, {**feature, "actor": "mallory"})
        self.run_until_idle()
        self.assertEqual(self.counts("parked", "duplicated", "rejected"), {"parked": 1, "duplicated": 1, "rejected": 1})
        self.produce(events.registered(CLIENT, "2"), feature)
        self.run_until_idle()
        self.assertEqual(self.counts("parked", "duplicated", "rejected", "resolved"),
                         {"parked": 1, "duplicated": 2, "rejected": 1, "resolved": 1})
        self.assert_all_is_well()

    def test_a_long_queue_goes_in_chunks_and_newer_events_stay_behind_it(self):
        count = 2500
        self.process(*(events.bom_started(CLIENT) if i % 2 == 0 else events.bom_completed(CLIENT, i)
                       for i in range(count)))
        self.run_until_idle()
        run = self.start_run("--batch-records", "50")
        self.produce(events.registered(CLIENT, "2"), events.confirmed(CLIENT))
        for i in range(40):
            self.process(events.bom_started(CLIENT), events.bom_completed(CLIENT, count + i))
        self.wait_caught_up(run)
        self.wait_until_nothing_waits(run)
        self.assertEqual(run.terminate(), 0)
        self.assertEqual(self.value("SELECT records_processed FROM bom_explosion_status"), count + 39)
        order = self.rows("SELECT record_offset FROM events WHERE kind = 'bom_explosion' ORDER BY version")
        self.assertEqual([row[0] for row in order], list(range(count + 80)))
        self.assertGreater(self.value("SELECT count(*) FROM ingest_ledger WHERE cause = 'released'"), 1)
        self.assert_verified()

    def test_many_clients_that_wait_for_one_definition_all_go(self):
        clients = [str(uuid.UUID(int=i + 1, version=4)) for i in range(300)]
        for i, client in enumerate(clients):
            self.produce(events.registered(client, "m%d" % i), events.feature(client, "moon", {}))
        self.run_until_idle()
        self.assertEqual(len(self.waiting()), 300)
        self.produce(events.feature_type("moon"))
        self.run_until_idle()
        self.assertEqual(self.waiting(), [])
        self.assertEqual(self.value("SELECT count(*) FROM feature_configs WHERE feature_type = 'moon'"), 300)
        self.assert_all_is_well()


class ParkedTest(case.SystemTest):
    """`parked` and `status` over a waiting room with one of each kind."""

    partitions = 1

    def setUp(self):
        super().setUp()
        self.batch = events.batch_started(CLIENT)
        self.produce(events.registered(OTHER, "3"), events.feature(OTHER, "moon", {}))
        self.process({**events.record(self.batch), "headers": [("trace", b"\x00\xff"), ("note", b"hello"), ("none", None)]},
                     events.batch_completed(CLIENT))
        self.run_until_idle()

    def listed(self, *words):
        return json.loads(self.succeed("parked", "list", "--json", *words).out)

    def keys(self, *words):
        return [(event["type"], event["waits_for"]) for event in self.listed(*words)["events"]]

    def test_list_tells_the_oldest_first_and_what_each_waits_for(self):
        found = self.listed()
        self.assertEqual((found["total"], len(found["events"])), (3, 3))
        first = found["events"][-2] if found["events"][0]["topic"] == self.topic else found["events"][0]
        self.assertEqual({name: first[name] for name in ("state", "waits_for", "client_id", "kind", "key", "type", "gated",
                                                         "event_id", "topic", "partition", "offset")},
                         {"state": "waiting", "waits_for": "client", "client_id": CLIENT, "kind": "batch", "key": "b1",
                          "type": "batch.started", "gated": True, "event_id": self.batch["id"],
                          "topic": self.processing_topic, "partition": 0, "offset": 0})
        self.assertGreaterEqual(first["age_seconds"], 0)
        ages = [event["age_seconds"] for event in found["events"]]
        self.assertEqual(ages, sorted(ages, reverse=True))
        text = self.succeed("parked", "list").out
        for word in (CLIENT, OTHER, "the client's registration", "the feature type's definition: moon", "batch/b1",
                     "feature_config/moon", "3 of 3 events"):
            self.assertIn(word, text)

    def test_filters_choose_and_the_limit_cuts(self):
        self.assertEqual(self.keys("--waits-for", "feature_type"), [("feature_config.changed", "feature_type")])
        self.assertEqual(len(self.keys("--client", CLIENT)), 2)
        self.assertEqual(self.keys("--client", CLIENT, "--type", "batch.completed"), [("batch.completed", "client")])
        self.assertEqual(len(self.keys("--topic", "processing")), 2)
        self.assertEqual(len(self.keys("--topic", self.topic)), 1)
        self.assertEqual(self.keys("--older-than", "1d"), [])
        self.assertEqual(self.succeed("parked", "list", "--older-than", "1d").out, "no such event waits\n")
        found = self.listed("--limit", "1")
        self.assertEqual((found["total"], len(found["events"])), (3, 1))

    def test_show_tells_position_headers_payload_and_what_became_of_it(self):
        id_, = [e["id"] for e in self.listed()["events"] if e["event_id"] == self.batch["id"]]
        shown = json.loads(self.succeed("parked", "show", str(id_), "--json").out)
        self.assertEqual(json.loads(shown["record_value"]), self.batch)
        self.assertEqual(shown["record_key"], CLIENT)
        self.assertEqual([(h["name"], h["value"], h["value_hex"]) for h in shown["headers"]],
                         [("trace", None, "00ff"), ("note", "hello", None), ("none", None, None)])
        self.assertEqual((shown["resolved_at"], shown["first_waited_for"]), (None, "client"))
        text = self.succeed("parked", "show", str(id_)).out
        for word in (events.encode(self.batch).decode(), "%s[0] offset 0" % self.processing_topic, "trace: \\x00ff",
                     "note: hello", "none: (null)", "the client's registration"):
            self.assertIn(word, text)
        self.produce(events.registered(CLIENT, "2"), events.confirmed(CLIENT))
        self.run_until_idle()
        self.assertIn("released after", self.succeed("parked", "show", str(id_)).out)
        shown = json.loads(self.succeed("parked", "show", str(id_), "--json").out)
        self.assertEqual(shown["state"], "released")
        self.assertIsNotNone(shown["resolved_at"])
        self.assertEqual(shown["resolved_seq"], self.value("SELECT ledger_seq FROM events WHERE event_id = %s",
                                                           self.batch["id"]))

    def test_what_makes_no_sense_is_refused(self):
        for words, told in (((), "list, show or expire"), (("frob",), "frob"), (("show",), "the number"), (("show", "x"), "'x'"),
                            (("show", "999999"), "999999"), (("list", "7"), "7"), (("list", "--client", "x"), "a UUID"),
                            (("list", "--type", "batch.eaten"), "batch.eaten"),
                            (("list", "--waits-for", "rain"), "client")):
            one = self.run_program("parked", *words)
            self.assertEqual(one.process.returncode, 2, one.explain())
            self.assertIn(told, one.err)

    def test_a_database_that_cannot_be_asked_is_told(self):
        one = self.run_program("parked", "list", "--database", "host=127.0.0.1 port=1 dbname=x", "--timeout", "500ms")
        self.assertEqual(one.process.returncode, 3, one.explain())

    def test_status_tells_how_many_wait_for_what_and_since_when(self):
        document = json.loads(self.succeed("status", "--json").out)
        self.assertEqual({name: document["total"][name] for name in ("parked", "resolved", "waiting")},
                         {"parked": 3, "resolved": 0, "waiting": 3})
        self.assertEqual({w["waits_for"]: w["count"] for w in document["waiting"]}, {"client": 2, "feature_type": 1})
        partition, = [p for p in document["partitions"] if p["topic"] == self.processing_topic]
        self.assertEqual(partition["waiting"], 2)
        text = self.succeed("status").out
        self.assertIn("waiting: 2 for the client's registration, the oldest since", text)
        self.produce(events.registered(CLIENT, "2"), events.confirmed(CLIENT))
        self.run_until_idle()
        document = json.loads(self.succeed("status", "--json").out)
        self.assertEqual({name: document["total"][name] for name in ("parked", "resolved", "waiting")},
                         {"parked": 3, "resolved": 2, "waiting": 1})


if __name__ == "__main__":
    case.main()
