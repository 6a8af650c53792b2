"""Running the built program, and never leaving one behind."""
import ctypes
import os
import pathlib
import signal
import subprocess

from support.wait import wait_for

BINARY = os.environ.get("SECRETMAGIC_BINARY", "secretmagic")
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def clean_environment(**more):
    """The caller's environment without options of ours: tests must not depend on who starts them."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("SECRETMAGIC_", "PG"))}
    kept.update(TZ="America/St_Johns", PGTZ="Asia/Kolkata")  # results must not depend on either
    kept.update(more)
    return kept


class Program:
    """One process of the program; output goes to files, so that nothing blocks and all can be shown."""

    def __init__(self, folder, words, environment, stdin=None):
        self.words = words
        number = len(list(folder.glob("*.err")))
        self.out_path = folder / ("%02d-%s.out" % (number, words[0]))
        self.err_path = folder / ("%02d-%s.err" % (number, words[0]))
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            self.process = subprocess.Popen([BINARY, *words], stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                                            stdout=out, stderr=err, env=environment, preexec_fn=_die_with_parent)
        if stdin is not None:
            self.process.stdin.write(stdin)
            self.process.stdin.close()

    @property
    def out(self):
        return self.out_path.read_text(errors="replace")

    @property
    def err(self):
        return self.err_path.read_text(errors="replace")

    def explain(self):
        return "$ secretmagic %s\n%s" % (" ".join(self.words), self.err[-4000:])

    def wait(self, deadline=60):
        """The exit code; of a process that a signal ended, minus its number."""
        try:
            return self.process.wait(deadline)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("still running after %g s: %s" % (deadline, self.explain()))

    def wait_for(self, condition, what, deadline=20.0):
        """As wait_for, but a process that ended will not bring it about any more."""
        def alive_and():
            value = condition()
            if not value and not self.is_running():
                raise AssertionError("ended with %d before: %s\n%s" % (self.process.returncode, what, self.explain()))
            return value
        return wait_for(alive_and, what, deadline, explain=self.explain)

    def wait_for_line(self, text, deadline=20.0):
        return self.wait_for(lambda: text in self.err, "a line with %r" % text, deadline)

    def is_running(self):
        return self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def terminate(self, deadline=20):
        self.signal(signal.SIGTERM)
        return self.wait(deadline)

    def kill(self):
        if self.is_running():
            self.process.kill()
            self.process.wait()
        return self.process.returncode


def new_folder(name):
    base = os.environ.get("SECRETMAGIC_TEST_OUTPUT")
    base = pathlib.Path(base) if base else pathlib.Path("/tmp/secretmagic-test-output")
    folder = base / ("%s-%d" % (name, os.getpid()))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
