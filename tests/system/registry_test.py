"""Avro in Confluent framing: writers' schemas come from a registry, which may be away."""
import copy
import json
import re
import subprocess
import sys
import urllib.request

from support import case, events, stack
from support.readme import examples

sys.path.insert(0, str(stack.python_packages()))
import fastavro  # noqa: E402
import io  # noqa: E402

CLIENT = "01980000-0000-7000-8000-00000000000a"
README_CLIENT = "01980000-0000-7000-8000-000000000002"
OURS = json.loads((stack.ROOT / "schemas" / "events" / "ConfigEvent.v1.avsc").read_text())


def older():
    """A writer from before expected_version and traceparent."""
    schema = copy.deepcopy(OURS)
    schema["fields"] = [f for f in schema["fields"] if f["name"] not in ("expected_version", "traceparent")]
    return schema


def newer():
    """A writer that has a field more, which we do not know."""
    schema = copy.deepcopy(OURS)
    schema["fields"].insert(0, {"name": "tags", "type": {"type": "array", "items": "string"}, "default": []})
    return schema


def encode(schema, event, record, data):
    out = io.BytesIO()
    value = {"id": event["id"], "source": event["source"], "time": 1769743980000000, "client_id": event["subject"],
             "tags": ["a", "b"], "data": ("secretmagic." + record, data)}
    fastavro.schemaless_writer(out, fastavro.parse_schema(copy.deepcopy(schema)), value)
    return out.getvalue()


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(),
                                     {"Content-Type": "application/vnd.schemaregistry.v1+json"}, method="POST")
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read() or b"null")


class RegistryCase(case.SystemTest):
    partitions = 2

    def register(self, schema, subject):
        return post(self.url + "/subjects/%s/versions" % subject, {"schema": json.dumps(schema)})["id"]

    def avro(self, number, schema, event, record, data, partition=0):
        return {"value": b"\0" + number.to_bytes(4, "big") + encode(schema, event, record, data),
                "key": event["subject"], "partition": partition}

    def registered(self, number, schema, client=CLIENT, organization="10", partition=0):
        return self.avro(number, schema, events.registered(client, organization), "ClientRegistered",
                         {"name": "Client " + organization, "organization_id": organization}, partition)


class PlayedRegistryTest(RegistryCase):
    """Against a server that answers as one does, and fails when it is told to."""

    def setUp(self):
        super().setUp()
        self.server = subprocess.Popen([sys.executable, str(stack.ROOT / "tests" / "support" / "registry.py")],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(self.end_server)
        self.root = "http://127.0.0.1:%d" % int(self.server.stdout.readline())
        self.url = self.root + "/apis/ccompat/v7"

    def end_server(self):
        self.server.kill()
        self.server.wait()
        self.server.stdin.close()
        self.server.stdout.close()

    def control(self, number, mode):
        urllib.request.urlopen(urllib.request.Request("%s/control/%d/%s" % (self.root, number, mode), method="POST"),
                               timeout=20).close()

    def waiting(self):
        """By partition of the config topic what it waits for, as `status` tells from another process."""
        status = json.loads(self.run_program("status", "--json").out)
        return {p["partition"]: p["waits"].split(":")[0] for p in status["partitions"]
                if p["topic"] == self.topic and p["waits"] is not None}

    def why_waiting(self):
        return self.value("SELECT coalesce(max(waits_reason), '') FROM consumer_offsets")

    def test_a_partition_waits_for_a_schema_and_the_others_go_on(self):
        number = self.register(OURS, "config")
        self.control(number, "status-500")
        self.produce(self.registered(number, OURS), {**events.record(events.feature(CLIENT)), "partition": 0},
                     *({**events.record(events.registered("018f6b1e-%04x-7c3d-9d4e-2f1a6b7c8d9e" % i, "n%d" % i)),
                        "partition": 1} for i in range(20)))
        run = self.start_run("--registry", self.url)
        run.wait_for(lambda: self.value("SELECT count(*) FROM clients") == 20, "the other partition")
        run.wait_for(lambda: "cannot be had" in run.err, "it to say what it waits for")
        self.assertEqual(self.positions().get(0, 0), 0)
        run.wait_for(lambda: self.waiting() == {0: "schema %d cannot be had" % number}, "status to tell it")
        self.assertRegex(self.run_program("status").out, r"waits since \d{4}-\S+Z: %s\[0\]: schema" % re.escape(self.topic))
        self.rows("SELECT pg_terminate_backend(owner_pid) FROM consumer_offsets WHERE topic_id = "
                  "(SELECT topic_id FROM topics WHERE name = %s)", self.topic)
        run.wait_for(lambda: "goes on" in run.err and self.waiting() == {0: "schema %d cannot be had" % number},
                     "it to be told again after a lost session")
        self.control(number, "well")
        self.wait_caught_up(run)
        run.wait_for(lambda: self.waiting() == {}, "it to wait no more")
        self.assertEqual(self.value("SELECT count(*) FROM clients"), 21)
        self.assertEqual(self.value("SELECT count(*) FROM feature_configs"), 1)
        self.assertEqual(self.dead_letters(), [])
        self.assertEqual(run.terminate(), 0)
        self.assert_verified("--gaps")

    def test_what_status_says_follows_what_is_waited_for(self):
        first, second = self.register(older(), "config"), self.register(newer(), "config")
        self.control(first, "status-500")
        self.control(second, "status-500")
        self.produce(self.registered(first, older()),
                     self.registered(second, newer(), "018f6b1e-0001-7c3d-9d4e-2f1a6b7c8d9e", "11"))
        run = self.start_run("--registry", self.url)
        run.wait_for(lambda: self.waiting() == {0: "schema %d cannot be had" % first}, "status to tell the first")
        self.control(first, "well")
        run.wait_for(lambda: self.waiting() == {0: "schema %d cannot be had" % second}, "status to tell the second")
        self.assertIn("500", self.why_waiting())
        self.control(second, "status-401")
        run.wait_for(lambda: "401" in self.why_waiting(), "status to tell the new reason")
        self.control(second, "well")
        self.wait_caught_up(run)
        run.wait_for(lambda: self.waiting() == {}, "it to wait no more")
        self.assertEqual(self.value("SELECT count(*) FROM clients"), 2)
        self.assertEqual(run.terminate(), 0)

    def test_what_was_seen_once_is_kept_for_when_the_registry_is_away(self):
        number = self.register(older(), "config")
        self.produce(self.registered(number, older()))
        self.run_until_idle("--registry", self.url)
        self.end_server()
        self.produce(self.registered(number, older(), "018f6b1e-0001-7c3d-9d4e-2f1a6b7c8d9e", "11"))
        self.run_until_idle("--registry", self.url)
        self.assertEqual(self.rows("SELECT organization_id FROM clients ORDER BY 1"), [("10",), ("11",)])
        self.assert_verified()

    def test_a_dead_letter_is_retried_by_a_schema_that_was_not_known_then(self):
        number = self.register(OURS, "config")
        self.produce(self.registered(number, OURS))
        self.run_until_idle()
        self.assertEqual(self.dead_letters("code"), [("SCHEMA_UNKNOWN",)])
        run = self.start_run("--registry", self.url)
        one = self.run_program("dead-letters", "retry", "--all", "--actor", "olga")
        self.assertIn("applied", one.out, one.explain())
        self.assertEqual(run.terminate(), 0)
        self.assertEqual(self.value("SELECT count(*) FROM clients"), 1)
        self.assert_verified()


class ApicurioTest(RegistryCase):
    """Against the real one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = stack.private("registry", "registry")
        cls.url = cls.registry.registry

    def test_older_and_newer_writers_are_understood_and_what_is_no_event_is_refused(self):
        numbers = [self.register(schema, "w%d" % i) for i, schema in enumerate((OURS, older(), newer()))]
        stranger = self.register({"type": "record", "name": "Order", "fields": [{"name": "n", "type": "int"}]}, "orders")
        self.assertEqual(len(set(numbers)), 3)
        clients = ["018f6b1e-%04x-7c3d-9d4e-2f1a6b7c8d9e" % i for i in range(3)]
        self.produce(*(self.registered(number, schema, client, str(i)) for i, (number, schema, client) in
                       enumerate(zip(numbers, (OURS, older(), newer()), clients))),
                     {"value": b"\0" + stranger.to_bytes(4, "big") + b"\2", "key": CLIENT, "partition": 0},
                     {"value": b"\0\x7f\xff\xff\xff\2", "key": CLIENT, "partition": 0},
                     {"value": b"\0" + numbers[0].to_bytes(4, "big") + b"\xff" * 12, "key": CLIENT, "partition": 0},
                     {**events.record(events.registered(CLIENT, "9")), "partition": 0})
        self.run_until_idle("--registry", self.url)
        self.assertEqual(self.rows("SELECT organization_id, name FROM clients ORDER BY 1")[:3],
                         [(str(i), "Client %d" % i) for i in range(3)])
        self.assertEqual(self.value("SELECT count(*) FROM clients"), 4)
        self.assertEqual([code for code, in self.dead_letters("code")],
                         ["SCHEMA_INCOMPATIBLE", "SCHEMA_UNKNOWN", "AVRO_INVALID"])
        self.assert_verified("--gaps")

    def test_the_serializer_that_the_readme_shows_is_understood_with_older_and_newer_schemas_too(self):
        self.register(OURS, self.topic + "-value")
        self.produce(events.registered(README_CLIENT, "2"))
        example, = examples("From Python as Avro", "python")
        asked = 'registry.get_latest_version(topic + "-value").schema.schema_str'
        for replaced in ("localhost:9092", "http://localhost:8081/apis/ccompat/v7", "secretmagic.config.events", asked, "std"):
            self.assertIn(replaced, example)
        example = (example.replace("localhost:9092", self.stack.brokers).replace("secretmagic.config.events", self.topic)
                   .replace("http://localhost:8081/apis/ccompat/v7", self.url))
        for feature, schema in (("std", asked), ("ma", repr(json.dumps(older()))), ("promo", repr(json.dumps(newer())))):
            file = self.folder / (feature + ".py")
            file.write_text(example.replace(asked, schema).replace("std", feature))
            subprocess.run([sys.executable, str(file)], check=True, timeout=60,
                           env={**self.environment, "PYTHONPATH": str(stack.python_packages())})
        versions = json.loads(urllib.request.urlopen(self.url + "/subjects/%s-value/versions" % self.topic, timeout=20).read())
        self.assertEqual(versions, [1, 2, 3], "each wrote by a schema of its own")
        self.run_until_idle("--registry", self.url)
        self.assertEqual(self.dead_letters("code, reason"), [])
        self.assertEqual(self.rows("SELECT feature_type, config, created_by FROM feature_configs ORDER BY 1"),
                         [(feature, {"window_days": 30}, "anna@example.com") for feature in ("ma", "promo", "std")])
        self.assert_verified("--gaps")


if __name__ == "__main__":
    case.main()
