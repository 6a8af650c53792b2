"""verify finds what a superuser does with all triggers off; and two installations, or two moments of one, compare."""
import re

from support import case, events

CLIENT = "018f6b1e-5f0a-7c3d-9d4e-2f1a6b7c8d9e"

# By type: another value of the column.
OTHER = {
    "uuid": "gen_random_uuid()",
    "timestamp with time zone": "{0} + interval '1 s'",
    "bigint": "{0} + 1", "integer": "coalesce({0}, 0) + 1", "smallint": "{0} + 1",
    "bytea": "sha256({0})", "jsonb": "coalesce({0}, '{{}}') || '{{\"forged\": 1}}'",
    "character varying": "coalesce({0}, '') || 'x'",
    "stream_kind": "CASE {0} WHEN 'bom_config' THEN 'feature_config' ELSE 'bom_config' END::stream_kind",
    "event_type": "CASE {0} WHEN 'client.updated' THEN 'feature_config.changed' ELSE 'client.updated' END::event_type",
    "event_cause": "CASE {0} WHEN 'live' THEN 'forced' ELSE 'live' END::event_cause",
}


class ProofTest(case.SystemTest):
    partitions = 1

    def fill(self):
        """Facts that were live, and some that waited first."""
        self.process(events.batch_started(CLIENT))
        self.produce(events.feature(CLIENT, "promo", {"enabled": True}))
        self.run_until_idle()
        self.produce(events.registered(CLIENT, "2"), *(events.feature(CLIENT) for _ in range(3)),
                     events.event("client.config_confirmed", CLIENT, {}))
        run = self.start_run()
        self.wait_caught_up(run)
        run.wait_for(lambda: self.value("SELECT count(*) FROM events WHERE cause = 'released'") == 2, "what waited")
        self.assertEqual(run.terminate(), 0)

    def verify(self, *words, code=None, **environment):
        one = self.run_program("verify", *words, **environment)
        if code is not None:
            self.assertEqual(one.process.returncode, code, one.out + one.explain())
        return one

    def of_copy(self, number, sql):
        """What verify says of a copy in which a superuser has done this."""
        copy = "%s_%d" % (self.name, number)
        server = self.connect("postgres")
        server.cursor().execute('CREATE DATABASE "%s" TEMPLATE "%s"' % (copy, self.name))
        try:
            connection = self.connect(copy)
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = replica; ALTER TABLE events DISABLE TRIGGER ALL; "
                               "ALTER TABLE ingest_ledger DISABLE TRIGGER ALL")
                cursor.execute(sql)
                self.assertEqual(cursor.rowcount, 1, sql)
            connection.close()
            return self.verify(SECRETMAGIC_DATABASE=self.stack.dsn(copy))
        finally:
            server.cursor().execute('DROP DATABASE "%s" WITH (FORCE)' % copy)
            server.close()

    def test_any_column_of_an_event_and_any_event_that_is_gone_are_named(self):
        self.fill()
        columns = self.rows("SELECT attname, format_type(atttypid, NULL) FROM pg_attribute "
                            "WHERE attrelid = 'events'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum")
        self.assertGreater(len(columns), 20)
        self.verify(code=0)
        self.db.close()
        victim = "WHERE kind = 'feature_config' AND key = 'ema' AND version = 2"
        deeds = ["UPDATE events SET %s = %s %s" % (name, OTHER[kind].format(name), victim) for name, kind in columns]
        deeds += ["DELETE FROM events " + victim,
                  "DELETE FROM events WHERE (partition_id, topic_id, ledger_seq, record_offset) = (SELECT partition_id, topic_id, "
                  "ledger_seq, record_offset FROM events WHERE cause = 'live' ORDER BY ledger_seq DESC, record_offset DESC LIMIT 1)",
                  "DELETE FROM events WHERE cause = 'released' AND kind = 'batch'"]
        for number, deed in enumerate(deeds):
            with self.subTest(deed=deed):
                one = self.of_copy(number, deed)
                self.assertEqual(one.process.returncode, 1, one.out + one.explain())
                self.assertRegex(one.out, r"(?m)^(events|ingest_ledger|ledger_\w+|positions|batches): ")
        self.db = self.connect()

    def test_an_operator_s_fact_that_is_gone_is_named(self):
        self.produce(events.registered(CLIENT, "2"),
                     events.event("feature_config.deactivated", CLIENT, {"feature_type": "promo", "reason": "early"}))
        run = self.start_run()
        self.wait_caught_up(run)
        self.produce(events.feature(CLIENT, "promo", {"enabled": True}))
        self.wait_caught_up(run)
        self.succeed("dead-letters", "retry", "--all", "--force", "--actor", "olga")
        self.assertEqual(run.terminate(), 0)
        self.assertEqual(self.value("SELECT count(*) FROM events WHERE cause = 'forced'"), 1)
        self.verify(code=0)
        self.db.close()
        self.assertEqual(self.of_copy(0, "DELETE FROM events WHERE cause = 'forced'").process.returncode, 1)
        self.db = self.connect()

    def spoken(self, text, word):
        found = re.fullmatch(word + r": (\d+) \w+( of \d+ partitions)?, ([0-9a-f]{4}( [0-9a-f]{4}){7})\n", text)
        self.assertIsNotNone(found, text)
        return int(found[1]), found[3]

    def test_two_installations_compare_by_voice_and_a_chain_made_anew_is_found(self):
        kept = self.folder / "heads.txt"
        self.fill()
        first = self.verify("--content", code=0).out
        count, digest = self.spoken(first, "content")
        self.assertEqual(count, self.value("SELECT count(*) FROM events"))
        head = self.verify("--head", code=0).out
        self.spoken(head, "head")
        self.run_until_idle("--head-file", str(kept))
        lines = kept.read_text().splitlines()
        self.assertEqual(len(lines), 2)
        self.verify("--against", str(kept), code=0)
        # Another installation that is given the same: other batches, other positions of the books, the same content.
        other = self.name + "_other"
        server = self.connect("postgres")
        server.cursor().execute('CREATE DATABASE "%s" TEMPLATE template0' % other)
        try:
            there = {"SECRETMAGIC_DATABASE": self.stack.dsn(other)}
            run = self.start("run", "--group", other, *self.RUN, "--until-idle", "--batch-records", "1", **there)
            self.assertEqual(run.wait(60), 0, run.explain())
            self.assertEqual(self.spoken(self.verify("--content", code=0, **there).out, "content"), (count, digest))
            self.assertNotEqual(self.verify("--head", code=0, **there).out, head)
            # Sound in itself, and yet not the chain that was kept.
            self.verify(code=0, **there)
            found = self.verify("--against", str(kept), code=1, **there).out
            self.assertIn("ingest_ledger: chain made anew: %s[0] row" % self.topic, found)
        finally:
            server.cursor().execute('DROP DATABASE "%s" WITH (FORCE)' % other)
            server.close()
        self.produce(events.feature(CLIENT))
        self.run_until_idle("--head-file", str(kept))
        self.assertNotEqual(self.spoken(self.verify("--content", code=0).out, "content")[1], digest)
        self.assertEqual(len(kept.read_text().splitlines()), 4)
        self.verify("--against", str(kept), code=0)

    def test_a_file_that_is_none_is_refused_with_its_line(self):
        self.run_until_idle()
        nonsense = self.folder / "nonsense.txt"
        nonsense.write_text("x\t0\t1\tabc\n")
        one = self.verify("--against", str(nonsense), code=2)
        self.assertIn("%s: line 1" % nonsense, one.err)
        self.assertIn("cannot read", self.verify("--against", str(self.folder / "none"), code=2).err)


if __name__ == "__main__":
    case.main()
