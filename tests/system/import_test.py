"""An installation from before, whose tables were updated by hand, taken over as events: the same questions get the
same answers afterwards."""
import datetime
import json

from support import case

A, B, C, D = ("018f6b1e-%04x-7c3d-9d4e-2f1a6b7c8d9e" % i for i in range(4))

# As the metadata database's document has it, but for two constraints that are no PostgreSQL, and with the tables that
# it only names in their likely form: some columns of ours are missing, some are of another type.
DDL = """
CREATE TABLE clients (id UUID PRIMARY KEY, name VARCHAR(255), organization_id VARCHAR(100), tenant_mode VARCHAR(20),
    features_enabled JSONB, config_confirmed BOOLEAN, config_confirmed_at TIMESTAMP, config_confirmed_by VARCHAR(100),
    contact_email VARCHAR(255), contact_phone VARCHAR(50), status VARCHAR(20), created_at TIMESTAMP, updated_at TIMESTAMP);
CREATE TABLE feature_types (id SERIAL PRIMARY KEY, code VARCHAR(50), description TEXT);
CREATE TABLE data_types (code VARCHAR(50) PRIMARY KEY);
CREATE TABLE feature_configs (id UUID PRIMARY KEY DEFAULT gen_random_uuid(), client_id UUID NOT NULL REFERENCES clients(id),
    feature_type VARCHAR(50) NOT NULL, config JSONB NOT NULL, is_active BOOLEAN DEFAULT true,
    version INTEGER GENERATED ALWAYS AS IDENTITY, created_at TIMESTAMP DEFAULT NOW(), created_by VARCHAR(100));
CREATE TABLE bom_configs (id UUID PRIMARY KEY DEFAULT gen_random_uuid(), client_id UUID NOT NULL REFERENCES clients(id),
    max_levels INTEGER NOT NULL DEFAULT 5, include_produced_at BOOLEAN DEFAULT true, cycle_detection BOOLEAN DEFAULT true,
    is_active BOOLEAN DEFAULT true, version INTEGER GENERATED ALWAYS AS IDENTITY, created_at TIMESTAMP DEFAULT NOW(),
    created_by VARCHAR(100));
CREATE TABLE bom_explosion_status (client_id UUID PRIMARY KEY, status VARCHAR(20), last_processed_at TIMESTAMP,
    records_processed INTEGER, error_message TEXT);
CREATE TABLE client_processing_schedule (id UUID PRIMARY KEY DEFAULT gen_random_uuid(), client_id UUID,
    schedule_type VARCHAR(20), interval_minutes INTEGER, time_of_day TIME, days_of_week INTEGER[], timezone VARCHAR(64),
    is_active BOOLEAN DEFAULT true, created_at TIMESTAMP DEFAULT NOW());
CREATE TABLE scheduler_config (id UUID PRIMARY KEY DEFAULT gen_random_uuid(), schedule_type VARCHAR(20),
    interval_minutes INTEGER, is_active BOOLEAN DEFAULT true, created_at TIMESTAMPTZ DEFAULT NOW());
CREATE TABLE batches (id BIGSERIAL PRIMARY KEY, client_id UUID, data_type VARCHAR(50), status VARCHAR(20),
    records_total BIGINT, records_processed BIGINT, error_message TEXT, started_at TIMESTAMP, ended_at TIMESTAMP);
CREATE TABLE feature_metadata (client_id UUID, feature_name VARCHAR(255), feature_type VARCHAR(50), data_type VARCHAR(50),
    nan_semantics VARCHAR(50), created_at TIMESTAMP);
CREATE TABLE logs (id BIGSERIAL PRIMARY KEY, timestamp TIMESTAMP DEFAULT NOW(), level VARCHAR(10) NOT NULL,
    message TEXT NOT NULL, error TEXT, context JSONB, created_at TIMESTAMP DEFAULT NOW());
"""
ROWS = """
INSERT INTO clients VALUES
 ('{A}', 'ООО "Гастрономия"', '2', 'prefixed_tables', '{{"feature_engineering": true, "bom_explosion": true}}', true,
  '2025-02-01 10:00', 'admin@example.com', 'a@example.com', '+7 900', 'active', '2025-01-01 09:00', '2025-03-01 12:00:00.5'),
 ('{B}', 'Quiet', '3', 'dedicated_db', '{{}}', false, NULL, NULL, NULL, NULL, 'suspended', '2025-01-02', '2025-01-02'),
 ('{C}', 'Gone', '4', 'shared', NULL, true, '2025-01-04', NULL, NULL, NULL, 'archived', '2025-01-03', '2025-06-01');
INSERT INTO feature_types (code, description) VALUES ('ema', 'EMA'), ('weather', 'Weather'), ('moon', NULL);
INSERT INTO data_types VALUES ('features'), ('prices');
INSERT INTO feature_configs (client_id, feature_type, config, is_active, created_at, created_by) VALUES
 ('{A}', 'ema', '{{"window_days": 30, "alpha": 0.50}}', false, '2025-02-02', 'anna'),
 ('{A}', 'ema', '{{"window_days": 90, "alpha": 0.5, "min_samples": 7, "nan_strategy": "decay"}}', true, '2025-02-03', 'boris'),
 ('{A}', 'weather', '{{"x": 1}}', false, '2025-02-02', NULL),
 ('{A}', 'weather', '{{"x": 2}}', false, '2025-02-02', NULL),
 ('{A}', 'moon', '{{"a": {{"b": null}}}}', true, '2025-02-05', NULL),
 ('{A}', 'moon', '{{"a": 7}}', false, '2025-02-06', NULL),
 ('{C}', 'promo', '{{}}', true, '2025-02-07', NULL);
INSERT INTO bom_configs (client_id, max_levels, include_produced_at, is_active, created_at, created_by) VALUES
 ('{A}', 5, NULL, false, '2025-02-01', NULL), ('{A}', 7, false, true, '2025-02-02', 'olga');
INSERT INTO client_processing_schedule (client_id, schedule_type, time_of_day, days_of_week, timezone, created_at) VALUES
 ('{A}', 'weekly', '07:30', '{{1,3}}', 'Europe/Moscow', '2025-02-01');
INSERT INTO scheduler_config (schedule_type, interval_minutes, created_at) VALUES ('interval', 60, '2025-01-01 03:00+03');
INSERT INTO bom_explosion_status VALUES ('{A}', 'completed', '2025-03-01', 1234, NULL), ('{C}', 'failed', '2025-03-02', 5, 'broke');
INSERT INTO batches (client_id, data_type, status, records_total, records_processed, error_message, started_at, ended_at)
VALUES ('{A}', 'features', 'completed', 10, 10, NULL, '2025-03-01 01:00', '2025-03-01 02:00'),
       ('{A}', 'prices', 'failed', NULL, 3, 'lost', '2025-03-02 01:00', '2025-03-02 02:00'),
       ('{C}', 'features', 'running', NULL, NULL, NULL, '2025-03-03 01:00', NULL);
INSERT INTO feature_metadata VALUES ('{A}', 'ema_90', 'ema', 'features', 'missing', '2025-03-01'),
    ('{C}', 'p', 'promo', 'features', NULL, '2025-03-01');
INSERT INTO logs (timestamp, level, message, error, context, created_at) VALUES
 ('2025-03-01 01:01', 'info', 'began', NULL, '{{"client_id": "{A}", "batch_id": 1}}', '2025-03-01 01:02'),
 ('2025-03-01 01:03', 'ERROR', 'нет', 'trace', NULL, '2025-03-01 01:03');
"""
QUESTIONS = (  # times of the old tables are UTC without saying so
    "SELECT id, config, is_active, created_at::text, created_by FROM feature_configs WHERE client_id = '{A}' "
    "AND feature_type = 'ema' AND is_active = true ORDER BY created_at DESC LIMIT 1",
    "SELECT config, created_by FROM feature_configs WHERE client_id = '{A}' AND feature_type = 'weather' ORDER BY id",
    "SELECT fc.feature_type, fc.config FROM feature_configs fc WHERE fc.client_id = '{A}' AND fc.is_active = true "
    "ORDER BY fc.feature_type",
    "SELECT c.name, c.organization_id, bes.last_processed_at::text, bes.records_processed, bes.status, bes.error_message "
    "FROM clients c LEFT JOIN bom_explosion_status bes ON c.id = bes.client_id ORDER BY c.name",
    "SELECT id, name, organization_id, tenant_mode, coalesce(features_enabled, '{{}}'), config_confirmed, "
    "config_confirmed_at::text, config_confirmed_by, contact_email, contact_phone, status, created_at::text, "
    "updated_at::text FROM clients ORDER BY id",
    "SELECT id, max_levels, coalesce(include_produced_at, true), cycle_detection, is_active, created_at::text, created_by "
    "FROM bom_configs ORDER BY created_at",
    "SELECT id, schedule_type, time_of_day::text, days_of_week::int[], timezone, created_at::text "
    "FROM client_processing_schedule",
    "SELECT id, schedule_type, interval_minutes, created_at AT TIME ZONE 'UTC' FROM scheduler_config WHERE is_active",
    "SELECT client_id, id::text, data_type, status, records_total, records_processed, error_message, started_at::text, "
    "ended_at::text FROM batches ORDER BY 2",
    "SELECT client_id, feature_name, feature_type, data_type, coalesce(nan_semantics, 'missing') FROM feature_metadata "
    "ORDER BY 2",
    "SELECT timestamp::text, lower(level), message, error, coalesce(context, '{{}}') FROM logs ORDER BY timestamp",
)


class ImportTest(case.SystemTest):
    def setUp(self):
        super().setUp()
        self.old_name = self.name + "_old"
        server = self.connect("postgres")
        server.cursor().execute('CREATE DATABASE "%s" TEMPLATE template0' % self.old_name)
        server.close()
        self.addCleanup(self.drop_old)
        self.old = self.connect(self.old_name)
        self.of_old(DDL + ROWS.format(A=A, B=B, C=C))
        self.from_old = ("--from", self.stack.dsn(self.old_name))

    def drop_old(self):
        self.old.close()
        server = self.connect("postgres")
        server.cursor().execute('DROP DATABASE IF EXISTS "%s" WITH (FORCE)' % self.old_name)
        server.close()

    def of_old(self, sql):
        with self.old.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else None

    def answers(self, ask):
        return [[tuple(value.replace("+00", "") if isinstance(value, str) else value for value in row)
                 for row in ask(question.format(A=A))] for question in QUESTIONS]

    def test_every_question_has_the_same_answer_afterwards(self):
        run = self.start_run()
        one = self.run_program("import", *self.from_old)
        self.assertEqual(one.process.returncode, 0, one.explain() + one.out)
        self.assertIn("processing_logs: there is no such table", one.err)
        self.wait_caught_up(run)
        self.assertEqual(self.dead_letters("code, reason"), [])
        self.assertEqual(self.value("SELECT count(*) FROM parked_events WHERE state = 'waiting'"), 0)
        for question, before, after in zip(QUESTIONS, self.answers(self.of_old), self.answers(self.rows)):
            self.assertEqual(after, before, question)
        self.assertEqual(self.rows("SELECT feature_type, version, is_active FROM feature_configs WHERE client_id = %s "
                                   "ORDER BY 1, 2", A),
                         [("ema", 1, False), ("ema", 2, True), ("moon", 1, False), ("moon", 2, False), ("moon", 3, True),
                          ("weather", 1, False), ("weather", 2, False)], "versions count within each stream")
        events = self.value("SELECT count(*) FROM events")
        again = self.run_program("import", *self.from_old)
        self.assertEqual(again.process.returncode, 0, again.explain())
        self.wait_caught_up(run)
        self.assertEqual((self.value("SELECT count(*) FROM events"), self.dead_letters()), (events, []), "all duplicates")
        self.assertEqual(run.terminate(), 0)
        self.assert_verified("--gaps")

    def test_times_without_a_zone_are_of_the_zone_that_is_named(self):
        one = self.run_program("import", *self.from_old, "--timezone", "Europe/Moscow", "--dry-run")
        self.assertEqual(one.process.returncode, 0, one.explain())
        events = [json.loads(line.split("\t")[2]) for line in one.out.splitlines()]
        first = next(e for e in events if e["type"] == "client.registered" and e["subject"] == A)
        self.assertEqual(datetime.datetime.fromisoformat(first["time"]).astimezone(datetime.timezone.utc),
                         datetime.datetime(2025, 1, 1, 6, tzinfo=datetime.timezone.utc))
        self.assertEqual(self.value("SELECT count(*) FROM events"), 0)

    def test_a_row_that_breaks_a_rule_is_named_and_the_others_are_sent(self):
        self.of_old("UPDATE feature_configs SET config = '{\"window_days\": 90, \"alpha\": 7}' WHERE created_by = 'boris'")
        run = self.start_run()
        one = self.run_program("import", *self.from_old)
        self.assertEqual(one.process.returncode, 1)
        self.assertRegex(one.err, r"feature_configs:2: refused: \w+: .*alpha")
        self.wait_caught_up(run)
        self.assertEqual(self.rows("SELECT version, created_by FROM feature_configs WHERE feature_type = 'ema'"), [(1, "anna")])

    def test_what_is_no_old_installation_is_refused(self):
        for words, said in (((), "--from"), (("--from", self.stack.dsn(self.name)), "kept by secretmagic already"),
                            ((*self.from_old, "--schema", "elsewhere"), "no table clients"),
                            ((*self.from_old, "--timezone", "Mars/Olympus"), "Mars/Olympus")):
            one = self.run_program("import", *words)
            self.assertIn(one.process.returncode, (2, 3), one.explain())
            self.assertIn(said, one.err)


if __name__ == "__main__":
    case.main()
