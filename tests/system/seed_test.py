"""The seed's own text at work: its queries and its Python, taken letter by letter from the files of seed/."""
import pathlib
import types

from support import case, events, stack

SEED = pathlib.Path(__file__).resolve().parent / "seed"
CLIENT = "018f6b1e-5f0a-7c3d-9d4e-2f1a6b7c8d9e"
OTHER = "018f6b1e-5f0b-7c3d-9d4e-2f1a6b7c8d9e"
SCHEDULE = ["id", "client_id", "schedule_type", "interval_minutes", "time_of_day", "days_of_week", "timezone",
            "is_active", "version", "created_at", "created_by"]
# Tables and views that the seed names; columns where it gives them.
NAMES = {
    "clients": ["id", "name", "organization_id", "tenant_mode", "features_enabled", "config_confirmed",
                "config_confirmed_at", "config_confirmed_by", "contact_email", "contact_phone", "status", "created_at",
                "updated_at"],
    "feature_configs": ["id", "client_id", "feature_type", "config", "is_active", "version", "created_at", "created_by"],
    "bom_configs": ["id", "client_id", "max_levels", "include_produced_at", "cycle_detection", "is_active", "version",
                    "created_at", "created_by"],
    "logs": ["id", "timestamp", "level", "message", "error", "context", "created_at"],
    "client_processing_schedule": SCHEDULE, "scheduler_config": [name for name in SCHEDULE if name != "client_id"],
    "data_types": None, "feature_types": None, "feature_metadata": None, "bom_explosion_status": None, "batches": None,
    "processing_logs": None, "audit_log": None}


def queries():
    return [text.strip() + ";" for text in (SEED / "queries.sql").read_text().split(";\n") if text.strip()]


class SeedTest(case.SystemTest):
    def setUp(self):
        super().setUp()
        self.produce(events.registered(CLIENT, "2"), events.registered(OTHER, "3", name="ИП Петров"),
                     *(events.confirmed(c) for c in (CLIENT, OTHER)), events.feature(CLIENT),
                     events.feature(CLIENT, "seasonality", {"include_month": True}),
                     events.feature(CLIENT, "weather", {"nan_strategy": "decay"}),
                     events.feature(CLIENT, "weather", {"nan_strategy": "zero"}), events.bom(CLIENT, max_levels=5))
        self.process(events.bom_started(CLIENT), events.bom_completed(CLIENT, 412))
        self.run_until_idle()

    def ask(self, number):
        """The seed's query as written, with the two placeholders that it has replaced."""
        text = queries()[number].replace("'...'", "'%s'" % CLIENT).replace("'uuid-client'", "'%s'" % CLIENT)
        with self.db.cursor() as cursor:
            cursor.execute(text)
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row)) for row in cursor.fetchall()]

    def test_every_select_of_the_seed_runs_as_written(self):
        self.assertEqual(len(queries()), 7)
        current, = self.ask(0)
        self.assertEqual(list(current), NAMES["feature_configs"])
        self.assertEqual((current["config"], current["version"], current["is_active"]), (events.EMA, 1, True))
        self.assertEqual([(row["version"], row["config"]["nan_strategy"]) for row in self.ask(1)],
                         [(2, "zero"), (1, "decay")])
        self.assertEqual([row["feature_type"] for row in self.ask(2)], ["ema", "seasonality", "weather"])
        status = {row["name"]: row for row in self.ask(3)}
        self.assertEqual([status['ООО "Гастрономия"'][name] for name in ("status", "records_processed", "error_message")],
                         ["completed", 412, None])
        self.assertIsNone(status["ИП Петров"]["status"])
        self.assertIn("events", [row["tablename"] for row in self.ask(4)])
        self.assertEqual([list(row) for row in self.ask(5)], [["count"]])
        self.rows("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        for row in self.ask(6):
            self.assertEqual(list(row), ["query", "calls", "total_exec_time", "mean_exec_time"])

    def test_every_name_of_the_seed_is_there_with_its_columns(self):
        for name, columns in NAMES.items():
            with self.db.cursor() as cursor, self.subTest(name=name):
                cursor.execute("SELECT * FROM %s LIMIT 0" % name)
                if columns is not None:
                    self.assertEqual([column.name for column in cursor.description], columns)

    def test_the_reference_tables_hold_the_seeds_values(self):
        self.assertEqual({row[0] for row in self.rows("SELECT code FROM feature_types")},
                         {"ema", "ma", "std", "lags", "seasonality", "weather", "promo"})
        self.assertLessEqual({"features", "bom", "timeseries", "aggregations"},
                             {row[0] for row in self.rows("SELECT code FROM data_types")})

    def test_the_seeds_connection_pool_works_unchanged(self):
        db = types.SimpleNamespace(host="127.0.0.1", port=self.stack.postgres_port, user="secretmagic", password="",
                                   name=self.name, ssl_mode="prefer")
        names = {"cfg": types.SimpleNamespace(db=db)}
        exec(compile((SEED / "connection.py.txt").read_text(), "seed", "exec"), names)
        try:
            self.assertEqual(sorted(row[1] for row in names["rows"]), ["ИП Петров", 'ООО "Гастрономия"'])
        finally:
            names["db_pool"].closeall()


class ReadmeTest(case.SystemTest):
    def test_every_query_of_the_readme_runs(self):
        self.produce(events.registered(CLIENT, "2"), events.confirmed(CLIENT), events.feature(CLIENT), events.bom(CLIENT),
                     events.schedule(CLIENT), events.feature(OTHER))
        self.process(events.batch_started(CLIENT), events.batch_failed(CLIENT), events.logged(CLIENT))
        self.run_until_idle()
        text = (stack.ROOT / "README.md").read_text()
        blocks = [block.split("```")[0] for block in text.split("```sql\n")[1:]]
        statements = [s for block in blocks for s in block.split(";\n") if "SELECT" in s]
        self.assertGreater(len(statements), 8)
        for statement in statements:
            with self.subTest(statement=statement):
                with self.db.cursor() as cursor:
                    cursor.execute(statement)
                    cursor.fetchall()


if __name__ == "__main__":
    case.main()
