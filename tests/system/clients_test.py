"""Everybody else's clients: what they send is understood, and what we send they read.

The producers that the README shows are taken from it letter by letter, but for the addresses. A producer
is a program: one more of them (another format, another library) is one more row of producers()."""
import json
import os
import pathlib
import re
import subprocess

from support import case, events, program, stack
from support.readme import examples

CLIENT = "01980000-0000-7000-8000-000000000002"  # of the README's examples
OTHER = "01980000-0000-7000-8000-000000000077"
CLIENTS = pathlib.Path(__file__).resolve().parent / "clients"
CODECS = ("gzip", "snappy", "lz4", "zstd")


class ClientsTest(case.SystemTest):
    def addressed(self, text):
        """An example of the README with the addresses of this test."""
        self.assertIn("localhost:9092", text)
        return text.replace("localhost:9092", self.stack.brokers).replace("secretmagic.config.events", self.topic)

    def write(self, name, text):
        file = self.folder / name
        file.write_text(text)
        return str(file)

    def spawn(self, words, **environment):
        """Of this program's own folder first in the path, for examples that call it."""
        path = "%s:%s" % (os.path.dirname(program.BINARY), os.environ["PATH"])
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                universal_newlines=True, env={**self.environment, "PATH": path, **environment})

    def finish(self, process):
        out, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, "%s: %s" % (process.args, out))
        return out

    def producers(self):
        """(program, environment, {feature_type: config} that it sends; None: it prints that)."""
        python, = examples("From Python", "python")
        java, = examples("From Java", "java")
        shell = examples("From the shell", "bash")[1]
        own = [self.stack.brokers, self.topic, CLIENT]
        libraries = stack.ROOT / ".stack" / "deps"
        return [
            (["/usr/bin/python3", self.write("example.py", self.addressed(python))], {}, {"ema": events.EMA}),
            (["java", "-XX:TieredStopAtLevel=1", "-cp", stack.kafka_jars(), self.write("Emit.java", self.addressed(java))],
             {}, {"lags": {"lags": [1, 7, 28]}}),
            (["bash", "-euo", "pipefail", self.write("kcat.sh", self.addressed(shell))], {},
             {"seasonality": {"include_month": True}}),
            (["/usr/bin/python3", str(CLIENTS / "cloudevents_sdk.py"), *own],
             {"PYTHONPATH": str(stack.python_packages())}, None),
            (["node", str(CLIENTS / "kafkajs.js"), *own], {"NODE_PATH": str(libraries / "node" / "node_modules")}, None)]

    def test_what_every_producer_sends_is_understood(self):
        self.produce(events.registered(CLIENT, "2"))
        started = [(self.spawn(words, **environment), sent) for words, environment, sent in self.producers()]
        expected = {}
        for process, sent in started:
            out = self.finish(process)
            expected.update(sent or json.loads(out.splitlines()[-1]))
        self.run_until_idle()
        self.assertEqual(self.dead_letters("code, field, value, reason"), [])
        self.assertEqual(dict(self.rows("SELECT feature_type, config FROM feature_configs WHERE client_id = %s", CLIENT)),
                         expected, "one version of each, and nothing of an aborted transaction")
        self.assertEqual(self.value("SELECT count(DISTINCT partition_id) FROM events WHERE kind = 'feature_config'"), 1,
                         "all of them put one client on one partition")
        self.assert_verified("--gaps")

    def test_what_we_send_kcat_reads_as_the_readme_shows(self):
        emit, _, read = examples("From the shell", "bash")
        self.finish(self.spawn(["bash", "-euo", "pipefail", self.write("emit.sh", emit)]))
        out = self.finish(self.spawn(["bash", "-euo", "pipefail", self.write("read.sh", self.addressed(read))]))
        timestamp, key, value = out.strip().split(" ", 2)
        event = json.loads(value)
        self.assertEqual((key, event["subject"], event["type"], event["specversion"], event["actor"]),
                         (CLIENT, CLIENT, "client.config_confirmed", "1.0", "anna@example.com"))
        self.assertGreater(int(timestamp), 0)

    def test_every_codec_headers_and_transactions(self):
        self.produce(events.registered(CLIENT, "2"), events.registered(OTHER, "3"))
        for codec in CODECS:
            producer = self.broker.producer(**{"compression.type": codec, "linger.ms": 50})
            batch = [events.record(events.feature(CLIENT, "ema", {**events.EMA, "codec": codec, "n": n}),
                                   headers=[("x-anything", b"\xff\x00"), ("ce_", None)]) for n in range(20)]
            self.broker.produce(self.topic, batch, producer)
        lost = [events.record(events.feature(OTHER))] * 3
        kept = [events.record(events.feature(OTHER, "weather", {}))]
        for records, commit in ((lost, False), (kept, True), (lost, False)):
            self.broker.transaction(self.topic, records, commit)
        self.run_until_idle()
        self.assertEqual(self.rows("SELECT config->>'codec', count(*) FROM feature_configs WHERE client_id = %s "
                                   "GROUP BY 1 ORDER BY 1", CLIENT), [(codec, 20) for codec in sorted(CODECS)])
        self.assertEqual(self.rows("SELECT feature_type, version FROM feature_configs WHERE client_id = %s", OTHER),
                         [("weather", 1)])
        self.assertLessEqual(set(CODECS), set(self.codecs_on_disk()), "or this proves nothing")
        self.assert_tables_as_expected()
        self.assert_verified("--gaps")

    def codecs_on_disk(self):
        log = self.stack.folder.resolve() / "kafka" / "data" / (self.topic + "-0") / ("0" * 20 + ".log")
        out = self.finish(self.spawn(["java", "-XX:TieredStopAtLevel=1", "-cp", stack.kafka_jars(),
                                      "kafka.tools.DumpLogSegments", "--files", str(log)]))
        return re.findall(r"compresscodec: (\w+)", out)


if __name__ == "__main__":
    case.main()
