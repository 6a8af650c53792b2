"""Kills the program, PostgreSQL and the broker, again and again, under load; then compares every table
with what the oracle makes of what is really on the topics.

Whoever is killed again and again over one record takes it for a killer in the end (PROCESS_DIED), and
rightly so: it cannot know that the record is harmless.

SECRETMAGIC_CRASH_KILLS: how many (20). SECRETMAGIC_CRASH_SEED: repeats the choices of a run.
"""
import collections
import os
import random
import signal
import threading
import time

from support import case, load, stack

KILLS = int(os.environ.get("SECRETMAGIC_CRASH_KILLS", "20"))
BACKLOG = 4000  # records: a slow machine must not be given more and more of them
SEED = os.environ.get("SECRETMAGIC_CRASH_SEED") or str(random.SystemRandom().randrange(10 ** 9))
POINTS = ("before_cas", "after_append", "commit_sent", "before_group_commit")


def plan(choices, count):
    """Each named point, PostgreSQL and the broker first have their share; the rest is random moments."""
    kinds = []
    for i in range(count):
        kinds.append((*POINTS, "postgres", "program", *POINTS, "broker", "program")[i % 12])
    choices.shuffle(kinds)
    return kinds


class CrashTest(case.SystemTest):
    @classmethod
    def make_stack(cls):
        return stack.private("crash")

    def setUp(self):
        super().setUp()
        self.choices = random.Random(SEED)
        self.load = load.Load(SEED, clients=300)
        self.stop_load = threading.Event()
        self.addCleanup(self.stop_load.set)
        self.hits = collections.Counter()
        self.instances = 0

    def keep_producing(self):
        """Not idempotent: librdkafka 2.0.2 gives such a producer up when a broker is killed. What it
        sends twice is on the topic twice, where the oracle sees it too."""
        producer = self.broker.producer(**{"enable.idempotence": False, "reconnect.backoff.max.ms": 500})
        sent = 0
        while not self.stop_load.is_set():
            if sent - (self.consumed() or 0) > BACKLOG:
                self.stop_load.wait(0.1)
                continue
            sent += 55
            for record in self.load.records(40):
                producer.produce(self.topic, **record)
            for record in self.load.processing_records(15):
                producer.produce(self.processing_topic, **record)
            producer.poll(0)
            while len(producer) > 2000 and not self.stop_load.is_set():
                producer.poll(0.05)
            self.stop_load.wait(0.04)
        self.undelivered = producer.flush(60)

    def consumed(self):
        try:
            return self.counts()["consumed"]
        except case.psycopg2.OperationalError:
            return None
        except case.psycopg2.InterfaceError:
            return None

    def start_instance(self, **environment):
        """Two writers; a static member now and then, which comes back without waiting for its session."""
        self.instances += 1
        return self.start_run("--writers", "2", "--retry-max", "300ms", "--instance-id", "crash",
                              "--batch-records", str(self.choices.choice([20, 500, 5000])), **environment)

    def wait_for_progress(self, run):
        before = self.consumed()
        run.wait_for(lambda: (self.consumed() or 0) > before, "records to be committed", deadline=60)

    def die_at(self, point):
        count = self.choices.randrange(1, 6)
        run = self.start_instance(SECRETMAGIC_FAULT="%s:%d" % (point, count))
        self.assertEqual(run.wait(60), -signal.SIGKILL, run.explain())
        self.assertIn("%s is hit" % point, run.err, run.explain())

    def kill_program(self):
        run = self.start_instance()
        self.wait_for_progress(run)
        time.sleep(self.choices.random() * 0.3)  # the random moment
        self.assertEqual(run.kill(), -signal.SIGKILL)

    def kill_server(self, service):
        run = self.start_instance()
        self.wait_for_progress(run)
        time.sleep(self.choices.random() * 0.3)
        self.stack.kill(service)
        self.stack.up(service)
        if service == "postgres":
            self.db.close()
            self.db = self.connect()
        self.wait_for_progress(run)
        self.assertEqual(run.kill(), -signal.SIGKILL)

    def crash(self, kind):
        if kind in POINTS:
            self.die_at(kind)
        elif kind == "program":
            self.kill_program()
        else:
            self.kill_server({"postgres": "postgres", "broker": "kafka"}[kind])
        self.hits[kind] += 1

    def test_nothing_is_lost_and_nothing_is_there_twice_after_any_number_of_kills(self):
        print("seed %s, %d kills; again: SECRETMAGIC_CRASH_SEED=%s SECRETMAGIC_CRASH_KILLS=%d" % (SEED, KILLS, SEED, KILLS))
        producing = threading.Thread(target=self.keep_producing)
        producing.start()
        try:
            for kind in plan(self.choices, KILLS):
                self.crash(kind)
        finally:
            self.stop_load.set()
            producing.join(90)
        self.assertEqual(self.undelivered, 0)
        self.run_until_idle("--instance-id", "crash", deadline=240)
        print("hits: %s; %d instances; %s" % (dict(self.hits), self.instances, self.counts()))
        for point in POINTS:
            self.assertGreater(self.hits[point], 0, point)
        self.assertEqual(sum(self.hits.values()), KILLS)
        self.assert_tables_as_expected()
        self.assert_processing_is_accounted_for()
        self.assert_verified("--gaps")


if __name__ == "__main__":
    case.main()
