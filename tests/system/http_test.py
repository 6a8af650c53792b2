"""`run --http`: the same numbers as `lag` tells, in formats that Prometheus' own parsers take; nobody who asks, and
nobody who does not answer, holds up the work, and what is not known is not zero."""
import http.client
import json
import re
import socket

import prometheus_client.openmetrics.parser
import prometheus_client.parser

from support import case, events, stack

CLIENT = "018f6b1e-0000-7c3d-9d4e-2f1a6b7c8d9e"
OPENMETRICS = "application/openmetrics-text; version=1.0.0"


class HttpBase(case.SystemTest):
    partitions = 2

    def serve(self, *words, **environment):
        run = self.start_run("--http", "127.0.0.1:0", *words, **environment)
        run.wait_for_line("metrics and lag at 127.0.0.1:0, port ")
        run.port = int(re.search(r"metrics and lag at 127.0.0.1:0, port (\d+)", run.err).group(1))
        return run

    def ask(self, run, path, method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", run.port, timeout=10)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return answer, answer.read().decode()
        finally:
            connection.close()

    def get(self, run, path, **headers):
        answer, body = self.ask(run, path, **headers)
        self.assertEqual(answer.status, 200, body)
        return body

    def wait_ready(self, run):
        run.wait_for(lambda: self.ask(run, "/readyz")[0].status == 200, "it to be ready")

    def samples(self, run):
        """(name, labels) -> value; both formats must tell the same."""
        text, metrics = self.get(run, "/metrics"), {}
        for family in prometheus_client.parser.text_string_to_metric_families(text):
            self.assertEqual(family.type, "gauge")
            self.assertTrue(family.documentation, family.name)
            for one in family.samples:
                key = one.name, tuple(sorted(one.labels.items()))
                self.assertNotIn(key, metrics)
                metrics[key] = one.value
        return metrics

    def behind(self, metrics):
        return {(dict(labels)["topic"], int(dict(labels)["partition"])): value for (name, labels), value in metrics.items()
                if name == "secretmagic_partition_behind_records"}

    def some_events(self, count):
        return [events.registered(CLIENT, "2")] + [
            events.feature(CLIENT, "ema", {**events.EMA, "window_days": i}) for i in range(1, count)]


class HttpTest(HttpBase):
    def test_it_tells_what_lag_tells_in_both_formats(self):
        run = self.serve()
        self.produce(*self.some_events(20))
        self.wait_caught_up(run)
        ends = {(topic, partition): high for topic in self.topics
                for partition, (_, high) in self.broker.watermarks(topic).items()}

        def positions():
            told = json.loads(self.get(run, "/api/v1/lag"))["partitions"]
            return {(one["topic"], one["partition"]): one["end"] for one in told} == ends and \
                all(one["records"] == 0 for one in told)
        self.wait_ready(run)
        run.wait_for(positions, "all to be told as processed")
        metrics = self.samples(run)
        self.assertEqual(self.behind(metrics), {key: 0 for key in ends})
        self.assertEqual(sum(value for (name, _), value in metrics.items() if name == "secretmagic_partition_state"), 4)
        served, direct = json.loads(self.get(run, "/api/v1/lag")), json.loads(self.succeed("lag", "--json").out)
        self.assertEqual(served.keys(), direct.keys())
        for here, there in zip(served["partitions"], direct["partitions"], strict=True):
            self.assertEqual(here.keys(), there.keys())
            for name in ("topic", "partition", "position", "end", "records", "behind_ms", "owner", "lost"):
                self.assertEqual(here[name], there[name], name)
        answer, text = self.ask(run, "/metrics", Accept=OPENMETRICS)
        self.assertTrue(answer.getheader("Content-Type").startswith(OPENMETRICS))
        families = list(prometheus_client.openmetrics.parser.text_string_to_metric_families(text))
        self.assertEqual({one.name for family in families for one in family.samples}, {name for name, _ in metrics})
        for family in families:
            self.assertEqual(family.unit, "seconds" if family.name.endswith("_seconds") else family.unit)
        self.assertEqual(run.terminate(), 0, run.explain())

    def test_reading_is_all_that_is_answered_and_only_under_the_name_of_this_machine(self):
        run = self.serve()
        self.wait_ready(run)
        for path in ("/metrics", "/api/v1/lag", "/livez", "/readyz", "/nothing"):
            answer, _ = self.ask(run, path)
            self.assertEqual(answer.status, 404 if path == "/nothing" else 200)
            self.assertEqual(answer.getheader("X-Content-Type-Options"), "nosniff")
            self.assertEqual(answer.getheader("Content-Security-Policy"), "default-src 'none'; frame-ancestors 'none'")
            self.assertEqual(answer.getheader("Cache-Control"), "no-store")
            self.assertEqual(self.ask(run, path, Host="evil.example:%d" % run.port)[0].status, 403)
        answer, _ = self.ask(run, "/metrics", "POST")
        self.assertEqual((answer.status, answer.getheader("Allow")), (405, "GET, HEAD"))
        answer, body = self.ask(run, "/metrics", "HEAD")
        self.assertEqual((answer.status, body), (200, ""))
        self.assertGreater(int(answer.getheader("Content-Length")), 100)

    def test_those_who_send_slowly_do_not_read_or_talk_nonsense_do_not_hold_up_the_work(self):
        run = self.serve()
        self.wait_ready(run)
        bad = []
        for i in range(100):
            one = socket.create_connection(("127.0.0.1", run.port), timeout=10)
            self.addCleanup(one.close)
            bad.append(one)
            try:
                one.sendall((b"GET /metrics HTTP/1.1\r\nHost: loc", b"GET /api/v1/lag HTTP/1.1\r\nHost: localhost\r\n\r\n" * 50,
                             b"\x00\xff\r\n\r\n" * 500)[i % 3])
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has hung up on that one already
        self.produce(*self.some_events(50))
        self.wait_caught_up(run)
        for one in bad:
            one.close()
        run.wait_for(lambda: "secretmagic_build_info" in self.get(run, "/metrics"), "an answer to somebody else")
        self.assertEqual(run.terminate(), 0, run.explain())

    def test_where_it_cannot_listen_it_does_not_start_and_says_why(self):
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        for address, why in (("0.0.0.0:9464", "everybody on that network could read; hint: "),
                             ("nonsense", "it is not ADDRESS:PORT; hint: "),
                             ("127.0.0.1:%d" % taken.getsockname()[1], "Address already in use; hint: ")):
            one = self.start_run("--http", address)
            self.assertEqual(one.wait(), 3, one.explain())
            self.assertIn(why, one.err)


class HttpOutageTest(HttpBase):
    @classmethod
    def make_stack(cls):
        return stack.private("http")

    def test_who_is_away_is_named_and_their_part_is_unknown(self):
        run = self.serve()
        self.produce(*self.some_events(20))
        self.wait_caught_up(run)
        self.wait_ready(run)
        self.stack.down("postgres")
        run.wait_for(lambda: "PostgreSQL does not answer" in self.ask(run, "/readyz")[1], "PostgreSQL to be missed")
        metrics = self.samples(run)
        self.assertEqual(self.behind(metrics), {}, "nothing is known, and nothing is told as 0")
        self.assertEqual(self.ask(run, "/livez")[0].status, 200)
        self.assertIn(("secretmagic_postgres_answered_timestamp_seconds", ()), metrics)
        self.assertLess(metrics["secretmagic_postgres_answered_timestamp_seconds", ()],
                        metrics["secretmagic_look_timestamp_seconds", ()])
        self.stack.up("postgres")
        run.wait_for(lambda: self.ask(run, "/readyz")[0].status == 200, "it to be ready again", deadline=60)
        run.wait_for(lambda: set(self.behind(self.samples(run)).values()) == {0}, "the numbers to come back", deadline=60)
        self.assertEqual(run.terminate(), 0, run.explain())


if __name__ == "__main__":
    case.main()
