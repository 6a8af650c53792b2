"""The ways back for what was refused: list, show, retry, discard, export; and for what waits: expire."""
import base64
import json

from support import case, events

CLIENT = "018f6b1e-0000-7c3d-9d4e-2f1a6b7c8d9e"
OTHER = "018f6b1e-0001-7c3d-9d4e-2f1a6b7c8d9e"
ASKED = ("--actor", "olga@example.com")


class LetterCase(case.SystemTest):
    partitions = 1

    def letters(self, verb, *words, code=0, **more):
        one = self.run_program("dead-letters", verb, *words, **more)
        self.assertEqual(one.process.returncode, code, one.explain() + one.out[-2000:])
        return one

    def listed(self, *words):
        return json.loads(self.letters("list", "--json", *words).out)

    def shown(self, id_):
        return json.loads(self.letters("show", str(id_), "--json").out)

    def only(self, **more):
        """The number of the one dead letter there is."""
        (id_,), = self.rows("SELECT id FROM dead_letters")
        return str(id_)

    def refuse_one(self):
        """A deactivation of what is not there, behind a client's registration."""
        event = events.deactivated(CLIENT, "promo")
        self.produce(events.registered(CLIENT, "1"), event)
        self.run_until_idle()
        self.assertEqual(self.dead_letters("code"), [("NOTHING_ACTIVE",)])
        return event


class RetryTest(LetterCase):
    def test_after_its_cause_is_mended_a_dead_letter_is_applied(self):
        event = self.refuse_one()
        self.produce(events.event("feature_config.changed", CLIENT, {"feature_type": "promo", "config": {"x": 1}},
                                  time=events.time_text(-60)))
        run = self.start_run()
        self.wait_caught_up(run)
        one = self.letters("retry", self.only(), *ASKED)
        self.assertIn("applied", one.out)
        self.assertEqual(run.terminate(), 0)
        self.assertEqual(self.rows("SELECT version, type::text, cause::text FROM events WHERE key = 'promo' "
                                   "ORDER BY version"),
                         [(1, "feature_config.changed", "live"), (2, "feature_config.deactivated", "retried")])
        self.assertEqual(self.value("SELECT record_offset FROM events WHERE event_id = %s", event["id"]), 1)
        self.assertEqual(self.value("SELECT is_active FROM feature_configs"), False)
        shown = self.shown(self.only())
        self.assertEqual((shown["state"], shown["attempts"]), ("retried", 1))
        self.assertEqual([(h["action"], h["actor"], h["outcome"], h["done_at"] is None) for h in shown["history"]],
                         [("retried", "olga@example.com", "applied", False)])
        again = self.letters("retry", self.only(), *ASKED, code=1)
        self.assertIn("refused: it is retried already", again.out)
        self.assert_verified()

    def test_one_that_is_rejected_again_stays_open_with_each_attempt(self):
        self.refuse_one()
        run = self.start_run()
        one = self.letters("retry", self.only(), *ASKED, "--reason", "hope", code=1)
        self.assertIn("rejected: NOTHING_ACTIVE", one.out)
        (result,) = json.loads(self.letters("retry", self.only(), "--json", *ASKED, "--reason", "hope", code=1).out)["results"]
        self.assertEqual((result["outcome"], result["code"]), ("rejected", "NOTHING_ACTIVE"))
        shown = self.shown(self.only())
        self.assertEqual((shown["state"], shown["attempts"]), ("open", 2))
        self.assertEqual([(h["outcome"], h["code"], h["reason"]) for h in shown["history"]],
                         [("rejected", "NOTHING_ACTIVE", "hope")] * 2)
        text = self.letters("show", self.only()).out
        for word in ("olga@example.com", "because: hope", "rejected: NOTHING_ACTIVE", "attempts    2"):
            self.assertIn(word, text)
        self.assertEqual(run.terminate(), 0)
        self.assertEqual(self.value("SELECT count(*) FROM dead_letters"), 1)
        self.assert_verified()

    def test_force_does_not_overrule_the_version_that_the_producer_expected(self):
        self.produce(events.registered(CLIENT, "1"), events.feature(CLIENT, "promo", {"old": True}, expectedversion=7),
                     events.feature(CLIENT, "promo", {"old": False}, time=events.time_text(10)))
        self.run_until_idle()
        run = self.start_run()
        for words in ((), ("--force",)):
            one = self.letters("retry", self.only(), *words, *ASKED, code=1)
            self.assertIn("rejected: VERSION_CONFLICT", one.out)
        self.assertEqual(run.terminate(), 0)
        self.assertEqual(self.value("SELECT config->>'old' FROM feature_configs WHERE is_active"), "false")
        self.assert_verified()

    def test_newer_state_is_not_overwritten_unless_forced_and_the_audit_says_so(self):
        self.refuse_one()
        self.produce(events.feature(CLIENT, "promo", {}, time=events.time_text(3600)))
        run = self.start_run()
        self.wait_caught_up(run)
        one = self.letters("retry", self.only(), *ASKED, code=1)
        self.assertIn("rejected: STATE_NEWER", one.out)
        self.assertIn("applied", self.letters("retry", self.only(), "--force", *ASKED).out)
        self.assertEqual(run.terminate(), 0)
        self.assertEqual(self.rows("SELECT event_type, cause::text FROM audit_log WHERE event_type LIKE 'feature%%' "
                                   "ORDER BY version"),
                         [("feature_config.changed", "live"), ("feature_config.deactivated", "forced")])
        self.assertEqual(self.value("SELECT count(*) FROM feature_configs WHERE is_active"), 0)
        self.assert_verified()

    def test_requests_stand_while_nobody_runs_and_are_done_later(self):
        self.refuse_one()
        one = self.letters("retry", "--code", "NOTHING_ACTIVE", "--wait", "300ms", *ASKED, code=1)
        self.assertIn("1 of 1 requests are not done in time: they stand", one.err)
        (result,) = json.loads(self.letters("retry", self.only(), "--json", *ASKED, code=1).out)["results"]
        self.assertEqual((result["dead_letter"], result["outcome"]), (int(self.only()), "refused"))
        self.assertIn("stands already", result["detail"])
        again = self.letters("retry", "--all", "--wait", "0", *ASKED, code=1)
        self.assertIn("stands already", again.out)
        self.assertIn("stands already", self.letters("discard", self.only(), "--reason", "x", *ASKED, code=1).out)
        self.run_until_idle()
        self.assertEqual(self.rows("SELECT outcome, attempts FROM operator_requests"), [("rejected", 1)])
        self.assert_verified()

    def test_a_set_is_retried_in_one_go(self):
        clients = ["018f6b1e-%04x-7c3d-9d4e-2f1a6b7c8d9e" % i for i in range(40)]
        for client in clients:
            self.produce(events.registered(client, "n" + client[9:13]), events.deactivated(client, "promo"),
                         events.feature(client, "promo", {}, time=events.time_text(-9)))
        self.run_until_idle()
        run = self.start_run()
        one = self.letters("retry", "--client", clients[3], *ASKED)
        self.assertEqual(len(one.out.splitlines()), 1)
        one = self.letters("retry", "--type", "feature_config.deactivated", "--force", *ASKED)
        self.assertEqual(len(one.out.splitlines()), 39)
        self.assertEqual(run.terminate(), 0)
        self.assertEqual(self.rows("SELECT state::text, count(*) FROM dead_letters GROUP BY 1"), [("retried", 40)])
        self.assertEqual(self.value("SELECT count(*) FROM feature_configs WHERE is_active"), 0)
        self.assert_verified()

    def test_a_refused_event_that_is_sent_again_is_a_duplicate_and_a_retry_applies_it_once(self):
        event = self.refuse_one()
        self.produce(events.feature(CLIENT, "promo", {}, time=events.time_text(-60)), event)
        self.run_until_idle()
        self.assertEqual(self.counts("duplicated"), {"duplicated": 1})
        run = self.start_run()
        self.assertIn("applied", self.letters("retry", self.only(), *ASKED).out)
        self.produce(event)
        self.wait_caught_up(run)
        self.assertEqual(run.terminate(), 0)
        self.assertEqual(self.counts("duplicated"), {"duplicated": 2})
        self.assertEqual(self.value("SELECT count(*) FROM events WHERE event_id = %s", event["id"]), 1)
        self.assert_verified()


class DiscardTest(LetterCase):
    def test_discard_closes_with_actor_and_reason_and_deletes_nothing(self):
        event = self.refuse_one()
        one = self.letters("discard", self.only(), "--reason", "sent by mistake", *ASKED)
        self.assertIn("discarded", one.out)
        shown = self.shown(self.only())
        self.assertEqual((shown["state"], json.loads(shown["record_value"])), ("discarded", event))
        self.assertEqual([(h["action"], h["outcome"], h["reason"], h["actor"]) for h in shown["history"]],
                         [("discarded", "discarded", "sent by mistake", "olga@example.com")])
        for verb in ("discard", "retry"):
            self.assertIn("it is discarded already",
                          self.letters(verb, self.only(), "--reason", "x", *ASKED, code=1).out)
        self.assertEqual(self.listed()["total"], 0)
        self.assertEqual(self.listed("--state", "discarded")["total"], 1)
        self.assert_verified()

    def test_what_makes_no_sense_is_refused(self):
        self.refuse_one()
        id_ = self.only()
        for words, told in (((), "list, show"), (("frob",), "frob"), (("show",), "the number"), (("show", "x"), "'x'"),
                            (("show", "999"), "999"), (("retry", id_), "--actor"), (("retry", *ASKED), "--all"),
                            (("discard", id_, *ASKED), "--reason"), (("retry", "999", *ASKED), "999"),
                            (("discard", "--reason", "x", *ASKED), "--all"),
                            (("retry", id_, "--actor", "a" * 101), "100 characters"),
                            (("list", "--client", "x"), "a UUID"), (("list", "--state", "lost"), "open")):
            one = self.run_program("dead-letters", *words)
            self.assertEqual(one.process.returncode, 2, one.explain())
            self.assertIn(told, one.err)
        self.assertEqual(self.value("SELECT count(*) FROM operator_requests"), 0)
        one = self.run_program("dead-letters", "list", "--database", "host=127.0.0.1 port=1 dbname=x", "--timeout", "500ms")
        self.assertEqual(one.process.returncode, 3, one.explain())


class LookTest(LetterCase):
    def setUp(self):
        super().setUp()
        self.bad = events.encode(events.feature(CLIENT))[:-1]
        self.batch = events.batch_completed(CLIENT, "never")
        headers = [("trace", b"\x00\xff"), ("note", b"hello"), ("none", None)]
        self.produce(events.registered(CLIENT, "1"), events.confirmed(CLIENT), events.deactivated(CLIENT, "promo"),
                     events.deactivated(CLIENT, "ema"), {"value": self.bad, "key": CLIENT, "partition": 0, "headers": headers},
                     {"value": b"\x07\x00\x01", "key": OTHER, "partition": 0}, {"value": None, "key": None, "partition": 0})
        self.process(self.batch)
        self.run_until_idle()

    def test_list_counts_by_code_and_filters(self):
        found = self.listed()
        self.assertEqual(found["codes"][0], {"code": "NOTHING_ACTIVE", "count": 2})
        self.assertEqual({c["code"] for c in found["codes"]},
                         {"NOTHING_ACTIVE", "JSON_INVALID", "FORMAT_UNKNOWN", "VALUE_MISSING", "BATCH_UNKNOWN"})
        self.assertEqual((found["total"], len(found["dead_letters"])), (6, 6))
        ages = [letter["age_seconds"] for letter in found["dead_letters"]]
        self.assertEqual(ages, sorted(ages, reverse=True))
        for words, count in ((("--code", "NOTHING_ACTIVE"), 2), (("--type", "batch.completed"), 1), (("--client", OTHER), 0),
                             (("--client", CLIENT, "--code", "BATCH_UNKNOWN"), 1), (("--topic", "processing"), 1),
                             (("--topic", self.topic), 5), (("--older-than", "1d"), 0), (("--state", "retried"), 0),
                             (("--state", "all"), 6)):
            self.assertEqual(self.listed(*words)["total"], count, words)
        found = self.listed("--limit", "2")
        self.assertEqual((found["total"], len(found["dead_letters"]), sum(c["count"] for c in found["codes"])), (6, 2, 6))
        text = self.letters("list").out
        for word in ("NOTHING_ACTIVE", CLIENT, "batch.completed", "6 of 6 dead letters", self.processing_topic):
            self.assertIn(word, text)
        self.assertEqual(self.letters("list", "--older-than", "1d").out, "there is no such dead letter\n")

    def find(self, code):
        return str(self.value("SELECT id FROM dead_letters WHERE code = %s", code))

    def test_show_tells_position_headers_bytes_and_the_place_of_the_fault(self):
        shown = self.shown(self.find("JSON_INVALID"))
        self.assertEqual((shown["topic"], shown["partition"], shown["offset"], shown["code"], shown["history"]),
                         (self.topic, 0, 4, "JSON_INVALID", []))
        self.assertEqual(shown["record_value"], self.bad.decode())
        self.assertEqual([(h["name"], h["value"], h["value_hex"]) for h in shown["headers"]],
                         [("trace", None, "00ff"), ("note", "hello", None), ("none", None, None)])
        text = self.letters("show", self.find("JSON_INVALID")).out
        for word in ("%s[0] offset 4" % self.topic, "trace: \\x00ff", "note: hello", "none: (null)", self.bad.decode(),
                     "at byte %d: " % len(self.bad), " >>> "):
            self.assertIn(word, text)
        self.assertIn("00000000  07 00 01", self.letters("show", self.find("FORMAT_UNKNOWN")).out)
        self.assertIn("value       (null)", self.letters("show", self.find("VALUE_MISSING")).out)

    def test_export_gives_the_original_records(self):
        lines = [json.loads(line) for line in self.letters("export").out.splitlines()]
        self.assertEqual([line["offset"] for line in lines if line["topic"] == self.topic], [2, 3, 4, 5, 6])
        by_code = {line["code"]: line for line in lines}
        self.assertEqual(by_code["JSON_INVALID"]["value"], self.bad.decode())
        self.assertEqual(by_code["JSON_INVALID"]["headers"],
                         [{"name": "trace", "value_base64": base64.b64encode(b"\x00\xff").decode()},
                          {"name": "note", "value": "hello"}, {"name": "none", "value": None}])
        self.assertEqual(base64.b64decode(by_code["FORMAT_UNKNOWN"]["value_base64"]), b"\x07\x00\x01")
        self.assertEqual((by_code["VALUE_MISSING"]["value"], by_code["VALUE_MISSING"]["key"]), (None, None))
        self.assertEqual(json.loads(by_code["BATCH_UNKNOWN"]["value"]), self.batch)
        self.assertEqual(len(self.letters("export", "--code", "BATCH_UNKNOWN").out.splitlines()), 1)


class ExpireTest(LetterCase):
    def expire(self, *words, code=0):
        one = self.run_program("parked", "expire", *words, *ASKED, "--reason", "too late")
        self.assertEqual(one.process.returncode, code, one.explain() + one.out)
        return one

    def test_what_expires_is_a_dead_letter_and_later_ones_of_its_queue_go(self):
        stuck = events.feature(CLIENT, "moon", {"i": 1})
        self.produce(events.registered(CLIENT, "1"), events.confirmed(CLIENT))
        self.process(events.batch_started(CLIENT, "b1", "unheard_of"), events.batch_started(CLIENT, "b2"))
        self.produce(stuck)
        self.run_until_idle()
        self.assertEqual(len(self.waiting()), 3)
        first = self.value("SELECT id FROM parked_events WHERE key = 'b1'")
        run = self.start_run()
        one = self.expire(str(first))
        self.assertIn("parked event %d: expired" % first, one.out)
        run.wait_for(lambda: len(self.waiting()) == 1, "the one behind it to go")
        self.assertEqual(self.rows("SELECT id FROM batches"), [("b2",)])
        self.assertEqual(self.dead_letters("code"), [("PARKED_EXPIRED",)])
        self.assertIn("expired already", self.expire(str(first), code=1).out)
        self.expire("--type", "feature_config.changed", "--waits-for", "feature_type")
        self.assertEqual(self.waiting(), [])
        self.assertEqual(self.value("SELECT count(*) FROM dead_letters WHERE code = 'PARKED_EXPIRED'"), 2)
        self.assertEqual(self.expire("--all").out, "no such event waits\n")
        self.assertEqual(json.loads(self.expire("--all", "--json").out), {"results": []})
        self.assertEqual(self.rows("SELECT DISTINCT action, actor, reason FROM operator_requests"),
                         [("expired", "olga@example.com", "too late")])
        letter = str(self.value("SELECT id FROM dead_letters WHERE event_id = %s", stuck["id"]))
        self.assertIn("dead letter %s: parked" % letter, self.letters("retry", letter, *ASKED).out)
        self.assertEqual(len(self.waiting()), 1, "what it waits for is not there yet")
        self.produce(events.feature_type("moon"))
        self.wait_until_nothing_waits(run)
        self.assertEqual(self.value("SELECT count(*) FROM feature_configs WHERE feature_type = 'moon'"), 1)
        self.assertEqual(run.terminate(), 0)
        self.assert_verified()

    def test_what_makes_no_sense_is_refused(self):
        for words, told in (((), "--all"), (("7",), "7"), (("x",), "'x'")):
            one = self.expire(*words, code=2)
            self.assertIn(told, one.err)
        one = self.run_program("parked", "expire", "--all", *ASKED)
        self.assertEqual((one.process.returncode, "--reason" in one.err), (2, True), one.explain())


if __name__ == "__main__":
    case.main()
