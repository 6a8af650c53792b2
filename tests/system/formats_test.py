"""Wire formats, mixed on one topic: the same event in two of them is one event."""
import json
import uuid

from support import case, events, stack

CATALOGUE = stack.ROOT / "schemas" / "examples" / "catalogue.jsonl"
CLIENT = "01980000-0000-7000-8000-00000000000a"
COUNTS = ("appended", "logged", "parked", "duplicated", "rejected", "resolved")


class FormatsTest(case.SystemTest):
    partitions = 1

    def send(self, *formats):
        """The catalogue's examples under new ids, in each of the formats."""
        whole = [json.loads(line.split("\t")[2]) for line in self.succeed("emit", "--dry-run", str(CATALOGUE)).out.splitlines()]
        lines = b"\n".join(events.encode({**event, "id": str(uuid.uuid4())}) for event in whole)
        before = self.counts(*COUNTS)
        for format_ in formats:
            self.succeed("emit", "--format", format_, stdin=lines)
            self.run_until_idle()
        return len(whole), {name: now - before[name] for name, now in self.counts(*COUNTS).items()}

    def test_the_same_events_as_json_and_as_avro_are_duplicates_whichever_comes_first(self):
        for formats in (("json", "single-object"), ("single-object", "json")):
            with self.subTest(formats=formats):
                lines, counts = self.send(*formats)
                self.assertGreater(lines, 20)
                self.assertEqual(counts["duplicated"], lines, counts)
                self.assertEqual(sum(counts.values()) - 2 * counts["resolved"], 2 * lines, counts)
        self.assertNotIn(("EVENT_ID_CONFLICT",), self.dead_letters("code"))
        self.assert_verified("--gaps")

    def test_what_emit_sends_as_avro_is_single_object_encoding(self):
        self.succeed("emit", "--format", "single-object", stdin=events.encode(events.registered(CLIENT, "10")))
        (record,) = self.broker.read(self.topic)[0]
        self.assertEqual(record.value[:2], b"\xc3\x01")
        self.assertEqual(record.key, CLIENT.encode())

    def test_schemas_that_nobody_knows_are_dead_letters_and_the_rest_goes_on(self):
        self.produce(events.registered(CLIENT, "10"),
                     {"value": b"\x00\x00\x00\x00\x07abc", "key": CLIENT, "partition": 0},
                     {"value": b"\xc3\x01" + bytes(8) + b"abc", "key": CLIENT, "partition": 0},
                     {"value": b"\xc3\x01\x00", "key": CLIENT, "partition": 0},
                     events.feature(CLIENT))
        self.run_until_idle()
        self.assertEqual(self.dead_letters("code"), [("SCHEMA_UNKNOWN",), ("SCHEMA_UNKNOWN",), ("FORMAT_UNKNOWN",)])
        self.assertEqual(self.value("SELECT count(*) FROM feature_configs"), 1)
        self.assert_verified("--gaps")


if __name__ == "__main__":
    case.main()
