"""The manual page, the completion of shells, the example file: all as the program itself tells."""
import os
import re
import subprocess
import tempfile
import unittest

from support import stack

BINARY = os.environ["SECRETMAGIC_BINARY"]
PACKAGING = stack.ROOT / "scripts" / "packaging"


def help_of(*words):
    return subprocess.run([BINARY, "help", *words], check=True, stdout=subprocess.PIPE, universal_newlines=True).stdout


def commands():
    return re.findall(r"^  ([a-z-]+) +\S", help_of(), re.MULTILINE)


def options_of(command):
    return set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", help_of(command), re.MULTILINE))


class ManualTest(unittest.TestCase):
    def setUp(self):
        self.file = tempfile.NamedTemporaryFile("w", suffix=".1")
        self.addCleanup(self.file.close)
        self.file.write(help_of("--man"))
        self.file.flush()

    def test_mandoc_and_man_find_nothing_to_say(self):
        said = subprocess.run(["mandoc", "-T", "lint", "-W", "style", self.file.name], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, universal_newlines=True).stdout.splitlines()
        # Whether other programs' pages are there is no matter of ours.
        self.assertEqual([line for line in said if "mandoc.db" not in line and "referenced manual" not in line], [])
        page = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", self.file.name], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, universal_newlines=True, env={**os.environ, "MANWIDTH": "80"})
        self.assertEqual((page.returncode, page.stderr), (0, ""))

    def test_it_names_every_command_option_variable_and_exit_code(self):
        text = subprocess.run(["mandoc", "-T", "utf8", self.file.name], check=True, stdout=subprocess.PIPE).stdout.decode()
        text = re.sub(".\b", "", text)
        for command in commands():
            self.assertRegex(text, r"(?m)^     %s\b" % command)
            for option in options_of(command):
                self.assertRegex(text, r"(?m)^     (-\w, )?%s\b" % option)
        for name in re.findall(r"`(SECRETMAGIC_\w+)`", help_of("--markdown", "options")):
            self.assertIn(name, text)
        for code in re.findall(r"(?m)^\| ([\d, ]+) \|", help_of("--markdown", "exit-codes")):
            self.assertRegex(text, r"(?m)^     %s\b" % code)


class CompletionTest(unittest.TestCase):
    def complete(self, *words):
        """What bash offers for the last word; it takes '=' for a word of its own."""
        script = 'source /dev/stdin; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _secretmagic; printf "%s\\n" "${COMPREPLY[@]}"'
        done = subprocess.run(["bash", "-euc", script, "bash", "secretmagic", *words], stdout=subprocess.PIPE, check=True,
                              input=help_of("--completion", "bash"), universal_newlines=True, cwd=str(stack.ROOT))
        return set(done.stdout.split())

    def test_bash_completes_commands_options_values_operands_and_files(self):
        self.assertEqual(self.complete(""), set(commands()))
        self.assertEqual(self.complete("ver"), {"verify", "version"})
        for command in commands():
            self.assertEqual(self.complete(command, "--"), options_of(command))
        self.assertEqual(self.complete("run", "--on-lost", ""), {"stop", "continue"})
        self.assertEqual(self.complete("run", "--on-lost", "="), {"stop", "continue"})
        self.assertEqual(self.complete("run", "--on-lost", "=", "c"), {"continue"})
        self.assertEqual(self.complete("run", "--group", ""), set())
        self.assertEqual(self.complete("dead-letters", "re"), {"retry"})
        self.assertEqual(self.complete("help", "e"), {"emit", "erase-client", "events"})
        self.assertEqual(self.complete("emit", "READ"), {"README.md"})
        self.assertEqual(self.complete("run", "--config", "READ"), {"README.md"})

    def test_zsh_offers_the_same_commands_and_options(self):
        script = help_of("--completion", "zsh")
        # _arguments and _describe belong to zsh's completion; here they print what they are given.
        stub = """_describe() { print -l "${(@P)2}" }
_arguments() { print -l -- "$@" }
_files() { }
_secretmagic() { %s }
words=("$@"); CURRENT=$#; _secretmagic
""" % script
        with tempfile.NamedTemporaryFile("w", suffix=".zsh") as file:
            file.write(stub)
            file.flush()

            def offered(*words):
                return subprocess.run(["zsh", "-f", file.name, "secretmagic", *words], check=True, stdout=subprocess.PIPE,
                                      universal_newlines=True).stdout.splitlines()
            self.assertEqual([line.split(":")[0] for line in offered("")], commands())
            for command in commands():
                found = {match.group(1) for line in offered(command, "--")
                         for match in [re.match(r"\*?(--[a-z-]+)=?\[", line)] if match}
                self.assertEqual(found, options_of(command))


class ExampleFileTest(unittest.TestCase):
    def test_every_line_of_the_example_file_is_taken(self):
        text = (PACKAGING / "secretmagic.conf").read_text()
        lines = re.findall(r"(?m)^#(\S+ =.*)$", text)
        self.assertGreater(len(lines), 5)
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("\n".join(lines))
            file.flush()
            done = subprocess.run([BINARY, "emit", "--dry-run", "--config", file.name], stdin=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, universal_newlines=True)
            self.assertEqual((done.returncode, done.stderr), (0, "0 could be sent\n"))


class UnitTest(unittest.TestCase):
    def setUp(self):
        text = (PACKAGING / "secretmagic.service.in").read_text()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.unit = os.path.join(folder.name, "secretmagic.service")
        places = {"@CMAKE_INSTALL_FULL_BINDIR@/secretmagic": BINARY, "@SM_CONFIG_DIR@": "/etc/secretmagic"}
        for name, value in places.items():
            text = text.replace(name, value)
        self.assertNotIn("@CMAKE", text)
        with open(self.unit, "w") as file:
            file.write(text)

    def analyze(self, *words):
        return subprocess.run(["systemd-analyze", *words, self.unit], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              universal_newlines=True)

    def test_systemd_takes_the_unit_and_finds_little_exposed(self):
        done = self.analyze("verify", "--man=no")
        # Units of the machine itself that it meets on the way are no matter of ours.
        said = [line for line in done.stdout.splitlines() if "secretmagic" in line]
        self.assertEqual((done.returncode, said), (0, []))
        done = self.analyze("security", "--offline=yes", "--no-pager", "--threshold=15")
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_a_user_of_the_units_name_is_made(self):
        with open(self.unit) as file:
            user, = re.findall(r"(?m)^User=(.*)$", file.read())
        self.assertRegex((PACKAGING / "sysusers.conf").read_text(), r"(?m)^u %s -" % user)


if __name__ == "__main__":
    unittest.main(verbosity=2)
