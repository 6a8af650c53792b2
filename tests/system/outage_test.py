"""PostgreSQL or Kafka away, read-only, restarted, sessions cut: it waits, and goes on by itself."""
import os
import threading

from support import case, load, stack

SECONDS = float(os.environ.get("SECRETMAGIC_OUTAGE_SECONDS", "2"))


class OutageTest(case.SystemTest):
    @classmethod
    def make_stack(cls):
        return stack.private("outage")

    def setUp(self):
        super().setUp()
        self.load = load.Load(self.name, clients=40)
        self.run_ = self.start_run("--retry-max", "500ms")
        self.stop_load = threading.Event()
        self.addCleanup(self.stop_load.set)
        self.producing = threading.Thread(target=self.produce_on)
        self.producing.start()
        self.run_.wait_for(lambda: self.counts()["consumed"] > 0, "the first records to be committed")

    def produce_on(self):
        while not self.stop_load.is_set():
            self.produce(*self.load.records(50))
            self.stop_load.wait(0.05)

    def assert_goes_on_and_all_is_well(self):
        before = self.counts()["consumed"]
        self.run_.wait_for(lambda: self.counts()["consumed"] > before, "it to go on", deadline=30)
        self.stop_load.set()
        self.producing.join(60)
        self.wait_caught_up(self.run_)
        self.assertEqual(self.run_.terminate(), 0)
        self.assert_tables_as_expected()
        self.assert_verified()

    def assert_member_all_the_time(self):
        for word in ("revoked", "lost: "):
            self.assertNotIn(word, self.run_.err)

    def pause(self):
        """The outage itself has a length; nothing is waited for."""
        threading.Event().wait(SECONDS)
        self.assertTrue(self.run_.is_running(), self.run_.explain())

    def again(self, *service):
        self.stack.up(*service)
        self.db.close()
        self.db = self.connect()

    def test_postgresql_away_for_a_while(self):
        self.stack.down("postgres")
        self.pause()
        self.assertIn("tries again", self.run_.err)
        self.again("postgres")
        self.assert_goes_on_and_all_is_well()
        self.assert_member_all_the_time()

    def test_kafka_away_for_a_while(self):
        self.stack.down("kafka")
        self.pause()
        self.again("kafka")
        self.assert_goes_on_and_all_is_well()

    def test_sessions_cut_again_and_again(self):
        for _ in range(20):
            before = self.counts()["consumed"]
            self.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s "
                      "AND pid <> pg_backend_pid()", self.name)
            self.run_.wait_for(lambda: self.counts()["consumed"] > before, "it to go on")
        self.assert_goes_on_and_all_is_well()
        self.assert_member_all_the_time()

    def make_writable(self):
        server = self.connect("postgres")
        server.cursor().execute("ALTER SYSTEM RESET default_transaction_read_only")
        server.cursor().execute("SELECT pg_reload_conf()")
        server.close()

    def test_a_read_only_postgresql_is_waited_for(self):
        self.rows("ALTER SYSTEM SET default_transaction_read_only = on")
        self.addCleanup(self.make_writable)
        self.rows("SELECT pg_reload_conf()")
        self.run_.wait_for_line("read-only transaction")
        self.pause()  # what had begun before may still be committed
        stood = self.counts()["consumed"]
        self.pause()
        self.assertEqual(self.counts()["consumed"], stood)
        self.make_writable()
        self.assert_goes_on_and_all_is_well()
        self.assert_member_all_the_time()


if __name__ == "__main__":
    case.main()
