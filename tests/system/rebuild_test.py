"""replay rebuild makes tables what the log says, beside writers, and touches nothing else."""
import uuid

from support import case, events, load

LOG = ["events", "ingest_ledger", "dead_letters", "parked_events", "outbox"]
LOCK = "x'736d726562696c64'::bit(64)::bigint"


class RebuildTest(case.SystemTest):
    def forge(self, *statements):
        """Changes rows as a superuser does who switches the guards off."""
        connection = self.connect()
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            for statement in statements:
                cursor.execute(statement)
                self.assertGreater(cursor.rowcount, 0, statement)
        connection.close()

    def digests(self):
        return [self.value("SELECT md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM %s t" % name)
                for name in LOG]

    def rebuild(self, *words, code=0, **environment):
        one = self.run_program("replay", "rebuild", "--actor", "olga", *words, **environment)
        self.assertEqual(one.process.returncode, code, one.out + one.explain())
        return one

    def verify(self, code):
        one = self.run_program("verify")
        self.assertEqual(one.process.returncode, code, one.out + one.explain())
        return one.out

    def forge_all(self):
        """Of every table something is changed, added or removed; two clients have changed places."""
        self.forge(
            "CREATE TEMP TABLE two AS SELECT id, organization_id, row_number() OVER (ORDER BY id) n FROM clients "
            "WHERE status <> 'archived' ORDER BY id LIMIT 2",
            "UPDATE clients SET name = name || '!' FROM two WHERE two.id = clients.id AND n = 1",
            "UPDATE clients SET organization_id = 'nobody' FROM two WHERE two.id = clients.id AND n = 1",
            "UPDATE clients SET organization_id = (SELECT organization_id FROM two WHERE n = 1) FROM two "
            "WHERE two.id = clients.id AND n = 2",
            "UPDATE clients SET organization_id = (SELECT organization_id FROM two WHERE n = 2) FROM two "
            "WHERE two.id = clients.id AND n = 1",
            "UPDATE tenants SET reason = 'forged' WHERE client_id = (SELECT max(client_id::text)::uuid FROM tenants)",
            "DELETE FROM batches WHERE (client_id, id) = (SELECT client_id, id FROM batches ORDER BY 1, 2 LIMIT 1)",
            "INSERT INTO batches SELECT client_id, 'forged', data_type, status, records_expected, records_total, "
            "records_processed, records_failed, error_message, started_at, ended_at, created_at, updated_at "
            "FROM batches ORDER BY client_id DESC LIMIT 1",
            # Not its version: a writer that meets a wrong one writes it into the log.
            "UPDATE heads SET active_at = '-infinity' WHERE (client_id, kind, key) = (SELECT client_id, kind, key "
            "FROM heads WHERE kind = 'feature_config' AND active_at > '-infinity' ORDER BY 1, 2, 3 LIMIT 1)",
            "INSERT INTO heads SELECT client_id, last_at, active_at, kind, version, 'forged' FROM heads "
            "WHERE kind = 'feature_config' LIMIT 1",
            "UPDATE feature_metadata SET description = 'forged' WHERE client_id = (SELECT client_id FROM "
            "feature_metadata LIMIT 1)")

    def fill(self, count=3000):
        self.load = load.Load(self.name, clients=40)
        self.produce(*self.load.records(count))
        self.process(*self.load.processing_records(count // 3))
        self.run_until_idle()
        self.verify(0)

    def test_every_table_is_mended_and_what_hangs_on_them_lives_on(self):
        self.fill()
        with self.db.cursor() as cursor:
            cursor.execute("CREATE TABLE mine (client uuid REFERENCES clients (id)); "
                           "INSERT INTO mine SELECT id FROM clients; CREATE VIEW ours AS SELECT * FROM clients; "
                           "PREPARE asked AS SELECT count(*) FROM clients")
        self.forge_all()
        log, wrong = self.digests(), self.verify(1)
        dry = self.run_program("replay", "rebuild", "--dry-run")
        self.assertEqual(dry.process.returncode, 1, dry.explain())
        for table in ("clients", "heads", "batches", "feature_metadata"):
            self.assertRegex(dry.out, "(?m)^%s: " % table)
        self.assertIn("nothing was changed", dry.out)
        self.assertEqual(self.verify(1), wrong)
        with self.connect() as reader:
            reader.autocommit = False
            with reader.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM clients")
                done = self.rebuild("--reason", "forged by a test")
                cursor.execute("SELECT count(*) FROM clients")
        self.assertRegex(done.out, r"(?m)^clients: \d+ rows written, 0 removed$")
        self.assertRegex(done.out, r"(?m)^batches: 1 rows written, 1 removed$")
        self.assertRegex(done.out, r"(?m)^repair 1: .* kept waiting [\d.]+ ms$")
        self.verify(0)
        self.assertEqual(self.digests(), log)
        self.assertEqual(self.rows("SELECT actor, reason, tables -> 'batches' ->> 'removed' FROM repairs"),
                         [("olga", "forged by a test", "1")])
        self.assertGreater(self.value("EXECUTE asked"), 0)
        self.assertEqual(self.value("SELECT count(*) FROM ours"), self.value("SELECT count(*) FROM mine"))
        self.assertIn("nothing to rebuild", self.rebuild().out)
        self.assertIsNone(self.value("SELECT to_regnamespace('secretmagic_rebuild')"))
        self.produce(*self.load.records(500))
        self.run_until_idle()
        self.verify(0)

    def test_writers_go_on_at_once_with_what_was_mended(self):
        self.fill()
        run = self.start_run("--session-timeout", "45s")
        self.produce(*self.load.records(300))
        self.wait_caught_up(run)
        self.forge_all()
        self.rebuild()
        self.produce(*self.load.records(300))
        self.wait_caught_up(run, 20)
        self.assertIn("claimed anew", run.err)
        self.assertEqual(run.terminate(), 0)
        self.verify(0)

    def test_beside_a_drain_what_went_on_meanwhile_is_looked_at_again(self):
        self.fill()
        self.forge_all()
        run = self.start_run("--batch-records", "20")
        self.produce(*self.load.records(3000))
        for _ in range(3):
            self.rebuild()
        self.wait_caught_up(run, 60)
        self.assertEqual(run.terminate(), 0)
        self.rebuild()
        self.verify(0)

    def test_interrupted_it_goes_on_and_one_that_is_given_up_is_cleaned(self):
        self.fill()
        self.forge_all()
        for point in ("rebuild_ranged:1", "rebuild_locked:1", "rebuild_applied:1"):
            wrong = self.verify(1)
            self.rebuild(code=-9, SECRETMAGIC_FAULT=point)
            self.assertEqual(self.verify(1), wrong)
        other = self.rebuild("--table", "clients", code=2)
        self.assertIn("replay clean", other.err)
        self.succeed("replay", "clean")
        self.assertIsNone(self.value("SELECT to_regnamespace('secretmagic_rebuild')"))
        self.rebuild(code=-9, SECRETMAGIC_FAULT="rebuild_ranged:1")
        self.assertIn("went on with a rebuild", self.rebuild().out)
        self.verify(0)

    def test_two_exclude_each_other(self):
        self.fill(100)
        with self.connect() as other:
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)" % LOCK)
            self.assertIn("another rebuild", self.rebuild(code=2).err)
            self.assertEqual(self.run_program("replay", "clean").process.returncode, 2)

    def test_its_scope(self):
        self.fill()
        self.forge_all()
        self.rebuild("--table", "batches")
        out = self.verify(1)
        self.assertNotRegex(out, "(?m)^batches: ")
        self.assertRegex(out, "(?m)^clients: ")
        victim = str(self.value("SELECT id FROM clients WHERE name LIKE '%!'"))
        self.rebuild("--client", victim, "--type", "feature_config.changed")
        self.assertIn("!", self.value("SELECT name FROM clients WHERE id = '%s'" % victim))
        self.rebuild("--client", victim, code=3)  # its organization id is taken: both have to move
        self.succeed("replay", "clean")
        self.rebuild("--table", "clients")
        self.rebuild()
        self.verify(0)
        for table, why in (("tenants", "--table clients"), ("events", "is the log"), ("nothing", "takes heads"),
                           ("audit_log", "is a view")):
            self.assertIn(why, self.rebuild("--table", table, code=2).err)
        self.assertIn("--org", self.rebuild("--org", "nobody_at_all", code=2).err + "--org")
        self.rebuild("--client", str(uuid.uuid4()))

    def test_a_damaged_log_is_not_followed(self):
        self.fill(300)
        connection = self.connect()
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica; ALTER TABLE events DISABLE TRIGGER ALL; "
                           "UPDATE events SET actor = 'forged' WHERE event_id = (SELECT event_id FROM events LIMIT 1)")
        connection.close()
        self.assertIn("the log itself is damaged", self.rebuild(code=2).err)


if __name__ == "__main__":
    case.main()
