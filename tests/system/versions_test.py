"""PostgreSQL 16 and 17 as well as 18, on which all other tests run: story, seed, crash, verify."""
import signal
import unittest

import seed_test
import story_test

from support import case, load, stack

VERSIONS = (16, 17)
TESTS = {story_test.StoryTest: ["test_emit_acknowledges_what_it_sent_and_the_tables_are_what_the_oracle_says"],
         seed_test.SeedTest: ["test_every_select_of_the_seed_runs_as_written"]}
servers = {}


def server(version):
    if version not in servers:
        servers[version] = stack.with_postgres(version)
    return servers[version]


class CrashTest(case.SystemTest):
    version = None  # see on()

    def test_killed_in_a_commit_it_goes_on_and_verify_proves_it_and_finds_what_is_changed(self):
        self.load = load.Load("versions", clients=50)
        for point in ("after_append", "commit_sent"):
            self.produce(*self.load.records(300))
            self.process(*self.load.processing_records(100))
            run = self.start_run("--batch-records", "50", SECRETMAGIC_FAULT=point + ":2")
            self.assertEqual(run.wait(60), -signal.SIGKILL, run.explain())
        self.run_until_idle()
        self.assert_tables_as_expected()
        self.assert_processing_is_accounted_for()
        self.assert_verified("--gaps")
        self.assertEqual(self.tamper("DELETE FROM ingest_ledger WHERE seq = 1 AND partition_id = 0"), 2)
        one = self.run_program("verify")
        self.assertEqual(one.process.returncode, 1, one.explain())
        self.assertIn("ingest_ledger", one.out)

    def test_the_server_is_of_the_version_that_is_meant(self):
        self.assertEqual(int(self.value("SHOW server_version_num")) // 10000, self.version)


def on(version, test):
    """The same class, with a server of its own version."""
    return type("%sOn%d" % (test.__name__, version), (test,),
                {"version": version, "make_stack": classmethod(lambda cls: server(version))})


def load_tests(loader, standard, pattern):
    tests = unittest.TestSuite()
    for version in VERSIONS:
        tests.addTests(loader.loadTestsFromTestCase(on(version, CrashTest)))
        for test, names in TESTS.items():
            tests.addTests(map(on(version, test), names))
    return tests


if __name__ == "__main__":
    case.main()
