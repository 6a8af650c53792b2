"""`schemas` and `emit` at a schema registry: what is registered, found, checked, and sent by it."""
import copy
import json

from support import case, events, stack

STORY = stack.ROOT / "schemas" / "examples" / "story.jsonl"
SCHEMAS = {name: json.loads((stack.ROOT / "schemas" / "events" / (name + ".v2.avsc")).read_text())
           for name in ("ConfigEvent", "ProcessingEvent")}
VERSIONS = (1, 2)  # that ship
FINGERPRINT = "8f186b4dfd491170"  # of ConfigEvent v2
CLIENT = "01980000-0000-7000-8000-00000000000a"


def changed(change):
    """ConfigEvent with its fields changed."""
    schema = copy.deepcopy(SCHEMAS["ConfigEvent"])
    change(schema["fields"])
    return json.dumps(schema)


OPTIONAL = changed(lambda fields: fields.append({"name": "tag", "type": ["null", "string"], "default": None}))
REQUIRED = changed(lambda fields: fields.append({"name": "tag", "type": "string"}))


class SchemasTest(case.SystemTest):
    partitions = 1

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = stack.private("schemas", "registry")

    def setUp(self):
        super().setUp()
        self.subject = self.topic + "-value"
        self.environment["SECRETMAGIC_REGISTRY"] = self.registry.registry

    def schemas(self, *words, code=0, **more):
        one = self.run_program("schemas", *words, **more)
        self.assertEqual(one.process.returncode, code, one.explain() + one.out)
        return one

    def listed(self):
        rows = json.loads(self.schemas("list", "--json").out)["schemas"]
        return {row["subject"]: row for row in rows if row["subject"] == self.subject}, rows

    def values(self):
        return [record.value for record in self.broker.read(self.topic)[0]]

    def test_emit_registers_what_is_missing_and_sends_by_it_and_run_reads_it(self):
        one = self.succeed("emit", str(STORY))
        row = self.listed()[0][self.subject]
        self.assertEqual((row["registered"], row["version"], row["fingerprint"], row["name"], row["ships_as"],
                          row["compatibility"]),
                         (True, 2, FINGERPRINT, "ConfigEvent", 2, "BACKWARD_TRANSITIVE"))
        values = self.values()
        self.assertEqual({value[:5] for value in values}, {b"\0" + row["id"].to_bytes(4, "big")})
        self.assertIn("%s: %d acknowledged (avro, schema %d)\n" % (self.topic, len(values), row["id"]), one.out)
        self.run_until_idle()
        self.assertEqual(self.dead_letters(), [])
        before = self.counts("appended", "duplicated")
        self.succeed("emit", "--format", "json", str(STORY))
        self.run_until_idle()
        after = self.counts("appended", "duplicated")
        self.assertEqual((after["appended"], after["duplicated"] - before["duplicated"]),
                         (before["appended"], len(values)))
        self.assert_verified("--gaps")

    def test_without_a_registry_the_default_needs_none_and_the_summary_says_so(self):
        line = events.encode(events.registered(CLIENT, "10"))
        del self.environment["SECRETMAGIC_REGISTRY"]
        self.assertIn("1 acknowledged (single-object)", self.succeed("emit", stdin=line).out)
        self.assertEqual([value[:2] for value in self.values()], [b"\xc3\x01"])
        one = self.run_program("emit", "--format", "avro", stdin=line)
        self.assertEqual(one.process.returncode, 2, one.explain())
        for words in ("--format avro needs a schema registry", "hint: --registry", "--format single-object"):
            self.assertIn(words, one.err)
        self.assertEqual(len(self.values()), 1)

    def test_a_registry_that_cannot_be_reached_or_refuses_ends_emit_before_it_sends(self):
        line = events.encode(events.registered(CLIENT, "10"))
        one = self.run_program("emit", "--registry", "http://127.0.0.1:1", stdin=line)
        self.assertEqual(one.process.returncode, 3, one.explain())
        self.assertIn("gives no answer", one.err)
        one = self.run_program("emit", "--registry", "127.0.0.1:1", stdin=line)
        self.assertEqual(one.process.returncode, 2, one.explain())
        self.assertIn("begins with neither http:// nor https://", one.err)
        self.assertEqual(self.values(), [])

    def test_register_is_done_once_and_keeps_a_rule_that_is_there(self):
        before, rows = self.listed()
        self.assertEqual((before[self.subject]["registered"], before[self.subject]["id"]), (False, None))
        self.assertEqual(len(rows), len(SCHEMAS) * len(VERSIONS))
        first = self.schemas("register").out
        for version in VERSIONS:
            self.assertIn("%s: ConfigEvent v%d is registered as version %d, id " % (self.subject, version, version), first)
        self.assertIn(self.subject + ": compatibility is set to BACKWARD_TRANSITIVE\n", first)
        after = self.listed()
        again = json.loads(self.schemas("register", "--json").out)
        self.assertEqual({row["added"] for row in again["schemas"]}, {False})
        self.assertEqual({row["set"] for row in again["rules"]}, {False})
        self.assertEqual(self.listed(), after)
        self.assertEqual({row["ships_as"] for row in after[1]}, set(VERSIONS))

    def test_check_asks_our_own_resolution_and_the_registry(self):
        self.schemas("register")
        self.assertIn("ConfigEvent v2: may be a version of %s: yes\n" % self.subject, self.schemas("check").out)
        good = self.schemas("check", "-", stdin=OPTIONAL.encode()).out
        for version in VERSIONS:
            self.assertIn("reads all that ConfigEvent v%d writes: yes\n" % version, good)
        self.assertIn("may be a version of %s: yes\n" % self.subject, good)
        bad = json.loads(self.schemas("check", "--json", "-", stdin=REQUIRED.encode(), code=1).out)["checks"]
        self.assertEqual([(row["by"], row["compatible"]) for row in bad],
                         [("resolution", False)] * len(VERSIONS) + [("registry", False)])
        self.assertIn("has no default: tag", bad[0]["why"])
        del self.environment["SECRETMAGIC_REGISTRY"]
        alone = json.loads(self.schemas("check", "--json", "-", stdin=REQUIRED.encode(), code=1).out)["checks"]
        self.assertEqual(alone, bad[:-1])

    def test_what_makes_no_sense_is_told_with_what_would(self):
        for words, stdin, text in (
                ((), None, "takes list, register or check"),
                (("listen",), None, "takes list, register or check"),
                (("list", "x"), None, 'does not take the argument "x"'),
                (("check", "/nowhere"), None, "cannot read /nowhere: No such file"),
                (("check", "-"), b"{", "standard input is no Avro schema: "),
                (("check", "-"), b'{"type": "record", "name": "Order", "fields": []}', "no record ConfigEvent")):
            with self.subTest(words=words, stdin=stdin):
                self.assertIn(text, self.schemas(*words, stdin=stdin, code=2).err)
        self.assertIn("gives no answer", self.schemas("list", "--registry", "http://127.0.0.1:1", code=3).err)
        del self.environment["SECRETMAGIC_REGISTRY"]
        self.assertIn("hint: --registry", self.schemas("register", code=2).err)


if __name__ == "__main__":
    case.main()
