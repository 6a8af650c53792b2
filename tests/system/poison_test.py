"""A record of which the process dies is found by the counters, and quarantined while the rest goes on."""
import signal
import time

from support import case, events

CLIENT = "018f6b1e-0000-7c3d-9d4e-2f1a6b7c8d9e"
STARTS_MAX = 15


class PoisonTest(case.SystemTest):
    partitions = 2

    def restart_until(self, condition, number, *words, **fault):
        """As a supervisor would; returns how often the process died of that signal."""
        deaths = 0
        for _ in range(STARTS_MAX):
            run = self.start_run(*words, **fault)
            deadline = time.monotonic() + 30
            while run.is_running() and not condition() and time.monotonic() < deadline:
                time.sleep(0.05)
            if run.is_running():
                self.assertTrue(condition(), run.explain())
                self.assertEqual(run.terminate(), 0)
                print("%d deaths" % deaths, end=" ")
                return deaths
            self.assertEqual(run.process.returncode, -number, run.explain())
            deaths += 1
        self.fail("still dying after %d starts: %s" % (deaths, run.explain()))

    def send(self):
        self.poison = events.encode(events.feature(CLIENT, "ema", {**events.EMA, "note": "arsenic"}))
        before, after = ([events.feature(CLIENT, "promo", {"i": i}) for i in range(*ends)] for ends in ((0, 25), (25, 60)))
        self.produce(events.registered(CLIENT, "1"), *before,
                     {"value": self.poison, "key": CLIENT, "partition": 0}, *after)
        self.produce(*(events.record(events.registered("018f6b1e-%04x-7c3d-9d4e-2f1a6b7c8d9e" % i, "n%d" % i), partition=1)
                       for i in range(1, 20)))

    def check(self):
        (code, value, state, id_), = self.dead_letters("code, record_value, state::text, id")
        self.assertEqual((code, bytes(value), state), ("PROCESS_DIED", self.poison, "open"))
        self.assertEqual(self.value("SELECT max(version) FROM heads WHERE key = 'promo'"), 60)
        self.assertEqual(self.value("SELECT count(*) FROM clients"), 20)
        self.assert_verified()
        return str(id_)

    def test_a_record_that_kills_is_quarantined_with_its_bytes_and_can_be_retried(self):
        self.send()
        deaths = self.restart_until(self.caught_up(), signal.SIGKILL, SECRETMAGIC_FAULT_POISON="arsenic")
        self.assertIn(deaths, range(2, 8))
        id_ = self.check()
        run = self.start_run()
        one = self.run_program("dead-letters", "retry", id_, "--force", "--actor", "olga")
        self.assertIn("dead letter %s: " % id_, one.out, one.explain())
        self.assertEqual(run.terminate(), 0)
        self.assertEqual(self.value("SELECT attempts FROM dead_letters"), 1)
        self.assert_verified()

    def test_a_record_on_which_a_step_hangs_is_found_by_the_watchdog(self):
        self.send()
        deaths = self.restart_until(self.caught_up(), signal.SIGALRM, "--watchdog", "1s", SECRETMAGIC_FAULT_HANG="arsenic")
        self.assertIn(deaths, range(2, 8))
        self.assertIn("watchdog", "".join(one.err for one in self.programs))
        self.check()

    def test_a_retry_that_kills_is_given_up_and_the_rest_goes_on(self):
        self.produce(events.registered(CLIENT, "1"), events.event(
            "feature_config.deactivated", CLIENT, {"feature_type": "promo", "reason": "arsenic"}))
        self.run_until_idle()
        asked = self.run_program("dead-letters", "retry", "--all", "--wait", "0", "--actor", "olga")
        self.assertEqual(asked.process.returncode, 1, asked.explain())
        self.restart_until(lambda: self.value("SELECT done_at IS NOT NULL FROM operator_requests"), signal.SIGKILL,
                           SECRETMAGIC_FAULT_POISON="arsenic")
        self.assertEqual(self.rows("SELECT outcome, attempts FROM operator_requests"), [("died", 5)])
        self.assertEqual(self.dead_letters("code, state::text"), [("NOTHING_ACTIVE", "open")])
        self.assert_verified()

    def test_restarts_in_order_are_nobody_s_death_however_many(self):
        self.produce(events.registered(CLIENT, "1"))
        self.run_until_idle()
        for _ in range(5):
            self.run_until_idle()
            run = self.start_run()
            run.wait_for(lambda: "assigned" in run.err and self.owned(), "the partitions to be taken over")
            self.assertEqual(run.terminate(), 0)
        self.assertNotIn("one by one", "".join(one.err for one in self.programs))
        self.assertLessEqual(self.value("SELECT max(claims) FROM consumer_offsets"), 1)

    def owned(self):
        """All partitions, by a session that still lives."""
        return self.value("SELECT bool_and(EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = o.owner_pid "
                          "AND a.backend_start = o.owner_started)) FROM consumer_offsets o")

    def test_an_idle_process_and_one_that_was_stopped_are_not_killed(self):
        run = self.start_run("--watchdog", "500ms", "--session-timeout", "30s")
        run.wait_for(lambda: len(self.positions()) == 2, "the partitions to be taken over")
        time.sleep(1.5)
        run.signal(signal.SIGSTOP)
        time.sleep(1.5)
        run.signal(signal.SIGCONT)
        time.sleep(1.0)
        self.assertTrue(run.is_running(), run.explain())
        self.assertEqual(run.terminate(), 0)


if __name__ == "__main__":
    case.main()
