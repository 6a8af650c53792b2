"""Throw-away Kafka and PostgreSQL for tests, started by scripts/stack.

One ctest run has one shared stack: the fixture `stack up` starts it, `stack down` ends it together
with every private one that a test which died left behind. All folders of a run lie in one that is
named by the process id of ctest, which every test of the run has for its parent: so runs side by
side in one build tree do not meet. A test that is started by hand finds no shared stack and makes
its own, for as long as it runs.
"""
import atexit
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run_folder():
    base = os.environ.get("SECRETMAGIC_TEST_STACKS")
    base = pathlib.Path(base) if base else pathlib.Path(tempfile.gettempdir()) / "secretmagic-tests"
    return base / str(os.getppid())


def python_packages():
    """Where scripts/setup has put what Debian does not have."""
    return ROOT / ".stack" / "deps" / "python"


def new_rdkafka():
    """For LD_LIBRARY_PATH: a librdkafka that is newer than Debian's."""
    return str(ROOT / ".stack" / "deps" / "rdkafka")


def kafka_jars():
    jars, = (ROOT / ".stack" / "deps").glob("kafka-*")
    return str(jars) + "/*"


class Stack:
    """A folder with one broker and one PostgreSQL server, and a schema registry where one is asked for.
    `scripts/stack` does the work."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.brokers = None
        self.postgres_port = None
        self.registry = None

    def command(self, *words, timeout=180):
        done = subprocess.run([str(ROOT / "scripts" / "stack"), words[0], *words[1:], "--dir", str(self.folder)],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              universal_newlines=True, timeout=timeout)
        if done.returncode != 0:
            raise RuntimeError("scripts/stack %s failed (%d):\n%s" % (" ".join(words), done.returncode, done.stdout))
        return done.stdout

    def up(self, *words):
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        named = any(word in ("kafka", "postgres", "registry") for word in words)
        self.command("up", *(() if named else ("kafka", "postgres")), *words, "--small")
        self.read_addresses()
        return self

    def down(self, *service):
        self.command("down", *service)

    def kill(self, *service):
        self.command("kill", *service)

    def destroy(self):
        if self.folder.exists() or self.folder.is_symlink():
            self.command("destroy")

    def is_up(self):
        return (self.folder / "secretmagic-stack").exists()

    def read_addresses(self):
        for line in self.command("env").splitlines():
            if not line.startswith("export "):
                continue
            name, _, value = shlex.split(line)[1].partition("=")
            if name == "SECRETMAGIC_BROKERS":
                self.brokers = value
            elif name == "SECRETMAGIC_DATABASE":
                words = dict(word.split("=", 1) for word in value.split())
                self.postgres_port = int(words["port"])
            elif name == "SECRETMAGIC_REGISTRY":
                self.registry = value

    def dsn(self, database, user="secretmagic"):
        return "host=127.0.0.1 port=%d user=%s dbname=%s" % (self.postgres_port, user, database)

    def main_pid(self, service):
        return int((self.folder / service / "pid").read_text().split()[0])


_shared = None


def shared():
    """The stack of this ctest run, or one of our own where there is none."""
    global _shared
    if _shared is None:
        stack = Stack(run_folder() / "shared")
        if stack.is_up():
            stack.read_addresses()
        else:
            stack = private("own")
        _shared = stack
    return _shared


def private(name, *words, more_properties=None):
    """A stack for this process alone, destroyed when it ends. `words`: for scripts/stack up;
    `more_properties`: lines for Kafka (scripts/lib/services.sh)."""
    stack = Stack(run_folder() / ("%s-%d" % (name, os.getpid())))
    atexit.register(stack.destroy)
    if more_properties is not None:
        (stack.folder / "kafka").mkdir(parents=True)
        (stack.folder / "secretmagic-stack").write_text("small\n")
        (stack.folder / "kafka" / "more.properties").write_text(more_properties)
    return stack.up(*words)


def with_postgres(version):
    """The shared broker with a PostgreSQL of another main version."""
    stack = private("postgres%d" % version, "postgres", "--postgres", str(version))
    stack.brokers = shared().brokers
    return stack


def unmount_below(folder):
    """Disks that tests mounted (disk_test.py) and could not unmount."""
    for line in pathlib.Path("/proc/mounts").read_text().splitlines():
        place = line.split()[1]
        if place.startswith(str(folder.resolve()) + "/"):
            subprocess.run(["umount", "-l", place], check=False)


def destroy_run(folder):
    for stack in sorted(folder.iterdir()):
        unmount_below(stack)
        Stack(stack).destroy()
    shutil.rmtree(folder, ignore_errors=True)


def destroy_stale(base):
    """Runs whose ctest is gone without its clean-up having run."""
    for folder in base.iterdir() if base.is_dir() else []:
        if folder.name.isdigit() and not pathlib.Path("/proc", folder.name).exists():
            destroy_run(folder)


def main(word):
    folder = run_folder()
    if word == "up":
        destroy_stale(folder.parent)
        Stack(folder / "shared").up()
    elif word == "down":
        destroy_run(folder)
    else:
        sys.exit("usage: stack.py up|down")


if __name__ == "__main__":
    main(sys.argv[1])
