"""What `run --http` answers as JSON is what its own description says, and what it remembers outlives it."""
import contextlib
import http.client
import json
import sys
import time

from support import case, events, stack

sys.path.insert(0, str(stack.python_packages()))

from http_test import CLIENT, HttpBase  # noqa: E402
from jsonschema import Draft202012Validator  # noqa: E402
from openapi_spec_validator import validate  # noqa: E402

DOCUMENTS = ("/api/v1/status", "/api/v1/partitions", "/api/v1/lag", "/api/v1/history?range=15m",
             "/api/v1/history?range=6h", "/api/v1/history?range=7d", "/api/v1/history")


class ApiBase(HttpBase):
    def json(self, run, path):
        return json.loads(self.get(run, path))

    def told(self, run, path):
        """The document at a path, which is as described."""
        document = self.json(run, path)
        described = json.loads((stack.ROOT / "schemas" / "openapi.json").read_text())
        ref = described["paths"][path.split("?")[0]]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        wrong = list(Draft202012Validator({**described, **ref}).iter_errors(document))
        self.assertEqual([], ["%s: %s" % (list(e.absolute_path), e.message) for e in wrong], path)
        return document

    def wait_history(self, run, condition, what, span="15m"):
        def good():
            answer, body = self.ask(run, "/api/v1/history?range=" + span)
            return answer.status == 200 and condition(json.loads(body))
        run.wait_for(good, what, deadline=60)
        return self.told(run, "/api/v1/history?range=" + span)


class ApiTest(ApiBase):
    def test_the_description_is_valid_and_served(self):
        run = self.serve()
        described = json.loads((stack.ROOT / "schemas" / "openapi.json").read_text())
        validate(described)
        self.assertEqual(self.json(run, "/api/v1/openapi.json"), described)
        self.wait_ready(run)
        self.wait_history(run, lambda h: True, "history")
        for path in described["paths"]:
            if path != "/api/v1/stream":
                answer, body = self.ask(run, path)
                self.assertEqual(answer.status, 200, path)
                said = described["paths"][path]["get"]["responses"]["200"]["content"]
                self.assertIn(answer.getheader("Content-Type").split(";")[0], said)
        self.assertEqual(self.ask(run, "/api/v1/history?range=1y")[0].status, 400)

    def test_each_document_is_as_described_with_much_in_it_and_with_nothing(self):
        run = self.serve()
        self.wait_ready(run)
        self.wait_history(run, lambda h: h["points"]["at_ms"], "a point of history")
        for path in DOCUMENTS:
            self.told(run, path)
        self.produce(*self.some_events(20), events.event("nonsense.happened", CLIENT, {}))
        self.process(events.batch_started(CLIENT))
        self.wait_caught_up(run)
        run.wait_for(lambda: (self.json(run, "/api/v1/status")["board"] or {}).get("waiting"), "the board to tell what waits")
        for path in DOCUMENTS:
            self.told(run, path)
        board = self.told(run, "/api/v1/status")["board"]
        self.assertEqual([(w["waits_for"], w["count"]) for w in board["waiting"]],
                         self.rows("SELECT waits_for::text, count(*) FROM parked_events WHERE state = 'waiting' GROUP BY 1"))
        self.assertEqual([(d["code"], d["count"]) for d in board["dead_letters"]],
                         self.rows("SELECT code::text, count(*) FROM dead_letters WHERE state = 'open' GROUP BY 1"))
        instance, = board["instances"]
        self.assertEqual((instance["lives"], instance["partitions"]), (True, 4))
        self.assertEqual(run.terminate(), 0, run.explain())

    def test_a_stream_tells_the_status_each_second_and_ends_with_the_program(self):
        run = self.serve()
        self.wait_ready(run)
        connection = http.client.HTTPConnection("127.0.0.1", run.port, timeout=20)
        connection.request("GET", "/api/v1/stream")
        answer = connection.getresponse()
        self.assertEqual((answer.status, answer.getheader("Content-Type")), (200, "text/event-stream"))
        seen = []
        while len(seen) < 3:
            number, name, data, end = [answer.readline().decode() for _ in range(4)]
            self.assertEqual((name, end), ("event: status\n", "\n"))
            seen.append((int(number[len("id: "):]), json.loads(data[len("data: "):])["at_ms"]))
        self.assertEqual(seen, sorted(set(seen)))
        self.assertLess(seen[2][1] - seen[0][1], 10000)
        run.process.terminate()
        with contextlib.suppress(http.client.IncompleteRead):
            answer.read()  # to the end: there is one
        self.assertEqual(run.wait(), 0, run.explain())
        connection.close()

    def test_streams_that_nobody_reads_and_too_many_of_them_hold_up_nothing(self):
        run = self.serve()
        self.wait_ready(run)
        many = []
        for _ in range(60):
            one = http.client.HTTPConnection("127.0.0.1", run.port, timeout=20)
            self.addCleanup(one.close)
            one.request("GET", "/api/v1/stream")
            many.append(one)
        statuses = [one.getresponse().status for one in many]
        self.assertEqual((statuses.count(200), statuses.count(503)), (40, 20))
        self.produce(*self.some_events(20))
        self.wait_caught_up(run)
        for one in many:
            one.close()
        run.wait_for(lambda: self.ask(run, "/api/v1/status")[0].status == 200, "an answer to somebody else")
        self.assertEqual(run.terminate(), 0, run.explain())

    def test_history_outlives_the_program_and_marks_when_it_started(self):
        first = self.serve()
        self.wait_ready(first)
        self.produce(*self.some_events(20))
        before = self.wait_history(first, lambda h: len(h["points"]["at_ms"]) >= 2, "two points")
        first.kill()
        second = self.serve()
        after = self.wait_history(second, lambda h: h["points"]["at_ms"][-1] > before["points"]["at_ms"][-1], "newer points")
        self.assertEqual(after["points"]["at_ms"][:2], before["points"]["at_ms"][:2])
        starts = [m for m in after["marks"] if m["kind"] == "start"]
        self.assertEqual(len({m["what"] for m in starts}), 2, starts)
        self.assertTrue([m for m in after["marks"] if m["kind"] == "rebalance"])
        self.assertEqual({row["topic"] for row in after["heat"]}, set(self.topics))
        self.assertTrue(all(len(levels) == self.partitions for row in after["heat"] for levels in row["levels"]))
        self.assertEqual(second.terminate(), 0, second.explain())

    def test_history_is_thinned_by_age_and_bounded(self):
        self.rows("""INSERT INTO lag_history SELECT 5, date_bin('5 seconds', now() - i * interval '5 seconds', 'epoch'), i, i, i, i, 1
                     FROM generate_series(0, 10000) AS i""")
        self.rows("INSERT INTO lag_heat SELECT 5, at, %s, (records %% 10)::text || '-' FROM lag_history", self.topic)
        self.rows("INSERT INTO lag_marks VALUES (now() - interval '8 days', 'start', 'old')")
        self.tamper("INSERT INTO repairs (actor, program, scope, tables) VALUES ('olga', 'test', 'all', '{}')")
        run = self.serve()
        run.wait_for(lambda: self.value("SELECT what FROM lag_marks WHERE kind = 'rebuild'") == "olga", "the rebuild to be marked")
        run.wait_for(lambda: self.value("SELECT count(*) FROM lag_history WHERE step = 5") < 300, "old points to go")
        run.wait_for(lambda: self.value("SELECT count(*) FROM lag_history WHERE step = 60") > 300, "minutes to be made")
        self.assertEqual(self.value("SELECT count(*) FROM lag_marks WHERE what = 'old'"), 0)
        at, records, behind, count = self.rows("""SELECT at, records, behind_ms, in_per_minute FROM lag_history
            WHERE step = 60 ORDER BY at LIMIT 1 OFFSET 60""")[0]
        self.assertEqual(records, behind, "the most of its minute")
        self.assertIn(records - count, (5, 6), "the mean of its minute")
        self.assertEqual(self.value("SELECT levels FROM lag_heat WHERE step = 60 AND at = %s", at)[0], "9", "the worst of its minute")
        self.assertLess(self.value("SELECT count(*) FROM lag_history"), 1200)
        self.assertEqual(run.terminate(), 0, run.explain())


class ApiOutageTest(ApiBase):
    @classmethod
    def make_stack(cls):
        return stack.private("api")

    def test_what_was_seen_while_the_database_was_away_is_in_the_history(self):
        run = self.serve()
        self.wait_ready(run)
        self.wait_history(run, lambda h: h["points"]["at_ms"], "a point of history")
        self.stack.down("postgres")
        run.wait_for(lambda: self.json(run, "/api/v1/status")["database"]["error"], "PostgreSQL to be missed")
        status = self.told(run, "/api/v1/status")
        self.assertIsNone(status["group"]["records"], "nothing is known, and nothing is told as 0")
        self.assertIsNone(status["parked"]["count"])
        self.assertIsNotNone(status["board"], "it is as old as it says")
        away = time.time()
        run.wait_for(lambda: time.time() - away > 6, "a whole point to pass while it is away")
        self.stack.up("postgres")
        since = time.time() * 1000
        after = self.wait_history(run, lambda h: h["points"]["at_ms"][-1] > since, "newer points")
        self.assertEqual([m["kind"] for m in after["marks"] if m["kind"].startswith("postgres")],
                         ["postgres_away", "postgres_back"])
        away, back = [m["at_ms"] for m in after["marks"] if m["kind"].startswith("postgres")]
        between = [records for at, records in zip(after["points"]["at_ms"], after["points"]["records"]) if away < at < back - 5000]
        self.assertTrue(between, "points of the outage")
        self.assertEqual(set(between), {None})
        self.assertEqual(run.terminate(), 0, run.explain())


if __name__ == "__main__":
    case.main()
