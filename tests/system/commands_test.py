"""Tenants' commands end to end: from an event to SQL on the command topic, and from its acknowledgement on."""
import io
import json
import subprocess
import sys
import uuid

from support import case, events, stack, starrocks, wait, wire

CLIENT = "018f6b1e-0000-7c3d-9d4e-2f1a6b7c8d9e"
OTHER = "018f6b1e-0001-7c3d-9d4e-2f1a6b7c8d9e"
SCHEMA = stack.ROOT / "schemas" / "commands" / "TenantCommand.v1.avsc"
MIGRATION = ["create", "copy", "freeze", "delta", "verify", "switch"]


class CommandsTest(case.SystemTest):
    partitions = 1

    def install(self):
        super().install()
        self.commands = self.prefix + "tenant.commands"
        self.topics += (self.commands,)

    def published(self):
        """What an executor reads: commands by organization, in their order."""
        found = {}
        for records in self.broker.read(self.commands).values():
            for record in records:
                value = json.loads(record.value)
                self.assertEqual(value["subject"], dict(record.headers)["sm_client_id"].decode())
                found.setdefault(record.key.decode(), []).append(value)
        for commands in found.values():
            self.assertEqual([command["data"]["sequence"] for command in commands], list(range(1, len(commands) + 1)))
            self.assertEqual(len({command["id"] for command in commands}), len(commands))
        return found

    def last(self, organization="2"):
        return self.published()[organization][-1]

    def acknowledge(self, command, kind="tenant.command_applied", **data):
        self.process(events.event(kind, command["subject"],
                                  {"command_id": command["id"], "step": command["data"]["step"], **data}))
        self.run_until_idle()

    def decide(self, verb, client=CLIENT):
        self.succeed("tenants", verb, client, "--actor", "anna", "--reason", "looked at it")
        self.run_until_idle()

    def tenant(self, *words, client=CLIENT):
        [row] = json.loads(self.succeed("tenants", "list", "--client", client, "--json", *words).out)["tenants"]
        return row

    def states(self):
        row = self.tenant()
        return row["state"], row["step"], row["waits_for"]

    def begin(self):
        self.produce(events.registered(CLIENT, "2"), events.registered(OTHER, "17"), events.confirmed(CLIENT),
                     events.confirmed(OTHER))
        self.run_until_idle()

    def test_a_client_is_provisioned_migrated_and_dropped(self):
        self.begin()
        create = self.last()
        self.assertEqual((create["type"], create["data"]["step"], create["data"]["mode"]),
                         ("tenant.command", "create", "prefixed_tables"))
        self.assertIn("`features_common`.`c2_features`", json.dumps(create))
        self.acknowledge(create)
        self.assertEqual(self.states(), ("active", None, "nothing"))
        self.produce(events.event("client.tenant_mode_changed", CLIENT, {"tenant_mode": "dedicated_db"}),
                     events.confirmed(CLIENT, data={"tenant_mode": "dedicated_db"}))
        self.run_until_idle()
        for step in MIGRATION:
            command = self.last()
            self.assertEqual((command["data"]["step"], command["data"]["from_mode"], command["data"]["mode"]),
                             (step, "prefixed_tables", "dedicated_db"))
            self.assertFalse(command["data"]["irreversible"])
            self.acknowledge(command)
        self.assertEqual(self.states(), ("migrating", "clean_up", "approval"))
        self.assertIn("DROP TABLE", json.dumps(self.plan_of("prefixed_tables", "dedicated_db")[-1]))
        self.assertNotIn("DROP TABLE", json.dumps(self.published()))
        self.decide("approve")
        clean_up = self.last()
        self.assertTrue(clean_up["data"]["irreversible"])
        moved = "c2_features__moved_" + clean_up["data"]["saga_id"].replace("-", "")
        self.assertIn("DROP TABLE IF EXISTS `features_common`.`%s`" % moved, json.dumps(clean_up))
        self.acknowledge(clean_up)
        self.produce(events.status(CLIENT, "archived"))
        self.run_until_idle()
        self.acknowledge(self.last())
        self.acknowledge(self.last())
        # Its archived tables have its organization's name: nobody else can have it.
        self.produce(events.registered(str(uuid.uuid4()), "2"))
        self.run_until_idle()
        self.assertEqual([code for code, _, _ in self.dead_letters()], ["ORGANIZATION_TAKEN"])
        self.decide("drop")
        self.assertEqual(self.states(), ("dropping", "drop", "approval"))
        self.decide("approve")
        self.assertIn("DROP DATABASE IF EXISTS `client_2__archived`", json.dumps(self.last()))
        self.acknowledge(self.last())
        self.assertEqual(self.states(), ("dropped", None, "nothing"))
        self.assertEqual([command["data"]["step"] for command in self.published()["17"]], ["create"])
        self.assert_told()
        self.produce(events.registered(str(uuid.uuid4()), "2"))
        self.run_until_idle()
        self.assertEqual((len(self.dead_letters()), self.value("SELECT count(*) FROM clients")), (1, 3))
        self.assert_verified()

    def plan_of(self, source, target):
        return json.loads(self.succeed("tenants", "plan", "--org", "2", "--from", source, "--to", target, "--json").out)

    def assert_told(self):
        """show and export-sql have every statement of every command."""
        shown = json.loads(self.succeed("tenants", "show", "2", "--json").out)
        commands = self.published()["2"]
        self.assertEqual([c["command_id"] for c in shown["commands"]], [c["id"] for c in commands])
        text = self.succeed("tenants", "show", CLIENT).out
        exported = self.succeed("tenants", "export-sql", "--org", "2").out
        for command, told in zip(commands, shown["commands"]):
            self.assertIsNotNone(told["published_at"])
            for statement, row in zip(command["data"]["statements"], told["statements"], strict=True):
                self.assertEqual(statement["sql"], row["sql"])
                self.assertIn(statement["sql"], text)
                self.assertIn(statement["sql"], exported)
                self.assertIsNone(starrocks.judge(statement["sql"]), statement["sql"])
        self.assertNotIn("c17_features", exported)
        self.assertIn("c17_features", self.succeed("tenants", "export-sql").out)

    def test_what_fails_is_undone_and_retried_or_aborted(self):
        self.begin()
        self.acknowledge(self.last(), "tenant.command_failed", detail="no space")
        self.assertEqual(self.states(), ("failed", "create", "rollback"))
        undo = self.last()
        self.assertEqual(undo["data"]["action"], "roll_back")
        self.assertEqual([s["sql"].split()[0] for s in undo["data"]["statements"]], ["REVOKE"])
        self.acknowledge(undo)
        self.assertEqual(self.tenant()["next_step"],
                         "an operator repairs what made the step fail: tenants retry, or tenants abort")
        self.decide("retry")
        self.assertEqual((self.last()["data"]["action"], self.last()["data"]["attempt"]), ("apply", 2))
        self.decide("abort")
        self.assertEqual(self.last()["data"]["action"], "abort")
        self.acknowledge(self.last())
        self.assertEqual(self.states(), ("unconfirmed", None, "confirmation"))
        self.assertEqual(self.rows("SELECT type::text, actor, data->>'reason' FROM events WHERE type IN "
                                   "('tenant.retried', 'tenant.aborted') ORDER BY version"),
                         [("tenant.retried", "anna", "looked at it"), ("tenant.aborted", "anna", "looked at it")])
        refused = self.run_program("tenants", "approve", CLIENT, "--reason", "x")
        self.assertEqual(refused.process.returncode, 2)
        self.assertIn("option --actor is missing", refused.err)

    def test_filters_and_what_is_stuck(self):
        self.begin()
        self.acknowledge(self.last("17"))
        listed = json.loads(self.succeed("tenants", "list", "--tenant-state", "provisioning", "--json").out)["tenants"]
        self.assertEqual([row["organization_id"] for row in listed], ["2"])
        self.assertEqual((listed[0]["stuck"], listed[0]["commands"], listed[0]["commands_pending"]), (False, 1, 0))
        self.assertIn("active", self.succeed("tenants", "list", "--org", "17").out)
        wait.wait_for(lambda: self.tenant("--stuck-after", "1s")["stuck"], "the command to be old")
        self.assertIn("stuck", self.succeed("tenants", "list", "--stuck-after", "1s").out)
        self.assertFalse(self.tenant("--stuck-after", "1s", client=OTHER)["stuck"])
        self.assertEqual(self.run_program("tenants", "show", "nobody").process.returncode, 2)

    def test_no_event_can_say_sql(self):
        names = ["2`; DROP DATABASE x; --", "2'", "2\"", "C", "2 ", "2\\", "ä", "2.x", "x" * 41]
        self.produce(*(events.registered(str(uuid.uuid4()), name) for name in names),
                     events.registered(CLIENT, "2", name="`; DROP DATABASE x; --"))
        self.produce(events.confirmed(CLIENT, actor="`; DROP DATABASE x; --"))
        self.run_until_idle()
        self.assertEqual(len(self.dead_letters()), len(names))
        self.assertEqual(list(self.published()), ["2"])
        self.assertNotIn("DROP DATABASE", json.dumps(self.published()))

    def test_rebuilt_from_an_empty_database_the_commands_are_the_same_and_none_is_sent_again(self):
        self.begin()
        self.acknowledge(self.last())
        before = self.published()
        self.drop_database()
        self.make_database()
        self.run_until_idle()
        self.assertEqual(self.published(), before)
        self.assertEqual(self.rows("SELECT count(*) FILTER (WHERE differs), count(*) FILTER (WHERE event_id IS NULL), "
                                   "count(*) FROM outbox"), [(0, 0, 2)])
        self.assert_verified()


class AvroCommandsTest(case.SystemTest):
    partitions = 1

    def test_avro_by_the_registry_says_the_same(self):
        server = subprocess.Popen([sys.executable, str(stack.ROOT / "tests" / "support" / "registry.py")],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(server.wait)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.stdin.close)
        url = "http://127.0.0.1:%d/apis/ccompat/v7" % int(server.stdout.readline())
        self.produce(events.registered(CLIENT, "2", data={"tenant_mode": "dedicated_db"}), events.confirmed(CLIENT))
        self.run_until_idle("--registry", url, "--command-format", "avro")
        [record] = [r for records in self.broker.read(self.prefix + "tenant.commands").values() for r in records]
        self.assertEqual(dict(record.headers)["content-type"], b"avro/binary")
        self.assertEqual(record.value[0], 0)
        stream = io.BytesIO(record.value[5:])
        value = wire.read_avro(json.loads(SCHEMA.read_text()), stream)
        self.assertEqual(stream.read(), b"")
        self.assertEqual((value["organization_id"], value["step"], value["mode"], value["sequence"]),
                         ("2", "create", "dedicated_db", 1))
        planned = json.loads(self.succeed("tenants", "plan", "--org", "2", "--to", "dedicated_db", "--json").out)[0]
        self.assertEqual([s["sql"] for s in value["statements"]], [s["sql"] for s in planned["statements"]])
        self.assertIn(value["statements"][0]["sql"], self.succeed("tenants", "export-sql").out)
        refused = self.run_program("run", "--group", self.group, "--until-idle", "--command-format", "avro")
        self.assertEqual(refused.process.returncode, 3)
        self.assertIn("needs a schema registry", refused.err)


if __name__ == "__main__":
    case.main()
