"""The Dockerfile's steps, without Docker: the build in a fresh folder that holds what the image's context
holds, then the package that it makes, installed on a copy of this system, run there, and removed.

What is not run: `apt-get update` and the download of packages (scripts/setup has installed the same ones),
the base image itself, and the health check by Docker (its command is run)."""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest

from support import case, program, stack

FOLDERS = ["usr/bin/secretmagic", "usr/share/man/man1/secretmagic.1.gz", "usr/lib/systemd/system/secretmagic.service",
           "usr/share/bash-completion/completions/secretmagic", "usr/share/zsh/vendor-completions/_secretmagic",
           "usr/lib/sysusers.d/secretmagic.conf", "etc/secretmagic/secretmagic.conf",
           "usr/share/doc/secretmagic/copyright"]


def instructions():
    """[stage]: (word, rest) of each instruction, lines joined, without comments."""
    lines = [line for line in (stack.ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#")]
    stages = []
    for line in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines():
        if line.strip():
            word, rest = line.split(None, 1)
            if word == "FROM":
                stages.append([])
            stages[-1].append((word, rest))
    return stages


def steps(stage):
    """The commands of a stage's RUN lines, one by one."""
    return [shlex.split(step) for word, rest in stage if word == "RUN" for step in rest.split("&&")]


def context():
    """What .dockerignore lets into the image's context."""
    lines = (stack.ROOT / ".dockerignore").read_text().split("\n")
    return [line[1:] for line in lines if line.startswith("!")]


def sudo(*words):
    return list(words) if os.geteuid() == 0 else ["sudo", "-n", *words]


class ImageTest(case.SystemTest):
    migrated = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.place = pathlib.Path(tempfile.mkdtemp(prefix="secretmagic-image-", dir="/var/tmp"))
        cls.addClassCleanup(shutil.rmtree, str(cls.place), ignore_errors=True)
        cls.source = cls.place / "src"
        cls.source.mkdir()
        for name in context():
            place = stack.ROOT / name
            (shutil.copytree if place.is_dir() else shutil.copy)(str(place), str(cls.source / name))
        cls.building, cls.final = instructions()
        for words in steps(cls.building):
            if words[0] in ("npm", "cmake", "cpack"):
                cls.command([word.replace("/src/", str(cls.source) + "/") for word in words], cwd=str(cls.source))
        cls.package, = cls.source.glob("build-package/*.deb")
        cls.root = cls.place / "root"
        cls.command(["dpkg-deb", "-x", str(cls.package), str(cls.root)])

    @staticmethod
    def command(words, **more):
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              universal_newlines=True, **more)
        if done.returncode != 0:
            raise AssertionError("%s failed (%d):\n%s" % (words, done.returncode, done.stdout[-4000:]))
        return done.stdout

    def test_the_stages_are_what_this_test_knows_to_run(self):
        known = {"apt-get", "npm", "cmake", "cpack", "rm"}
        self.assertEqual({words[0] for stage in (self.building, self.final) for words in steps(stage)} - known, set())
        rest = dict(self.final)
        self.assertEqual(rest["USER"], "secretmagic", "not root")
        self.assertIn("COPY", rest)

    def test_every_package_of_the_build_stage_is_one_that_setup_installs(self):
        words, = [w for w in steps(self.building) if w[:2] == ["apt-get", "install"]]
        wanted = [word for word in words[2:] if not word.startswith("-") and word != "npm"]  # it may be another one here
        self.assertIsNotNone(shutil.which("npm"))
        said = self.command(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *wanted])
        self.assertEqual({line.split()[0] for line in said.splitlines() if line.endswith(" installed")}, set(wanted))
        setup = re.search(r"BUILD_PACKAGES=\((.*?)\)", (stack.ROOT / "scripts" / "setup").read_text(), re.DOTALL).group(1)
        for_tests = {"libcmocka-dev", "libclang-rt-14-dev"}
        libraries = {word for word in setup.split() if word.endswith("-dev")} - for_tests
        self.assertLessEqual(libraries, set(wanted), "a library that the image would lack")

    def test_the_package_holds_what_it_should_and_depends_on_the_libraries(self):
        for name in FOLDERS:
            self.assertTrue((self.root / name).is_file(), name)
        self.assertEqual({place.name for place in self.root.iterdir()}, {"usr", "etc"})
        fields = self.command(["dpkg-deb", "-f", str(self.package), "Depends"])
        for library in ("libc6", "libjansson4", "libpq5", "librdkafka1 (>= 2.0.2)", "libssl3"):
            self.assertIn(library, fields)
        needed = self.command(["ldd", str(self.root / FOLDERS[0])])
        self.assertNotIn("not found", needed)

    def test_what_it_installs_works_on_the_stack(self):
        """ENTRYPOINT, CMD and HEALTHCHECK, as the compose file gives them their addresses."""
        self.program = str(self.root / "usr/bin/secretmagic")
        self.assertIn("secretmagic 0.", self.packaged("version"))
        self.assertIn("dead-letters", self.packaged("help"))
        self.assertIn("001_schema", self.packaged("migrate", "--topics"))
        health, = [rest for word, rest in self.final if word == "HEALTHCHECK"]
        words = [word.strip('", ') for word in re.search(r"CMD \[(.*)\]", health).group(1).split(",")]
        self.assertEqual(words[0], "secretmagic")
        self.packaged(*words[1:])
        refused = subprocess.run([self.program, *words[1:], "--timeout", "500ms"], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL,
                                 env={**self.environment, "SECRETMAGIC_DATABASE": "host=127.0.0.1 port=1"})
        self.assertEqual(refused.returncode, 3, "unhealthy while the database is away")

    def packaged(self, *words):
        return self.command([self.program, *words], env=self.environment)

    def test_it_is_installed_run_and_removed_on_a_copy_of_this_system(self):
        """The copy is an overlay over /, in a mount namespace of its own: nothing is left of it."""
        script = pathlib.Path(__file__).with_name("install.sh")
        done = subprocess.run(sudo("unshare", "--mount", str(script), str(self.package)), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
        if done.returncode == 77:
            self.skipTest(done.stdout.strip().splitlines()[-1])
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("secretmagic 0.", done.stdout)


if __name__ == "__main__":
    case.main()
