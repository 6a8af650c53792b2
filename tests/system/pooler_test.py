"""PgBouncer between the program and PostgreSQL: by session it works, by transaction it is refused at start."""
import os
import random
import shutil
import signal
import socket
import subprocess

from support import case, load, program
from support.wait import wait_for

PROGRAM = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin")
CONFIGURATION = """[databases]
* = host=127.0.0.1 port=%(server)d user=secretmagic
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %(port)d
unix_socket_dir =
auth_type = any
pool_mode = %(mode)s
default_pool_size = %(size)d
server_round_robin = %(robin)d
"""


def free_port():
    """Below the kernel's range for outgoing connections, as scripts/stack does."""
    while True:
        port = random.SystemRandom().randrange(20000, 32000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


class PoolerTest(case.SystemTest):
    def start_pooler(self, mode, size=20, robin=0):
        """As the servers' user: PgBouncer refuses to run as root."""
        port = free_port()
        file = self.folder / ("pgbouncer-%d.ini" % port)
        file.write_text(CONFIGURATION % {
            "server": self.stack.postgres_port, "port": port, "mode": mode, "size": size, "robin": robin})
        words = [PROGRAM, str(file)]
        if os.geteuid() == 0:
            words = ["setpriv", "--reuid", "secretmagic", "--regid", "secretmagic", "--clear-groups", "--", *words]
        log = open(str(file) + ".log", "wb")
        pooler = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                  preexec_fn=program._die_with_parent)
        log.close()
        self.addCleanup(pooler.wait)
        self.addCleanup(pooler.terminate)
        wait_for(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, "PgBouncer to listen")
        self.through = self.stack.dsn(self.name).replace("port=%d" % self.stack.postgres_port, "port=%d" % port)

    def test_by_session_it_works(self):
        self.start_pooler("session")
        self.environment["SECRETMAGIC_DATABASE"] = self.through
        self.succeed("migrate")
        self.load = load.Load(self.name, clients=20)
        self.produce(*self.load.records(300))
        run = self.start_run("--writers", "2", "--batch-records", "50", SECRETMAGIC_FAULT="commit_sent:2")
        self.assertEqual(run.wait(60), -signal.SIGKILL, run.explain())
        self.run_until_idle("--writers", "2")
        self.succeed("status")
        self.assert_tables_as_expected()
        self.assert_verified("--gaps")

    def test_by_transaction_every_command_refuses_with_the_reason_and_leaves_no_setting_behind(self):
        for size, robin in ((1, 0), (20, 0), (20, 1)):
            self.start_pooler("transaction", size, robin)
            for words in (["run", "--group", self.group], ["migrate"], ["status"], ["parked", "list"], ["verify"]):
                one = self.run_program(*words, SECRETMAGIC_DATABASE=self.through)
                self.assertEqual(one.process.returncode, 2 if words[0] == "verify" else 3, one.explain())
                for word in ("pools by transaction", "hint:", "pool_mode=session"):
                    self.assertIn(word, one.err)
        connection = case.psycopg2.connect(self.through)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('secretmagic.writer', true)")
            self.assertIn(cursor.fetchone()[0], (None, ""), "whoever shares the pool must not become a projector")
        connection.close()

    def test_a_pooler_without_a_session_to_spare_is_told_and_waited_for(self):
        self.start_pooler("session", size=1)
        one = self.run_program("status", "--timeout", "1s", SECRETMAGIC_DATABASE=self.through)
        self.assertEqual(one.process.returncode, 3, one.explain())
        self.assertIn("pooler", one.err)
        self.assertIn("--writers", one.err)


if __name__ == "__main__":
    case.main()
