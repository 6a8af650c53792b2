"""The relay within `run`: what is in the outbox stands on the command topic once, whoever dies on the way."""
import json
import signal
import subprocess
import uuid

from support import case, events, stack, standby, wait

CLIENTS = ["018f6b1e-%04x-7c3d-9d4e-2f1a6b7c8d9e" % i for i in range(3)]
POINTS = ("relay_begun", "relay_sent", "relay_committed", "relay_marked")


class RelayBase(case.SystemTest):
    def install(self):
        super().install()
        self.last = {client: 0 for client in CLIENTS}

    def decide(self, count):
        """As a unit would: the next commands of each client, with their final bytes."""
        with self.connect() as db, db.cursor() as cursor:
            cursor.execute("SET secretmagic.writer = 'projector'")
            for client in CLIENTS:
                for _ in range(count):
                    self.last[client] += 1
                    value = b"%s/%d" % (client.encode(), self.last[client])
                    cursor.execute(
                        "INSERT INTO outbox (client_id, command_id, sequence, event_id, created_at, organization_id, digest, "
                        "value, header_names, header_values) VALUES (%s, %s, %s, %s, now(), %s, sha256(%s), %s, "
                        "ARRAY['content-type']::bytea[], ARRAY['text/plain']::bytea[])",
                        (client, str(uuid.uuid4()), self.last[client], str(uuid.uuid4()), "org_" + client[9:13], value, value))
            cursor.execute("NOTIFY secretmagic_outbox")

    def pending(self):
        return self.value("SELECT count(*) FROM outbox WHERE published_at IS NULL")

    def assert_each_once(self):
        """As a reader of what is committed sees it: every sequence once, in order, without a gap."""
        seen = {client: [] for client in CLIENTS}
        for records in self.broker.read(self.command_topic).values():
            for record in records:
                client, sequence = record.value.decode().split("/")
                headers = dict(record.headers)
                self.assertEqual(record.key, b"org_" + client[9:13].encode())
                self.assertEqual(headers["sm_client_id"].decode(), client)
                self.assertEqual(headers["sm_sequence"].decode(), sequence)
                self.assertEqual(headers["content-type"], b"text/plain")
                seen[client].append(int(sequence))
        self.assertEqual(seen, {client: list(range(1, last + 1)) for client, last in self.last.items()})
        self.assertEqual(self.pending(), 0)

    def assert_kcat_sees_each_once(self):
        """What an executor's operator would look with."""
        seen = subprocess.run(["kcat", "-C", "-q", "-b", self.stack.brokers, "-t", self.command_topic, "-o", "beginning", "-e",
                               "-X", "isolation.level=read_committed", "-f", "%s\n"], stdout=subprocess.PIPE, timeout=60,
                              check=True).stdout.decode().split()
        self.assertEqual(sorted(seen), sorted("%s/%d" % (client, i) for client, last in self.last.items()
                                              for i in range(1, last + 1)))

    def status(self):
        return json.loads(self.succeed("status", "--json").out)["commands"]


class RelayTest(RelayBase):
    def test_what_is_decided_leaves_at_once_and_status_tells_it(self):
        self.assertEqual(self.status(), {"pending": 0, "oldest_seconds": 0, "published": 0, "published_at": None,
                                         "relay": None, "stopped": None, "topic_known": False})
        run = self.start_run("--instance-id", "one")
        run.wait_for(lambda: self.status()["topic_known"], "the topic to be read")
        self.decide(5)
        run.wait_for(lambda: self.pending() == 0, "the commands to leave")
        self.decide(5)
        run.wait_for(lambda: self.pending() == 0, "more of them")
        self.assert_each_once()
        told = self.status()
        self.assertEqual((told["pending"], told["published"], told["relay"]), (0, 30, "one"))
        self.assertIsNotNone(told["published_at"])
        self.assertRegex(self.succeed("status").out, r"commands: 0 pending, 30 published, last at \S+, by one\n")
        self.assertEqual(run.terminate(), 0)
        self.assertIsNone(self.status()["relay"], "the lease is given back")
        self.assert_verified()

    def test_one_process_consumes_and_another_one_relays(self):
        self.produce(events.registered(CLIENTS[0], "1"))
        self.run_until_idle("--without", "relay")
        self.decide(4)
        self.run_until_idle("--without", "relay")
        self.assertEqual(self.pending(), 12)
        self.assertEqual(self.broker.read(self.command_topic), {p: [] for p in range(self.partitions)})
        self.assertEqual(self.status()["pending"], 12)
        self.run_until_idle("--only", "relay")
        self.assert_each_once()
        relay = self.start_run("--only", "relay")
        self.decide(2)
        relay.wait_for(lambda: self.pending() == 0, "the commands to leave")
        self.assertEqual(relay.terminate(), 0)
        self.assert_each_once()
        both = self.run_program("run", "--group", self.group, "--only", "relay", "--without", "relay")
        self.assertEqual(both.process.returncode, 2)
        self.assertIn("leave nothing to do", both.err)

    def test_killed_at_any_point_and_started_again(self):
        self.run_until_idle("--only", "relay")
        for point in POINTS:
            self.decide(3)
            run = self.start_run("--instance-id", "one", SECRETMAGIC_FAULT=point + ":1")
            self.assertEqual(run.wait(30), -signal.SIGKILL, run.explain())
            self.decide(1)
            run = self.start_run("--instance-id", "one")
            run.wait_for(lambda: self.pending() == 0, "the commands to leave")
            self.assertEqual(run.terminate(), 0)
            self.assert_each_once()
        self.assert_kcat_sees_each_once()

    def test_one_that_was_frozen_while_another_took_over_adds_nothing(self):
        frozen = self.start_run("--only", "relay")
        frozen.wait_for(lambda: self.status()["topic_known"], "the topic to be read")
        self.decide(2)
        frozen.wait_for(lambda: self.pending() == 0, "the commands to leave")
        frozen.signal(signal.SIGSTOP)
        self.addCleanup(frozen.signal, signal.SIGCONT)
        self.decide(2)
        other = self.start_run("--only", "relay")
        other.wait_for(lambda: self.pending() == 0, "the other one to take over", 30)
        self.decide(2)
        frozen.signal(signal.SIGCONT)
        other.wait_for(lambda: self.pending() == 0, "the rest")
        self.assertEqual(other.terminate(), 0)
        self.decide(1)
        frozen.wait_for(lambda: self.pending() == 0, "the first one to go on")
        self.assertEqual(frozen.terminate(), 0)
        self.assert_each_once()

    def test_two_bodies_under_one_id_stop_the_relay_loudly_and_nothing_else(self):
        self.run_until_idle("--only", "relay")
        headers = [("sm_command_id", str(uuid.uuid4())), ("sm_client_id", CLIENTS[0]), ("sm_sequence", "7")]
        for value in (b"one", b"two"):
            self.broker.produce(self.command_topic, [{"value": value, "key": "org", "partition": 0, "headers": headers}])
        self.decide(1)  # it reads the topic before it publishes
        relay = self.start_run("--only", "relay")
        self.assertEqual(relay.wait(30), 3, relay.explain())
        self.assertIn(headers[0][1], relay.err)
        self.assertIn(headers[0][1], self.status()["stopped"])
        self.produce(events.registered(CLIENTS[0], "1"))
        self.run_until_idle("--without", "relay")
        self.assertEqual(self.value("SELECT count(*) FROM clients"), 1)

    def test_a_missing_command_topic_is_told_at_the_start(self):
        self.broker.delete(self.command_topic)
        wait.wait_for(lambda: self.command_topic not in self.broker.admin.list_topics(timeout=10).topics, "the topic to be gone")
        run = self.start_run()
        self.assertEqual(run.wait(20), 3, run.explain())
        self.assertIn("there is no topic %s" % self.command_topic, run.err)
        self.assertIn("migrate --topics", run.err)
        self.run_until_idle("--without", "relay")


class StandbyTest(RelayBase):
    """The primary is lost, and with it the last second, which its standby has not got."""

    @classmethod
    def make_stack(cls):
        made = stack.private("standby", "postgres")
        made.brokers = stack.shared().brokers
        return made

    def drop_database(self):
        self.db.close()  # its server is gone

    def test_a_standby_without_the_last_marks_publishes_nothing_twice(self):
        follower = standby.Standby(self.stack, self.folder)
        self.addCleanup(follower.destroy)
        self.db = self.connect()  # the server was started anew
        self.run_until_idle("--only", "relay")
        self.decide(3)
        self.run_until_idle("--only", "relay")
        self.decide(2)  # the standby has these, but will not hear that they are published
        follower.cut_off()
        self.run_until_idle("--only", "relay")
        self.decide(2)  # and of these nothing
        self.run_until_idle("--only", "relay")
        self.assert_each_once()
        self.stack.kill("postgres")
        follower.promote()
        self.db.close()
        self.environment["SECRETMAGIC_DATABASE"] = follower.dsn(self.name)
        self.stack.postgres_port = follower.port
        self.db = self.connect()
        self.assertEqual(self.pending(), 6)
        self.run_until_idle("--only", "relay")
        self.assert_each_once()
        self.assertEqual(self.value("SELECT count(*) FROM outbox WHERE event_id IS NULL"), 6,
                         "what the standby never had was found on the topic")
        self.decide(1)
        self.run_until_idle("--only", "relay")
        self.assert_each_once()


if __name__ == "__main__":
    case.main()
