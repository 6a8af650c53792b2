"""scripts/test started a second time in the same checkout waits for the first, and says so."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from support import stack
from support.wait import wait_for

# Stands for cmake and ctest: writes down when it begins and ends, and ends when it may.
TOOL = """#!/bin/sh
echo "$RUN begin" >>"$PLACE/order"
while [ -d "$PLACE" ] && [ ! -e "$PLACE/go-on" ]; do sleep 0.02; done
echo "$RUN end" >>"$PLACE/order"
"""


class TwiceTest(unittest.TestCase):
    def setUp(self):
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="secretmagic-twice-"))
        self.addCleanup(shutil.rmtree, self.place)
        self.checkout = self.place / "checkout"
        shutil.copytree(stack.ROOT / "scripts", self.checkout / "scripts")
        (self.checkout / ".stack").mkdir()
        self.write("checkout/scripts/setup", "#!/bin/sh\n")
        for name in ("cmake", "ctest"):
            self.write("bin/" + name, TOOL)
        self.runs = []
        self.addCleanup(self.end)

    def write(self, name, text):
        path = self.place / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def end(self):
        (self.place / "go-on").touch()
        for run in self.runs:
            run.wait(20)

    def start(self, name):
        environment = {**os.environ, "RUN": name, "PLACE": str(self.place),
                       "PATH": "%s:%s" % (self.place / "bin", os.environ["PATH"])}
        with (self.place / (name + ".err")).open("w") as err:
            run = subprocess.Popen([str(self.checkout / "scripts" / "test")], env=environment, stderr=err,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.runs.append(run)
        return run

    def text(self, name):
        path = self.place / name
        return path.read_text() if path.exists() else ""

    def test_the_second_waits_for_the_first(self):
        first = self.start("one")
        wait_for(lambda: self.text("order"), "the first has begun")
        second = self.start("two")
        wait_for(lambda: "another scripts/test is at work in this checkout" in self.text("two.err"), "the second says so")
        self.assertEqual(self.text("order"), "one begin\n")
        self.end()
        self.assertEqual((first.returncode, second.returncode), (0, 0))
        lines = self.text("order").splitlines()
        half = len(lines) // 2
        self.assertEqual([line.split()[0] for line in lines], ["one"] * half + ["two"] * half)
        self.assertEqual(self.text("one.err"), "")

    def test_what_outlives_the_first_does_not_hold_up_the_second(self):
        left = "#!/bin/sh\nsetsid sh -c 'while [ -d \"$PLACE\" ] && [ ! -e \"$PLACE/go-on\" ]; do sleep 0.02; done' &\n"
        self.write("bin/ctest", left)
        self.write("bin/cmake", left)
        for name in ("one", "two"):
            self.assertEqual(self.start(name).wait(20), 0)
            self.assertEqual(self.text(name + ".err"), "")


if __name__ == "__main__":
    unittest.main()
