"""verify names whatever is not as the log says; and --gaps finds a record that was skipped below us."""
import uuid

from support import case, events, load

CLIENT = str(uuid.UUID("018f6b1e-5f0a-7c3d-9d4e-2f1a6b7c8d9e"))

# (what somebody did behind our back, words that verify must say)
TAMPERING = [
    ("UPDATE heads SET version = version + 1 WHERE kind = 'feature_config'", ["heads", CLIENT, "version"]),
    ("UPDATE heads SET active_at = '-infinity' WHERE kind = 'feature_config'", ["heads", "active_at"]),
    ("DELETE FROM heads WHERE kind = 'feature_config'", ["heads", CLIENT]),
    ("INSERT INTO heads (client_id, last_at, kind, version, key) VALUES (gen_random_uuid(), now(), 'client', 1, '')",
     ["heads"]),
    ("UPDATE clients SET status = 'suspended'", ["clients", CLIENT, "status", "active", "suspended"]),
    ("UPDATE clients SET config_confirmed = true", ["clients", "config_confirmed"]),
    ("UPDATE clients SET features_enabled = '{\"bom_explosion\": true}'", ["clients", "features_enabled"]),
    ("DELETE FROM clients", ["clients", CLIENT]),
    ("UPDATE events SET data = jsonb_set(data, '{config,alpha}', '0.9') WHERE version = 2 AND kind = 'feature_config'",
     ["events", CLIENT]),
    ("UPDATE events SET actor = 'mallory' WHERE version = 1 AND kind = 'feature_config'", ["events"]),
    ("UPDATE events SET created_at = created_at + interval '1 us' WHERE version = 3", ["events"]),
    ("UPDATE events SET recorded_at = recorded_at + interval '1 s' WHERE version = 3", ["ingest_ledger"]),
    ("UPDATE events SET record_offset = record_offset + 100 WHERE version = 3", ["ingest_ledger"]),
    ("DELETE FROM events WHERE version = 3", ["events"]),
    ("UPDATE ingest_ledger SET appended = appended - 1, duplicated = duplicated + 1, "
     "duplicates = duplicates + int8multirange(int8range(0, 1)) WHERE seq = 1", ["ingest_ledger"]),
    ("UPDATE ingest_ledger SET recorded_at = recorded_at + interval '1 s' WHERE seq = 1", ["ingest_ledger"]),
    ("UPDATE ingest_ledger SET digest = sha256('x') WHERE seq = 2", ["ingest_ledger"]),
    ("DELETE FROM ingest_ledger WHERE seq = 1", ["ingest_ledger"]),
    ("DELETE FROM dead_letters", ["ingest_ledger"]),
    ("UPDATE dead_letters SET record_value = 'forged'", ["ingest_ledger"]),
    ("UPDATE dead_letters SET code = 'VALUE_MISSING'", ["ingest_ledger"]),
    ("UPDATE consumer_offsets SET next_offset = next_offset + 1 WHERE next_offset > 0", ["ingest_ledger"]),
    ("UPDATE consumer_offsets SET next_offset = next_offset - 1 WHERE next_offset > 0", ["ingest_ledger"]),
    ("UPDATE consumer_offsets SET rejected = rejected + 1, consumed = consumed + 1 WHERE next_offset > 0",
     ["ingest_ledger"]),
]


class VerifyTest(case.SystemTest):
    partitions = 1

    def setUp(self):
        super().setUp()
        feature = events.feature(CLIENT)
        self.produce(events.registered(CLIENT, "2"), feature)
        self.run_until_idle()
        self.produce(feature, events.feature(CLIENT), events.feature(CLIENT, "ema", {"alpha": 3, "window_days": 1}),
                     events.feature(CLIENT))
        self.run_until_idle()

    def verify(self, database=None, *words):
        return self.run_program("verify", *words, SECRETMAGIC_DATABASE=self.stack.dsn(database or self.name))

    def test_whatever_is_changed_behind_its_back_is_named(self):
        self.assertEqual(self.verify().process.returncode, 0)
        self.db.close()
        for number, (sql, words) in enumerate(TAMPERING):
            with self.subTest(sql=sql):
                copy = "%s_%d" % (self.name, number)
                self.copy_database(copy)
                try:
                    self.tamper(sql, copy)
                    one = self.verify(copy)
                    self.assertEqual(one.process.returncode, 1, one.out + one.explain())
                    for word in words:
                        self.assertIn(word, one.out)
                finally:
                    self.drop_copy(copy)
        self.db = self.connect()

    def copy_database(self, copy):
        server = self.connect("postgres")
        server.cursor().execute('CREATE DATABASE "%s" TEMPLATE "%s"' % (copy, self.name))
        server.close()

    def drop_copy(self, copy):
        server = self.connect("postgres")
        server.cursor().execute('DROP DATABASE "%s" WITH (FORCE)' % copy)
        server.close()

    def tamper(self, sql, database):
        """As a superuser who switches every trigger and every constraint off."""
        connection = self.connect(database)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE events DISABLE TRIGGER ALL; ALTER TABLE ingest_ledger DISABLE TRIGGER ALL")
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(sql)
            self.assertGreater(cursor.rowcount, 0, "the tampering must have hit something: " + sql)
        connection.close()

    def test_it_ends_with_2_when_it_could_not_tell(self):
        one = self.run_program("verify", "--timeout", "500ms", SECRETMAGIC_DATABASE="host=127.0.0.1 port=1 dbname=x")
        self.assertEqual(one.process.returncode, 2, one.explain())
        server = self.connect("postgres")
        server.cursor().execute('CREATE DATABASE "%s_empty"' % self.name)
        server.close()
        try:
            self.assertEqual(self.verify(self.name + "_empty").process.returncode, 2)
        finally:
            self.drop_copy(self.name + "_empty")


class GapTest(case.SystemTest):
    partitions = 1

    def test_a_record_that_was_skipped_below_the_engine_is_found(self):
        """skip_record makes the Kafka layer swallow one record, as client libraries have done."""
        self.produce(events.registered(CLIENT, "2"), *(events.feature(CLIENT) for _ in range(6)))
        run = self.run_until_idle(SECRETMAGIC_FAULT="skip_record:4")
        self.assertIn("skip_record is hit", run.err)
        self.assertEqual(self.positions(), {0: 7})
        self.assertEqual(self.value("SELECT gaps::text FROM ingest_ledger WHERE NOT isempty(gaps)"), "{[3,4)}")
        self.assert_verified()
        one = self.run_program("verify", "--gaps")
        self.assertEqual(one.process.returncode, 1, one.out + one.explain())
        self.assertIn(self.topic, one.out)
        self.assertIn("3", one.out)

    def test_gaps_of_aborted_transactions_are_found_to_be_none(self):
        self.produce(events.registered(CLIENT, "2"))
        feature = [events.record(events.feature(CLIENT))]
        for commit in (False, True, False):
            self.broker.transaction(self.topic, feature * 3, commit)
        self.run_until_idle()
        self.assertGreater(self.value("SELECT sum(upper(r) - lower(r)) FROM ingest_ledger, unnest(gaps) AS r"), 6)
        self.assert_verified("--gaps")

    def test_gaps_that_retention_took_are_said_to_be_unknown_not_empty(self):
        self.produce(events.registered(CLIENT, "2"))
        self.broker.transaction(self.topic, [events.record(events.feature(CLIENT))], commit=False)
        self.produce(events.feature(CLIENT))
        self.run_until_idle()
        self.broker.delete_records(self.topic, {0: 3})
        one = self.run_program("verify", "--gaps")
        self.assertEqual(one.process.returncode, 2, one.out + one.explain())


class LargeTest(case.SystemTest):
    def test_a_mixed_load_in_any_batches_gives_what_the_oracle_says(self):
        self.produce(*load.Load(self.name, clients=100).records(6000))
        self.run_until_idle("--batch-records", "500", "--cache-streams", "16", "--cache-clients", "16")
        self.assert_tables_as_expected()
        self.assert_verified()

    def test_beside_a_drain_it_is_equal_and_takes_new_snapshots(self):
        """More events than one snapshot serves, and every verify sees the tables while they are written."""
        clients = [str(uuid.UUID(int=i + 1, version=4)) for i in range(12)]
        self.produce(*(events.registered(client, "r%d" % i) for i, client in enumerate(clients)))
        self.produce(*(events.feature(client) for _ in range(1000) for client in clients))
        self.run_until_idle("--batch-records", "2000")
        self.assertEqual(self.value("SELECT count(*) FROM events"), 12012)
        whole = load.Load(self.name, clients=100)
        run = self.start_run("--batch-records", "50")
        starts = set()
        for _ in range(3):
            self.produce(*whole.records(1500))
            before = self.value("SELECT sum(next_offset) FROM consumer_offsets")
            one = self.start("verify")
            while one.process.poll() is None:
                starts.update(self.value("SELECT array_agg(xact_start) FROM pg_stat_activity WHERE query LIKE "
                                         "'FETCH%%FROM scan%%' AND datname = current_database()") or [])
            self.assertEqual(one.wait(60), 0, one.explain() + one.out[-4000:])
            run.wait_for(lambda: self.value("SELECT sum(next_offset) FROM consumer_offsets") > before, "more facts")
        self.wait_caught_up(run, 60)
        self.assertEqual(run.terminate(), 0)
        # One for the streams and one for the ledger would be six.
        self.assertGreater(len(starts), 6)
        self.assert_verified()


if __name__ == "__main__":
    case.main()
