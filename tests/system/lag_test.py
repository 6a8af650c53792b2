"""`lag` tells the truth: the same as an independent count while all is well, and what is not known is not zero."""
import json
import signal
import time

from support import case, events, wait

CLIENT = "018f6b1e-0000-7c3d-9d4e-2f1a6b7c8d9e"
NOWHERE = {"SECRETMAGIC_BROKERS": "127.0.0.1:1", "SECRETMAGIC_TIMEOUT": "1s"}
NO_DATABASE = {"SECRETMAGIC_DATABASE": "host=127.0.0.1 port=1 dbname=none"}


class LagTest(case.SystemTest):
    partitions = 2

    def lag(self, *words, code=0, **environment):
        one = self.run_program("lag", "--json", *words, **environment)
        self.assertEqual(one.process.returncode, code, one.explain() + one.out[-2000:])
        return json.loads(one.out)

    def check(self, *words, **environment):
        one = self.run_program("lag", "--check", *words, **environment)
        self.assertEqual(one.out.count("\n"), 1, one.out)
        return one.process.returncode, one.out

    def counted(self):
        """Records behind, by partition, from the broker's ends and our positions alone."""
        behind = {}
        for topic in self.topics:
            positions = self.positions(topic)
            for partition, (low, high) in self.broker.watermarks(topic).items():
                behind[topic, partition] = high - max(low, positions.get(partition, low))
        return behind

    def told(self, lag):
        return {(one["topic"], one["partition"]): one["records"] for one in lag["partitions"]}

    def some_events(self, count):
        return [events.registered(CLIENT, "2")] + [
            events.feature(CLIENT, "ema", {**events.EMA, "window_days": i}) for i in range(1, count)]

    def test_a_system_that_keeps_up_is_current_and_agrees_with_an_independent_count(self):
        run = self.start_run()
        self.produce(*self.some_events(20))
        self.wait_caught_up(run)
        lag = self.lag()
        self.assertEqual(self.told(lag), self.counted())
        self.assertEqual(set(self.told(lag).values()), {0})
        self.assertEqual([one["behind_ms"] for one in lag["partitions"]], [0, 0, 0, 0])
        self.assertIn(lag["group"]["state"], ("current", "idle"))
        self.assertEqual(lag["group"]["eta_ms"], 0)
        self.assertEqual(lag["partitions"][0]["retention"], "unlimited")
        self.assertEqual(lag["parked"]["count"], 0)
        self.assertEqual(lag["dead_letters"], {"count": 0, "oldest_ms": None})
        self.assertEqual(self.check()[0], 0)
        table = self.succeed("lag").out
        self.assertRegex(table, r"\A(current|idle): 0s behind, 0 records")
        self.assertIn(self.topic, table)

    def test_what_nobody_consumes_is_behind_by_all_of_it_and_by_the_age_of_its_first_record(self):
        before = time.time()
        self.produce(*self.some_events(20))
        lag = self.lag("--window", "0")
        after = time.time()
        self.assertEqual(self.told(lag), self.counted())
        self.assertEqual(lag["group"]["records"], 20)
        self.assertEqual(lag["group"]["state"], "unassigned")
        behind = [one for one in lag["partitions"] if one["records"]]
        self.assertEqual(len(behind), 1)
        self.assertEqual(behind[0]["records"], 20)
        self.assertIsNone(behind[0]["position"], "nobody consumed from it yet")
        self.assertGreaterEqual(behind[0]["behind_ms"], 0)
        self.assertLessEqual(behind[0]["behind_ms"], (after - before) * 1000 + 1)
        code, line = self.check("--window", "0")
        self.assertEqual(code, 1, line)
        self.assertRegex(line, r"\ALAG WARNING - unassigned")
        self.assertEqual(self.check("--window", "0", "--max-records", "19")[0], 2)
        self.assertEqual(self.check("--window", "0", "--max-records", "20")[0], 1)

    def test_the_age_is_that_of_the_record_and_not_of_its_neighbours(self):
        self.produce(*self.some_events(5))
        self.run_until_idle()
        self.broker.transaction(self.topic, [events.record(events.feature(CLIENT, "ema"))] * 3, commit=False)
        hour_ago = int((time.time() - 3600) * 1000)
        self.produce({**events.record(events.feature(CLIENT, "ema")), "timestamp": hour_ago})
        lag = self.lag("--window", "0")
        self.assertEqual(lag["group"]["records"], 1, "what was aborted is nothing to be behind by")
        self.assertAlmostEqual(lag["group"]["behind_ms"], 3600000, delta=60000)
        self.assertEqual(self.check("--window", "0")[0], 2)
        self.assertEqual(self.check("--window", "0", "--max-seconds", "7200")[0], 1, "no instance runs")

    def test_a_killed_instance_leaves_its_partitions_unassigned(self):
        run = self.start_run()
        self.produce(*self.some_events(5))
        self.wait_caught_up(run)
        run.kill()
        lag = wait.wait_for(lambda: (lambda told: told if told["group"]["state"] == "unassigned" else None)(self.lag()),
                            "the dead instance's session to be gone")
        self.assertEqual(lag["group"]["records"], 0)
        self.assertEqual(self.check()[0], 1)

    def test_a_frozen_instance_does_not_look_healthy(self):
        run = self.start_run("--session-timeout", "30s")
        self.produce(*self.some_events(5))
        self.wait_caught_up(run)
        run.signal(signal.SIGSTOP)
        self.addCleanup(run.signal, signal.SIGCONT)
        self.produce(*[events.feature(CLIENT, "ma", {"window_days": i}) for i in range(1, 4)])
        lag = wait.wait_for(lambda: (lambda told: told if told["group"]["behind_ms"] > 12000 else None)(
            self.lag("--window", "3s")), "the records to grow old", 40)
        self.assertEqual(lag["group"]["state"], "falling_behind")
        self.assertEqual(lag["group"]["records"], 3)
        self.assertEqual(lag["group"]["eta"], "never")
        self.assertEqual(self.check("--max-seconds", "10", "--window", "0")[0], 2)

    def test_who_does_not_answer_makes_it_unknown_and_not_zero(self):
        run = self.start_run()
        self.produce(*self.some_events(5), events.feature(CLIENT, "moon"), {"value": b"no event", "key": None,
                                                                            "partition": 0})
        self.wait_caught_up(run)
        known = self.lag()
        self.assertEqual((known["parked"]["count"], known["dead_letters"]["count"]), (1, 1))
        self.assertGreaterEqual(known["dead_letters"]["oldest_ms"], 0)
        lag = self.lag(code=3, **NOWHERE)
        self.assertEqual(lag["group"]["state"], "unknown")
        self.assertIsNone(lag["group"]["records"])
        self.assertIsNone(lag["group"]["behind_ms"])
        self.assertIsNotNone(lag["kafka"]["error"])
        self.assertEqual({one["records"] for one in lag["partitions"]}, {None})
        self.assertEqual(self.check(**NOWHERE)[0], 3)
        lag = self.lag(code=3, **NO_DATABASE)
        self.assertEqual(lag["group"]["state"], "unknown")
        self.assertIsNotNone(lag["database"]["error"])
        self.assertEqual({one["records"] for one in lag["partitions"]}, {None})
        self.assertEqual({one["lost"] for one in lag["partitions"]}, {None})
        self.assertIsNone(lag["dead_letters"]["count"])
        self.assertEqual(self.check(**NO_DATABASE)[0], 3)
        self.assertEqual(self.check(**NOWHERE, **NO_DATABASE)[0], 3)

    def test_an_open_transaction_holds_records_back_and_that_is_told(self):
        self.produce(*self.some_events(3))
        self.run_until_idle()
        producer = self.broker.producer(**{"transactional.id": self.name})
        producer.init_transactions(20)
        producer.begin_transaction()
        record = events.record(events.feature(CLIENT, "ema"))
        self.broker.produce(self.topic, [record] * 4, producer)
        lag = self.lag()
        self.assertEqual(sum(one["evidence"]["held_back"] for one in lag["partitions"]), 4)
        self.assertEqual(lag["group"]["records"], 0)
        producer.commit_transaction(20)
        self.assertGreater(self.lag("--window", "0")["group"]["records"], 0)

    def test_watch_looks_again_until_it_is_told_to_end(self):
        one = self.start("lag", "--watch", "--json")
        one.wait_for(lambda: one.out.count('"at_ms"') >= 2, "a second look")
        one.signal(signal.SIGINT)
        self.assertEqual(one.wait(20), 0)


if __name__ == "__main__":
    case.main()
