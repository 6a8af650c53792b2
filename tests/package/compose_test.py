"""docker-compose.yml holds to the compose specification, and to the names that the seed's commands use."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

from support import stack

sys.path.insert(0, str(stack.python_packages()))
from compose_spec import PyCompose  # noqa: E402

# The seed's commands, word by word, as far as they concern names.
SEED = ["docker compose exec postgres psql -U secretmagic -d secretmagic",
        "docker compose exec postgres pg_dump -U secretmagic secretmagic > backup.sql",
        "docker compose exec -T postgres psql -U secretmagic secretmagic < backup.sql"]
BINARY = os.environ["SECRETMAGIC_BINARY"]


def help_of(*words):
    return subprocess.run([BINARY, "help", *words], check=True, stdout=subprocess.PIPE, universal_newlines=True).stdout


class ComposeTest(unittest.TestCase):
    def setUp(self):
        text = (stack.ROOT / "docker-compose.yml").read_text()
        self.compose = PyCompose.from_yaml(text)  # refuses what the specification does not know
        self.services = self.compose.services

    def test_it_is_valid_and_its_references_are_there(self):
        self.compose.validate()
        with self.assertRaises(ValueError, msg="or this proves nothing"):
            PyCompose.from_yaml("services: {a: {image: x, depends_on: {b: {condition: service_happy}}}}")

    def test_the_seeds_commands_find_service_user_and_database(self):
        database = self.services["postgres"].environment
        for command in SEED:
            service, user, name = re.match(r"docker compose exec (?:-T )?(\w+) \w+ -U (\w+) (?:-d )?(\w+)", command).groups()
            self.assertIn(service, self.services)
            self.assertEqual((database["POSTGRES_USER"], database["POSTGRES_DB"]), (user, name))
        self.assertEqual(database["POSTGRES_PASSWORD"], "secretmagic")
        self.assertLessEqual({"postgres", "kafka", "registry", "secretmagic"}, set(self.services))

    def test_what_the_program_is_given_are_options_of_its_own(self):
        known = re.findall(r"`(SECRETMAGIC_\w+)`", help_of("--markdown", "options"))
        for name in ("migrate", "secretmagic"):
            environment = self.services[name].environment
            self.assertLessEqual(set(environment), set(known))
            words = dict(word.split("=", 1) for word in environment["SECRETMAGIC_DATABASE"].split())
            self.assertEqual(words, {"host": "postgres", "user": "secretmagic", "password": "secretmagic",
                                     "dbname": "secretmagic"})
            host, port = environment["SECRETMAGIC_BROKERS"].split(":")
            self.assertIn("%s:%s" % (host, port), self.services["kafka"].environment["KAFKA_ADVERTISED_LISTENERS"])
        command = self.services["migrate"].command
        self.assertEqual(command[0], "migrate")
        self.assertIn(command[1], help_of("migrate"))

    def test_kafka_takes_its_settings(self):
        """As its image does: KAFKA_A_B is a.b, and the folder is formatted before the start."""
        settings = {name[6:].lower().replace("_", "."): value if isinstance(value, str) else "%d" % value
                    for name, value in self.services["kafka"].environment.items() if name.startswith("KAFKA_")}
        with tempfile.TemporaryDirectory() as folder:
            self.assertIn("kafka:%s" % settings["log.dirs"], self.services["kafka"].volumes)
            settings["log.dirs"] = folder + "/data"
            with open(folder + "/server.properties", "w") as file:
                file.writelines("%s=%s\n" % setting for setting in settings.items())
            done = subprocess.run(["java", "-XX:TieredStopAtLevel=1", "-cp", stack.kafka_jars(), "kafka.tools.StorageTool",
                                   "format", "-t", self.services["kafka"].environment["CLUSTER_ID"], "-c",
                                   folder + "/server.properties"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  universal_newlines=True)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertTrue(os.path.exists(folder + "/data/meta.properties"), done.stdout)

    def test_everything_is_waited_for_until_it_is_healthy(self):
        for name, service in self.services.items():
            for other, how in (service.depends_on or {}).items():
                wanted = "service_completed_successfully" if other == "migrate" else "service_healthy"
                self.assertEqual(how.condition.value, wanted)
                if wanted == "service_healthy":
                    self.assertIsNotNone(self.services[other].healthcheck, other)

    def test_data_outlives_the_containers_and_files_that_are_mounted_are_there(self):
        self.assertEqual(set(self.compose.volumes), {"postgres", "kafka"})
        for service in self.services.values():
            for volume in service.volumes or []:
                source = volume.split(":")[0]
                if source.startswith("."):
                    self.assertTrue((stack.ROOT / source).exists(), source)
                else:
                    self.assertIn(source, self.compose.volumes)

    def test_nothing_is_open_to_other_machines(self):
        for service in self.services.values():
            for port in service.ports or []:
                self.assertTrue(port.startswith("127.0.0.1:"), port)


if __name__ == "__main__":
    unittest.main(verbosity=2)
