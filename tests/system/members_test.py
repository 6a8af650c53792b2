"""Instances come, go, freeze and die: nothing is lost and nothing is there twice."""
import signal
import threading
import time

from support import case, load


class MembersTest(case.SystemTest):
    def setUp(self):
        super().setUp()
        self.load = load.Load(self.name, clients=40)
        self.stop_load = threading.Event()
        self.addCleanup(self.stop_load.set)

    def keep_producing(self):
        """Until stop_load: so that whatever happens happens under load."""
        def produce():
            while not self.stop_load.is_set():
                self.produce(*self.load.records(50))
                self.process(*self.load.processing_records(15))
                self.stop_load.wait(0.02)
        self.producing = threading.Thread(target=produce)
        self.producing.start()

    def end_producing(self):
        self.stop_load.set()
        self.producing.join(60)

    def owners(self):
        return {row[0] for row in self.rows("SELECT owner FROM consumer_offsets JOIN topics USING (topic_id) "
                                            "WHERE name = %s", self.topic)}

    def epochs(self):
        return dict(self.rows("SELECT (topic_id, partition_id), epoch FROM consumer_offsets"))

    def consumed(self):
        return self.counts()["consumed"]

    def assert_progress(self, run):
        before = self.consumed()
        run.wait_for(lambda: self.consumed() > before, "records to be committed")

    def assert_all_is_well(self):
        self.end_producing()
        self.run_until_idle()
        self.assert_tables_as_expected()
        self.assert_processing_is_accounted_for()
        self.assert_verified()

    def test_instances_share_the_partitions_as_they_join_leave_and_are_killed(self):
        self.keep_producing()
        first = self.start_run()
        self.assert_progress(first)
        second = self.start_run()
        second.wait_for(lambda: len(self.owners()) == 2, "both to own partitions")
        self.assert_progress(second)
        self.assertEqual(second.terminate(), 0)
        first.wait_for(lambda: len(self.owners()) == 1, "the first to have all partitions again")
        self.assert_progress(first)
        third = self.start_run()
        third.wait_for(lambda: len(self.owners()) == 2, "both to own partitions")
        third.kill()
        first.wait_for(lambda: len(self.owners()) == 1, "the first to take over what the dead one had")
        self.assert_progress(first)
        self.assertEqual(first.terminate(), 0)
        self.assert_all_is_well()

    def test_sigterm_ends_it_quickly_with_0_under_load(self):
        self.keep_producing()
        run = self.start_run()
        self.assert_progress(run)
        begin = time.monotonic()
        self.assertEqual(run.terminate(), 0)
        self.assertLess(time.monotonic() - begin, 3)
        self.assert_all_is_well()

    def test_sigterm_abandons_a_transaction_that_does_not_end(self):
        self.produce(*self.load.records(50))
        blocker = self.hold_units()
        run = self.start_run("--stop-timeout", "300ms")
        run.wait_for(self.is_blocked, "its transaction to be held up")
        self.assertEqual(run.terminate(), 0)
        blocker.close()
        self.stop_load.set()
        self.run_until_idle()
        self.assert_tables_as_expected()
        self.assert_verified()

    def hold_units(self):
        """A session in whose way every unit of work gets stuck in the middle of its transaction: when it
        has moved its positions and wants the locks of its clients' buckets (class "SMbr")."""
        blocker = self.connect()
        blocker.cursor().execute("SELECT pg_advisory_lock(1397571378, g) FROM generate_series(0, 255) AS g")
        self.addCleanup(blocker.close)
        return blocker

    def is_blocked(self):
        return self.value("SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'",
                          self.name)

    def test_a_frozen_owner_does_not_block_its_successor_and_writes_nothing_when_it_thaws(self):
        self.produce(*self.load.records(200))
        blocker = self.hold_units()
        frozen = self.start_run("--writers", "1")
        frozen.wait_for(self.is_blocked, "its transaction to be held up")
        frozen.signal(signal.SIGSTOP)
        before = self.epochs()
        successor = self.start_run()
        successor.wait_for(lambda: all(self.epochs()[p] > e for p, e in before.items()) and len(self.owners()) == 1,
                           "the successor to take everything over")
        self.assertEqual(self.value("SELECT count(*) FROM events"), 0)
        blocker.close()
        self.wait_caught_up(successor)
        successor.wait_for(lambda: not self.value("SELECT count(*) FROM parked_due"), "what waited to be let go")
        ledger = self.rows("SELECT topic_id, partition_id, seq, digest FROM ingest_ledger ORDER BY 1, 2, 3")
        frozen.signal(signal.SIGCONT)
        # It finds out that it has lost everything, and then becomes a member like any other.
        frozen.wait_for(lambda: "lost" in frozen.err or "another owner" in frozen.err, "it to notice")
        frozen.wait_for(lambda: len(self.owners()) == 2, "both to share the partitions")
        kept = self.rows("SELECT topic_id, partition_id, seq, digest FROM ingest_ledger ORDER BY 1, 2, 3")
        self.assertEqual(kept, ledger, "what it had in flight is written by nobody")
        self.keep_producing()
        self.assert_progress(frozen)
        self.assertEqual([successor.terminate(), frozen.terminate()], [0, 0])
        self.assert_all_is_well()

    def test_an_instance_that_froze_between_transactions_is_fenced(self):
        self.keep_producing()
        frozen = self.start_run()
        self.assert_progress(frozen)
        frozen.signal(signal.SIGSTOP)
        owner = self.owners()
        successor = self.start_run()
        successor.wait_for(lambda: not self.owners() & owner, "the successor to take everything over")
        self.assert_progress(successor)
        frozen.signal(signal.SIGCONT)
        frozen.wait_for(lambda: len(self.owners()) == 2, "both to share the partitions")
        self.assertEqual([successor.terminate(), frozen.terminate()], [0, 0])
        self.assert_all_is_well()

    def test_with_static_membership_a_restart_keeps_its_partitions(self):
        words = ("--instance-id", "one", "--session-timeout", "20s")
        self.keep_producing()
        first = self.start_run(*words)
        self.assert_progress(first)
        first.kill()
        again = self.start_run(*words)
        again.wait_for_line("assigned")  # what the first had sent may still have been committed until then
        before = self.consumed()
        again.wait_for(lambda: self.consumed() > before, "it to go on well before the session is over", deadline=8)
        self.assertEqual(again.terminate(), 0)
        self.end_producing()
        # The member that left without saying so still has the partitions for 20 s.
        self.run_until_idle(*words)
        self.assert_tables_as_expected()
        self.assert_verified()

    def test_of_two_processes_of_one_name_one_goes_on_and_the_other_says_why(self):
        words = ("--instance-id", "one")
        self.keep_producing()
        both = [self.start_run(*words)]
        self.assert_progress(both[0])
        both.append(self.start_run(*words))
        both[1].wait_for(lambda: any(not one.is_running() for one in both), "one of them to give up")
        ended = [one for one in both if not one.is_running()]
        left = [one for one in both if one.is_running()]
        self.assertEqual(len(left), 1)
        self.assertEqual(ended[0].process.returncode, 3, ended[0].explain())
        self.assertIn("another process runs with the same --instance-id", ended[0].err)
        self.assert_progress(left[0])
        self.end_producing()
        self.assertEqual(left[0].terminate(), 0)
        self.run_until_idle(*words)
        self.assert_tables_as_expected()
        self.assert_verified()


if __name__ == "__main__":
    case.main()
