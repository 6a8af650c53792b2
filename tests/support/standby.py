"""A standby of a stack's PostgreSQL: a copy of its files that follows it, asynchronously, until it is cut off."""
import os
import pathlib
import shutil
import socket
import subprocess

import psycopg2

from support import wait


class Standby:
    def __init__(self, stack, folder):
        """Stops the server for a moment, copies its files, and starts both."""
        self.stack = stack
        primary = pathlib.Path(stack.folder) / "postgres" / "data"
        self.binary = os.readlink("/proc/%d/exe" % stack.main_pid("postgres"))
        self.owner = primary.stat().st_uid
        self.group = primary.stat().st_gid
        self.data = primary.parent / "standby"  # where its owner may look into each folder above
        self.log = pathlib.Path(folder) / "standby.log"
        stack.down("postgres")
        subprocess.run(["cp", "-a", str(primary), str(self.data)], check=True)
        stack.up("postgres")
        with open(self.data / "postgresql.auto.conf", "a") as conf:
            conf.write("primary_conninfo = '%s'\n" % stack.dsn("postgres"))
        (self.data / "standby.signal").touch()
        os.chown(self.data / "standby.signal", self.owner, self.group)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start()

    def start(self):
        def drop_rights():
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(self.group)
                os.setuid(self.owner)

        with open(self.log, "w") as log:
            self.process = subprocess.Popen([self.binary, "-D", str(self.data), "-p", str(self.port)], stdout=log,
                                            stderr=subprocess.STDOUT, preexec_fn=drop_rights, cwd="/")
        wait.wait_for(self.caught_up, "the standby to follow", 60, explain=self.log.read_text)

    def dsn(self, database):
        return self.stack.dsn(database).replace("port=%d" % self.stack.postgres_port, "port=%d" % self.port)

    def ask(self, sql, dsn=None):
        try:
            connection = psycopg2.connect(dsn or self.dsn("postgres"))
        except psycopg2.OperationalError:
            return None  # not ready yet
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchone()[0] if cursor.description else None
        finally:
            connection.close()

    def caught_up(self):
        end = self.ask("SELECT pg_current_wal_lsn()", self.stack.dsn("postgres"))
        return end is not None and self.ask("SELECT pg_last_wal_replay_lsn() >= '%s'" % end)

    def cut_off(self):
        """From now on it knows nothing of what its primary does."""
        wait.wait_for(self.caught_up, "the standby to have it all")
        self.ask("ALTER SYSTEM SET primary_conninfo = ''")
        self.ask("SELECT pg_reload_conf()")
        wait.wait_for(lambda: self.ask("SELECT count(*) FROM pg_stat_wal_receiver") == 0, "the standby to be cut off")

    def promote(self):
        self.ask("SELECT pg_promote()")
        wait.wait_for(lambda: self.ask("SELECT NOT pg_is_in_recovery()"), "the standby to be the primary")

    def destroy(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.data, ignore_errors=True)
