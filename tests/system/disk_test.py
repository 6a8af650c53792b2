"""PostgreSQL's disk is full: nothing is skipped, nothing becomes a dead letter, and it goes on by itself.

The disk is a small tmpfs that holds the database's tablespace. Only root may mount one.
"""
import os
import shutil
import subprocess
import sys

from support import case, events, load, stack

SMALL, LARGE = "16m", "200m"
COUNT = 800  # of 40 KB that cannot be compressed below 20


class DiskTest(case.SystemTest):
    partitions = 2

    def setUp(self):
        # Inside the stack's folder: the servers' user can get there, and what a test that is killed
        # leaves mounted is found by the clean-up.
        self.disk = stack.shared().folder.resolve() / ("disk-%d" % os.getpid())
        self.disk.mkdir()
        self.mount(SMALL)
        self.addCleanup(self.unmount)
        owner = (stack.shared().folder / "postgres" / "data").stat()
        os.chown(self.disk, owner.st_uid, owner.st_gid)
        super().setUp()

    def mount(self, size, *options):
        subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(("size=" + size,) + options), "tmpfs", str(self.disk)],
                       check=True)

    def unmount(self):
        subprocess.run(["umount", str(self.disk)], check=True)
        self.disk.rmdir()

    def make_database(self):
        with_server = self.connect("postgres")
        cursor = with_server.cursor()
        cursor.execute('CREATE TABLESPACE "%s" LOCATION %%s' % self.name, (str(self.disk),))
        cursor.execute('CREATE DATABASE "%s" TEMPLATE template0 TABLESPACE "%s"' % (self.name, self.name))
        with_server.close()
        self.db = self.connect()

    def drop_database(self):
        super().drop_database()
        with_server = self.connect("postgres")
        with_server.cursor().execute('DROP TABLESPACE "%s"' % self.name)
        with_server.close()

    def test_a_full_disk_is_waited_for(self):
        client = load.Load(1).new_uuid()
        big = [events.feature(client, "weather", {"i": i, "text": os.urandom(20000).hex()}) for i in range(COUNT)]
        self.produce(events.registered(client), *big)
        run = self.start_run("--retry-max", "300ms")
        run.wait_for_line("No space left on device", 30)
        self.assertLess(self.counts()["consumed"], len(big))
        self.assertLess(shutil.disk_usage(self.disk).free, 1 << 20)
        self.mount(LARGE, "remount")
        self.wait_caught_up(run)
        self.assertEqual(run.terminate(), 0)
        self.assertEqual(self.counts(), {"consumed": COUNT + 1, "appended": COUNT + 1, "duplicated": 0, "rejected": 0})
        self.assert_tables_as_expected()
        self.assert_verified()


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("SKIPPED: a full disk is made with a small tmpfs, and only root may mount one")
        sys.exit(77)
    case.main()
