"""Parking against opening: two instances, one of them stopped at the critical point.

The client's processing events lie on the partitions of one instance, its configuration on those of
the other, as with producers that partition differently. Whoever is stopped, and wherever, the event
must end up in the log: parked and let go, or applied at once, but never left behind.
"""
import os
import pathlib
import signal

from support import case, events

CLIENT = "018f6b1e-0000-7c3d-9d4e-2f1a6b7c8d9e"
# Decided, but nothing sent; and sent, with all locks taken, but not committed.
POINTS = ("before_cas", "after_append")
PATIENT = ("--session-timeout", "30s", "-X", "heartbeat.interval.ms=200", "--progress", "1s", "--writers", "1")


class RaceTest(case.SystemTest):
    partitions = 2

    def setUp(self):
        super().setUp()
        self.produce(events.registered(CLIENT, "2"))
        self.run_until_idle()

    def start_instance(self, **environment):
        return self.start("run", "--group", self.group, *PATIENT, **environment)

    def owned(self, run):
        """The partition number that the instance has, of both topics; None if it has not just one."""
        found = self.rows("SELECT DISTINCT partition_id FROM consumer_offsets WHERE owner LIKE %s",
                          "%%/%d" % run.process.pid)
        return found[0][0] if len(found) == 1 else None

    def start_both(self, point):
        """(the one that will stop at its next unit, the other one), each with partitions of its own."""
        stopper = self.start_instance(SECRETMAGIC_FAULT="%s:1:stop" % point)
        other = self.start_instance()
        stopper.wait_for(lambda: {self.owned(stopper), self.owned(other)} == {0, 1}, "each to have a partition",
                         deadline=30)
        return stopper, other

    def is_stopped(self, run):
        state = pathlib.Path("/proc/%d/stat" % run.process.pid).read_text().rsplit(") ", 1)[1][0]
        return state == "T"

    def waits_for_lock(self):
        return self.value("SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'",
                          self.name)

    def go_on(self, stopper, other):
        os.kill(stopper.process.pid, signal.SIGCONT)
        self.wait_caught_up(stopper)
        self.wait_until_nothing_waits(stopper)
        stopper.wait_for(lambda: self.value("SELECT count(*) FROM batches") == 1, "the event to be applied")
        self.assertEqual([other.terminate(), stopper.terminate()], [0, 0])
        self.assertEqual(self.dead_letters(), [])
        self.assertEqual(self.value("SELECT count(*) FROM events WHERE kind = 'batch'"), 1)
        self.assert_verified()

    def committed(self, topic):
        return sum(self.positions(topic).values())

    def race(self, point, stop, go):
        """`stop` and `go` produce to a partition: the first is what the stopped instance works on."""
        stopper, other = self.start_both(point)
        stop(self.owned(stopper))
        stopper.wait_for(lambda: self.is_stopped(stopper), "it to stop at %s" % point)
        before = self.committed(self.topic) + self.committed(self.processing_topic)
        go(self.owned(other))
        other.wait_for(lambda: self.committed(self.topic) + self.committed(self.processing_topic) > before
                       or self.waits_for_lock(), "the other to commit, or to wait for the stopped one's locks")
        print("%s: the other %s" % (point, "waits" if self.waits_for_lock() else "has committed"))
        self.go_on(stopper, other)

    def park(self, partition):
        self.process(events.record(events.batch_started(CLIENT), partition))

    def open(self, partition):
        self.produce(events.record(events.confirmed(CLIENT), partition))

    def test_the_parker_holds_while_the_gate_is_opened(self):
        for point in POINTS:
            with self.subTest(point=point):
                self.race(point, self.park, self.open)
            self.uninstall()
            self.install()
            self.produce(events.registered(CLIENT, "2"))
            self.run_until_idle()

    def test_the_opener_holds_while_an_event_is_parked(self):
        for point in POINTS:
            with self.subTest(point=point):
                self.race(point, self.open, self.park)
            self.uninstall()
            self.install()
            self.produce(events.registered(CLIENT, "2"))
            self.run_until_idle()

    def park_for_reference(self, partition):
        self.process(events.record(events.batch_started(CLIENT, data_type="unheard_of"), partition))

    def define(self, partition):
        self.produce(events.record(events.data_type("unheard_of"), partition))

    def test_the_parker_for_a_reference_holds_while_it_is_defined_and_the_reverse(self):
        for point in POINTS:
            for stop, go in ((self.park_for_reference, self.define), (self.define, self.park_for_reference)):
                with self.subTest(point=point, stop=stop.__name__):
                    self.produce(events.confirmed(CLIENT))
                    self.run_until_idle()
                    self.race(point, stop, go)
                self.uninstall()
                self.install()
                self.produce(events.registered(CLIENT, "2"))
                self.run_until_idle()


if __name__ == "__main__":
    case.main()
