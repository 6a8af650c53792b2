"""The base of all system tests: a database, topics and a group of its own on a stack."""
import collections
import json
import os
import pathlib
import shutil
import sys
import time
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import psycopg2  # noqa: E402

from support import events, program, schedule, stack, tables  # noqa: E402
from support.broker import Broker  # noqa: E402
from support.program import Program  # noqa: E402
from support.wait import wait_for  # noqa: E402

PARTITIONS = 4


class SystemTest(unittest.TestCase):
    """One test: one database, one prefix, one group. All of it is gone afterwards."""

    partitions = PARTITIONS
    maxDiff = None
    migrated = True  # False: the test sets up database and topics itself

    @classmethod
    def setUpClass(cls):
        cls.stack = cls.make_stack()
        cls.broker = Broker(cls.stack.brokers)

    @classmethod
    def make_stack(cls):
        return stack.shared()

    def setUp(self):
        self.folder = program.new_folder("%s-%s" % (pathlib.Path(sys.argv[0]).stem, self._testMethodName))
        self.programs = []
        self.install()
        self.addCleanup(self.clean_up)

    def install(self):
        self.name = "t" + uuid.uuid4().hex[:12]
        self.prefix = self.name + "."
        self.group = self.name
        self.topic = self.prefix + "config.events"
        self.processing_topic = self.prefix + "processing.events"
        self.command_topic = self.prefix + "tenant.commands"
        self.topics = (self.topic, self.processing_topic)  # those that are consumed
        self.make_database()
        self.environment = program.clean_environment(
            SECRETMAGIC_BROKERS=self.stack.brokers, SECRETMAGIC_DATABASE=self.stack.dsn(self.name),
            SECRETMAGIC_TOPIC_PREFIX=self.prefix,
            SECRETMAGIC_LOGS_RETENTION="0")  # events here happened whenever it suits the test
        if self.migrated:
            self.succeed("migrate", "--topics", "--partitions", str(self.partitions))

    def uninstall(self):
        for one in self.programs:
            one.kill()
        self.drop_database()
        for topic in (*self.topics, self.command_topic):
            self.broker.admin.delete_topics([topic])

    def clean_up(self):
        result = self._outcome.result
        failed = any(self in (test, getattr(test, "test_case", None)) for test, _ in result.failures + result.errors)
        self.uninstall()
        if not failed and not os.environ.get("SECRETMAGIC_TEST_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)

    # ---- the database ----

    def connect(self, database=None):
        # Also where a test has made the whole server read-only.
        connection = psycopg2.connect(self.stack.dsn(database or self.name),
                                      options="-c default_transaction_read_only=off")
        connection.autocommit = True
        return connection

    def make_database(self):
        with_server = self.connect("postgres")
        with_server.cursor().execute('CREATE DATABASE "%s" TEMPLATE template0' % self.name)
        with_server.close()
        self.db = self.connect()

    def drop_database(self):
        self.db.close()
        with_server = self.connect("postgres")
        with_server.cursor().execute('DROP DATABASE IF EXISTS "%s" WITH (FORCE)' % self.name)
        with_server.close()

    def rows(self, sql, *values):
        with self.db.cursor() as cursor:
            cursor.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else None

    def value(self, sql, *values):
        row = self.rows(sql, *values)
        return row[0][0] if row else None

    def tamper(self, sql, *values):
        """As a superuser who switches every trigger off: what verify is there to find."""
        connection = self.connect()
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            for table in ("events", "ingest_ledger"):
                cursor.execute("ALTER TABLE %s DISABLE TRIGGER ALL" % table)
            cursor.execute(sql, values or None)
            changed = cursor.rowcount
        connection.close()
        return changed

    # ---- the program ----

    def start(self, *words, stdin=None, **environment):
        one = Program(self.folder, words, {**self.environment, **environment}, stdin)
        self.programs.append(one)
        return one

    def run_program(self, *words, stdin=None, deadline=60, **environment):
        one = self.start(*words, stdin=stdin, **environment)
        one.wait(deadline)
        return one

    def succeed(self, *words, **more):
        one = self.run_program(*words, **more)
        self.assertEqual(one.process.returncode, 0, one.explain() + one.out[-2000:])
        return one

    RUN = ("--session-timeout", "1s", "-X", "heartbeat.interval.ms=100", "--progress", "1s")

    def start_run(self, *words, **environment):
        return self.start("run", "--group", self.group, *self.RUN, *words, **environment)

    def run_until_idle(self, *words, deadline=60, **environment):
        one = self.start_run("--until-idle", *words, **environment)
        code = one.wait(deadline)
        self.assertEqual(code, 0, one.explain())
        return one

    # ---- records ----

    def produce(self, *records, topic=None, **more):
        """Events (dicts) or records as Broker.produce takes them."""
        self.broker.produce(topic or self.topic, [events.record(r) if "specversion" in r else r for r in records], **more)

    def process(self, *records, **more):
        self.produce(*records, topic=self.processing_topic, **more)

    def positions(self, topic=None):
        return dict(self.rows("SELECT partition_id, next_offset FROM consumer_offsets JOIN topics USING (topic_id) "
                              "WHERE name = %s", topic or self.topic))

    def caught_up(self):
        ends = {topic: {p: high for p, (low, high) in self.broker.watermarks(topic).items()} for topic in self.topics}
        return lambda: all(self.positions(topic) == ends[topic] for topic in self.topics)

    def wait_caught_up(self, run=None, deadline=30):
        condition = self.caught_up()
        waiter = run.wait_for if run is not None else wait_for
        waiter(condition, "all that is on the topic to be committed", deadline)

    # ---- what must be true afterwards ----

    def assert_verified(self, *words):
        one = self.run_program("verify", *words)
        self.assertEqual(one.process.returncode, 0, one.explain() + one.out[-4000:])
        return one

    def assert_tables_as_expected(self, order=None, topics=None, idle=False):
        """Every table against the oracle, fed with what is on the topics now."""
        records, gaps = [], []
        for topic in topics or (self.topic,):
            by_partition = self.broker.read(topic)
            records += order(by_partition) if order else [r for p in sorted(by_partition) for r in by_partition[p]]
            for partition, (low, high) in self.broker.watermarks(topic).items():
                there = {r.offset for r in by_partition[partition]}
                gaps += [(topic, partition, offset) for offset in range(low, high) if offset not in there]
        self.assertEqual(tables.differences(self.rows, records, gaps, idle, order is not None), [])

    def assert_processing_is_accounted_for(self):
        """Every event of the processing topic is in exactly one place, and none waits for what is there.

        The order between the topics is not known, so no oracle tells where."""
        killers = schedule.died(self.rows)
        sent = {}  # where each lies on the topic; a producer that is not idempotent may have sent it twice
        unread = collections.Counter()
        for records in self.broker.read(self.processing_topic).values():
            for record in records:
                event = json.loads(record.value)
                sent.setdefault((event["subject"], event["id"]), []).append((record.partition, record.offset))
                unread[event["subject"], event["id"]] += (record.topic, record.partition, record.offset) in killers
        found = collections.Counter(self.rows("""SELECT client_id::text, event_id::text FROM events
                WHERE kind IN ('batch', 'bom_explosion', 'feature')
            UNION ALL SELECT client_id::text, event_id::text FROM processing_logs
            UNION ALL SELECT client_id::text, event_id::text FROM parked_events
                WHERE state = 'waiting' AND kind IN ('batch', 'bom_explosion', 'feature')
            UNION ALL SELECT client_id::text, event_id::text FROM dead_letters JOIN topics USING (topic_id)
                WHERE name = %s AND code <> 'PROCESS_DIED'""", self.processing_topic)) + unread
        for name in set(sent) | set(found):
            if found[name] != 1 or name not in sent:
                self.fail("%s, on the topic at %s, is in %d places; parked: %s" % (
                    name, sent.get(name), found[name], self.rows(
                        "SELECT id, state, first_wait, partition_id, record_offset, ledger_seq, resolved_seq, type, key "
                        "FROM parked_events WHERE client_id = %s AND event_id = %s", *name)))
        self.assertEqual(self.rows("""SELECT p.id, p.waits_for, p.type FROM parked_events p JOIN clients c ON c.id = p.client_id
            WHERE p.state = 'waiting' AND (p.waits_for = 'client' OR p.waits_for = 'gate' AND c.config_confirmed
                AND c.status = 'active')"""), [])

    def counts(self, *names):
        names = names or ("consumed", "appended", "duplicated", "rejected")
        row = self.rows("SELECT %s FROM consumer_offsets" % ", ".join("coalesce(sum(%s), 0)::bigint" % n for n in names))
        return dict(zip(names, row[0]))

    def waiting(self, columns="type::text, waits_for::text"):
        return self.rows("SELECT %s FROM parked_events WHERE state = 'waiting' ORDER BY id" % columns)

    def wait_until_nothing_waits(self, run):
        run.wait_for(lambda: not self.waiting(), "the waiting room to be empty")

    def dead_letters(self, columns="code, field, value"):
        return self.rows("SELECT %s FROM dead_letters ORDER BY record_offset" % columns)


class _TimedResult(unittest.TextTestResult):
    """Every test with its time: the whole run has to stay short."""

    def startTest(self, test):
        self.begin = time.monotonic()
        super().startTest(test)

    def stopTest(self, test):
        self.stream.writeln("    %.1f s" % (time.monotonic() - self.begin))
        super().stopTest(test)


def main():
    unittest.main(verbosity=2, testRunner=unittest.TextTestRunner(verbosity=2, resultclass=_TimedResult))
