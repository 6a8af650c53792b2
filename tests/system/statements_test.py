"""Every statement that any command can have, held against the forms that StarRocks takes. No stack is needed."""
import itertools
import json
import os
import subprocess
import tempfile
import unittest

from support import starrocks

MODES = ("prefixed_tables", "dedicated_db", "shared")
SAGAS = ("provision", "suspend", "resume", "archive", "drop")
PROGRAM = os.environ["SECRETMAGIC_BINARY"]
# What is no StarRocks SQL, or not what it looks like, in the words of its grammar.
INVALID = (
    "RENAME TABLE `c2_features` TO `client_2`.`features`",
    "ALTER TABLE `common`.`c2_features` RENAME `client_2`.`features`",
    "ALTER TABLE `common`.`c2_features` RENAME `client_2.features`",
    "ALTER TABLE `common`.`c2_features` RENAME TO `features`",
    "ALTER TABLE `common`.`c2_features` SWAP WITH `client_2`.`features`",
    "CREATE DATABASE IF NOT EXISTS `client_2` COMMENT 'x'",
    "ALTER DATABASE `client_2` SET DATA QUOTA 100",
    "ALTER DATABASE `client_2` SET DATA QUOTA '100GB'",
    "ALTER DATABASE `client_2` SET DATA QUOTA 8EB",
    "ALTER TABLE `a`.`b` ADD PARTITION IF NOT EXISTS `p2` VALUES IN (2)",
    "ALTER TABLE `a`.`b` ADD COLUMN IF NOT EXISTS `x` INT",
    "DROP RESOURCE GROUP IF EXISTS `rg_client_2`",
    "DROP TASK IF EXISTS `x`",
    "ALTER USER 'client_2' ACCOUNT LOCK",
    "CREATE VIEW IF NOT EXISTS `a`.`b` AS SELECT `x` FROM `a`.`c`",
    "CREATE TABLE IF NOT EXISTS `a`.`b` (`x` INT NOT NULL) ENGINE = OLAP PRIMARY KEY (`x`) PARTITION BY `t`, "
    "date_trunc('month', `d`) DISTRIBUTED BY HASH (`x`) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")",
    "DROP DATABASE IF EXISTS `client_2` FORCE",
    "DROP TABLE IF EXISTS `a`.`b` FORCE",
    "DELETE FROM `a`.`b`",
    "DELETE FROM `a`.`b` WHERE `tenant_id` = '2' OR 1 = 1",
    "SELECT 1; DROP TABLE `a`.`b`",
    "SELECT 1 -- more",
    "SELECT (1",
    "CREATE ROLE IF NOT EXISTS `a``b`",
    "CREATE ROLE IF NOT EXISTS `client_2_rw`, `client_3_rw`",
    "GRANT ALL ON TABLE `a`.`b` TO ROLE `r`",
)
SETTINGS = (
    (), ("--starrocks-columns", ""), ("--starrocks-columns", "a DECIMAL(10,2), b VARCHAR(20), c JSON, d DATETIME"),
    ("--starrocks-data-quota", "", "--starrocks-replica-quota", "0", "--starrocks-cpu-weight", "0"),
    ("--starrocks-storage-volume", "sv_1", "--starrocks-chunks", "3", "--starrocks-archive-path", "hdfs://n:9000/x-y"),
)


def plan(*words):
    return subprocess.run([PROGRAM, "tenants", "plan", *words], capture_output=True, text=True, timeout=60)


def plans(all_settings=SETTINGS):
    """Every saga, with each of the settings, and then with the longest name that an organization can have."""
    long_name = "a_long_name_of_an_organization_of_40_char"[:40]
    for organization, settings in [("2", settings) for settings in all_settings] + [(long_name, ())]:
        for source, target in itertools.permutations(MODES, 2):
            yield ("--org", organization, "--from", source, "--to", target, *settings)
        for saga, mode in itertools.product(SAGAS, MODES):
            yield ("--org", organization, "--saga", saga, "--to", mode, *settings)


class StatementsTest(unittest.TestCase):
    def commands(self, words):
        done = plan(*words, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_the_forms_refuse_what_is_no_starrocks_sql(self):
        for sql in INVALID:
            self.assertIsNotNone(starrocks.judge(sql), sql)

    def test_every_form_is_used_and_every_statement_has_one(self):
        count, used = 0, set()
        for words in plans():
            for command in self.commands(words):
                for statement in command["statements"]:
                    texts = [statement["sql"], statement["rollback"]]
                    texts += [query["query"] for query in (statement["verify"], statement["completed"]) if query]
                    for sql in filter(None, texts):
                        self.assertIsNone(starrocks.judge(sql), (words, command["step"], sql, starrocks.judge(sql)))
                        used.update(form for form in starrocks.FORMS if self.has_form(sql, form))
                        count += 1
        self.assertGreater(count, 2500)
        self.assertEqual(set(starrocks.FORMS) - used, set())

    @staticmethod
    def has_form(sql, form):
        reader = starrocks.Reader(starrocks.tokens(sql))
        try:
            reader.form(form.split())
        except starrocks.Refused:
            return False
        return True

    def test_data_are_destroyed_last_and_only_where_it_says_so(self):
        for words in plans([()]):
            commands = self.commands(words)
            destroys = [any(sql["sql"].startswith(("DROP TABLE", "DROP DATABASE")) or "DROP PARTITION" in sql["sql"]
                            for sql in command["statements"]) for command in commands]
            self.assertEqual(destroys, [command["irreversible"] for command in commands], words)
            self.assertEqual(destroys.count(True), destroys[-1:].count(True), words)

    def test_no_organization_can_say_sql(self):
        for name in ("2`; DROP", "2'", "A", "", "a" * 41, "ä", "2 ", "../x"):
            self.assertEqual(plan("--org", name, "--to", "shared").returncode, 2, name)

    def test_a_folder_takes_the_place_of_templates_and_a_bad_one_is_refused_with_file_and_line(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "suspend_shared.sql")
            with open(path, "w", encoding="utf-8") as file:
                file.write("-- @minimum 3.4\n-- @check {buckets}\nSELECT 4;\n")
            words = ("--org", "2", "--saga", "suspend", "--to", "shared", "--templates", folder)
            [command] = self.commands(words)
            self.assertEqual([(s["sql"], s["verify"]["expected"]) for s in command["statements"]], [("SELECT 4", "4")])
            with open(path, "w", encoding="utf-8") as file:
                file.write("-- @minimum 3.4\n\n-- @statement\nSELECT {bucket};\n")
            done = plan(*words)
            self.assertEqual(done.returncode, 2)
            self.assertIn(path + ":4: there is no placeholder 'bucket'", done.stderr)
            os.rename(path, os.path.join(folder, "suspend.sql"))
            self.assertIn("suspend.sql:1: no step is called 'suspend'", plan(*words).stderr)
            run = subprocess.run([PROGRAM, "run", "--templates", folder], capture_output=True, text=True, timeout=60)
            self.assertEqual(run.returncode, 2)
            self.assertIn("suspend.sql:1: no step is called 'suspend'", run.stderr)
        self.assertEqual(plan(*words).returncode, 2)


if __name__ == "__main__":
    unittest.main()
