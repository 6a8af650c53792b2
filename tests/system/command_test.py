"""The commands as people and scripts meet them: exit codes, refusals, status."""
import json
import uuid

from support import case, events


class OptionTest(case.SystemTest):
    migrated = False

    def assert_usage(self, words, *told):
        one = self.run_program(*words)
        self.assertEqual(one.process.returncode, 2, one.explain())
        for text in told:
            self.assertIn(text, one.err)

    def test_a_wrong_option_is_refused_with_name_value_and_range(self):
        self.assert_usage(["run", "--writers", "99"], "writers", "99", "1", "8")
        self.assert_usage(["run", "--batch-records", "0"], "batch-records", "'0'", "16384")
        self.assert_usage(["run", "--on-lost", "panic"], "on-lost", "panic", "stop", "continue")
        self.assert_usage(["run", "--session-timeout", "soon"], "session-timeout", "soon")
        self.assert_usage(["run", "--wirters", "2"], "wirters")
        self.assert_usage(["run", "-X", "enable.auto.commit=true"], "enable.auto.commit")
        self.assert_usage(["run", "-X", "no.such.property=1"], "no.such.property")
        self.assert_usage(["frobnicate"], "frobnicate")
        self.assert_usage(["migrate", "--writers", "2"], "writers")

    def test_a_wrong_environment_variable_is_named(self):
        one = self.run_program("run", SECRETMAGIC_WRITERS="many")
        self.assertEqual(one.process.returncode, 2)
        self.assertIn("SECRETMAGIC_WRITERS", one.err)

    def test_a_database_that_cannot_be_reached_or_is_not_there_ends_migrate_with_3(self):
        one = self.run_program("migrate", "--database", "host=127.0.0.1 port=1 dbname=x", "--timeout", "500ms")
        self.assertEqual(one.process.returncode, 3, one.explain())
        one = self.run_program("migrate", "--database", self.stack.dsn("no_such_database"), "--timeout", "500ms")
        self.assertEqual(one.process.returncode, 3, one.explain())
        self.assertIn("no_such_database", one.err)

    def test_run_says_when_a_topic_is_missing(self):
        one = self.run_program("run", "--group", self.group)
        self.assertEqual(one.process.returncode, 3, one.explain())
        self.assertIn(self.topic, one.err)
        self.assertIn("migrate --topics", one.err)

    def test_migrations_can_be_applied_twice_and_by_many_at_once(self):
        many = [self.start("migrate", "--topics", "--partitions", "2") for _ in range(3)]
        self.assertEqual([one.wait() for one in many], [0, 0, 0], many[0].explain() + many[1].explain() + many[2].explain())
        applied = self.rows("SELECT version, name, checksum FROM schema_migrations")
        self.assertGreaterEqual(len(applied), 1)
        self.succeed("migrate")
        self.assertEqual(self.rows("SELECT version, name, checksum FROM schema_migrations"), applied)
        self.assertEqual(self.broker.partitions(self.topic), [0, 1])

    def test_run_migrates_an_empty_database_by_itself(self):
        for topic in (self.topic, self.processing_topic):
            self.broker.create(topic, 1)
        self.broker.create(self.command_topic, 1)
        client = str(uuid.uuid4())
        self.produce(events.registered(client))
        self.run_until_idle()
        self.assertEqual(self.value("SELECT count(*) FROM clients"), 1)

    def test_a_topic_whose_retention_loses_history_is_told(self):
        self.broker.create(self.topic, 1, **{"retention.ms": "86400000"})
        self.broker.create(self.processing_topic, 1, **{"retention.ms": "-1"})
        self.broker.create(self.command_topic, 1, **{"retention.ms": "-1"})
        run = self.run_until_idle()
        line, = [line for line in run.err.splitlines() if "retention" in line]
        self.assertIn(self.topic, line)


class StatusTest(case.SystemTest):
    partitions = 2

    def test_status_tells_positions_and_counts_as_a_table_and_as_json(self):
        client = str(uuid.uuid4())
        feature = events.feature(client)
        self.produce(events.registered(client), feature, feature, events.deactivated(client, "promo"))
        self.run_until_idle()
        self.produce(events.feature(client))
        document = json.loads(self.succeed("status", "--json").out)
        partitions = {(p["topic"], p["partition"]): p for p in document["partitions"]}
        first = partitions[self.topic, 0]
        self.assertEqual({name: first[name] for name in ("consumed", "appended", "duplicated", "rejected")},
                         {"consumed": 4, "appended": 2, "duplicated": 1, "rejected": 1})
        self.assertIn(5, first.values(), "the end of the partition")
        self.assertEqual(len(partitions), 4)
        table = self.succeed("status").out
        self.assertIn("config.events", table)
        for word in ("consumed", "appended", "rejected"):
            self.assertIn(word, table.lower())

    def test_status_says_unknown_where_kafka_cannot_be_asked(self):
        self.run_until_idle()
        one = self.run_program("status", "--json", "--brokers", "127.0.0.1:1", "--timeout", "1s")
        document = json.loads(one.out)
        self.assertTrue(all(p["lag"] is None for p in document["partitions"]), document)


class EmitTest(case.SystemTest):
    partitions = 1

    def test_version_names_every_library_that_it_runs_with(self):
        text = self.succeed("version").out
        for line in (r"secretmagic \d", r"librdkafka 2\.", r"libpq \d+\.", r"openssl 3\.", r"jansson 2\.", r"libcurl \d+\.",
                     r"libmicrohttpd 0\.9\.",
                     r"avro-c 1\.\d+\.\d+ \(when built\)"):
            self.assertRegex(text, "(?m)^" + line)
        self.assertEqual(list(json.loads(self.succeed("version", "--json").out)),
                         [line.split()[0] for line in text.splitlines()])

    def test_emit_names_the_line_the_field_and_the_value_that_it_refuses(self):
        client = str(uuid.uuid4())
        lines = [events.encode(events.registered(client)), b'{"type": "client.updated"', b"",
                 events.encode(events.feature(client, "ema", {"window_days": -4, "alpha": 1}))]
        one = self.run_program("emit", stdin=b"\n".join(lines))
        self.assertEqual(one.process.returncode, 1, one.explain())
        self.assertIn("2", one.err)
        self.assertIn("data.config.window_days", one.err)
        self.assertIn("-4", one.err)
        self.assertEqual(len(self.broker.read(self.topic)[0]), 1)

    def test_emit_fills_in_what_is_missing_and_run_takes_it(self):
        client = str(uuid.uuid4())
        bare = b'{"type":"client.registered","subject":"%s","data":{"name":"x","organization_id":"7"}}' % client.encode()
        self.succeed("emit", "--actor", "anna", stdin=bare)
        self.run_until_idle()
        self.assertEqual(self.rows("SELECT actor, source FROM events"), [("anna", "urn:secretmagic:emit")])
        self.assertEqual(uuid.UUID(self.value("SELECT event_id::text FROM events")).version, 7)

    def test_a_dry_run_sends_nothing(self):
        one = self.succeed("emit", "--dry-run", stdin=events.encode(events.registered(str(uuid.uuid4()))))
        self.assertIn("client.registered", one.out)
        self.assertEqual(self.broker.read(self.topic)[0], [])


if __name__ == "__main__":
    case.main()
