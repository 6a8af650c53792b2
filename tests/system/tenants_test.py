"""The life of a tenant, from its events to its row of tenants; schemas/examples/tenancy.jsonl is one."""
import uuid

from support import case, events, stack

EXAMPLE = stack.ROOT / "schemas" / "examples" / "tenancy.jsonl"
CLIENT = "018f6b1e-0000-7c3d-9d4e-2f1a6b7c8d9e"
# After each line of the example: state, step, what is waited for, the mode in use.
LIFE = [
    ("unconfirmed", None, "confirmation", None),
    ("provisioning", "create", "acknowledgement", None),
    ("active", None, "nothing", "prefixed_tables"),
    ("active", None, "confirmation", "prefixed_tables"),
    ("migrating", "create", "acknowledgement", "prefixed_tables"),
    ("migrating", "copy", "acknowledgement", "prefixed_tables"),
    ("failed", "copy", "rollback", "prefixed_tables"),
    ("failed", "copy", "operator", "prefixed_tables"),
    ("migrating", "copy", "acknowledgement", "prefixed_tables"),
    ("migrating", "freeze", "acknowledgement", "prefixed_tables"),
    ("migrating", "delta", "acknowledgement", "prefixed_tables"),
    ("migrating", "verify", "acknowledgement", "prefixed_tables"),
    ("migrating", "switch", "acknowledgement", "prefixed_tables"),
    ("migrating", "clean_up", "approval", "dedicated_db"),
    ("migrating", "clean_up", "acknowledgement", "dedicated_db"),
    ("active", None, "nothing", "dedicated_db"),
    ("active", None, "confirmation", "dedicated_db"),
    ("migrating", "create", "acknowledgement", "dedicated_db"),
    ("migrating", "create", "abort", "dedicated_db"),
    ("active", None, "confirmation", "dedicated_db"),
    ("archiving", "archive_copy", "acknowledgement", "dedicated_db"),
    ("archiving", "archive", "acknowledgement", "dedicated_db"),
    ("archived", None, "nothing", "dedicated_db"),
    ("dropping", "drop", "approval", "dedicated_db"),
    ("dropping", "drop", "acknowledgement", "dedicated_db"),
    ("dropped", None, "nothing", None),
]
FROZEN = ("freeze", "delta", "verify", "switch")


def command(client, event_id, step, attempt=1):
    """The id of the command that an event publishes, as executors are told it."""
    return str(uuid.uuid5(uuid.UUID(client), f"{event_id}/{step}/{attempt}"))


def applied(client, command_id, step):
    return events.event("tenant.command_applied", client, {"command_id": command_id, "step": step})


class TenantsTest(case.SystemTest):
    partitions = 1

    def tenant(self):
        return self.rows("SELECT state, step, waits_for, actual_mode FROM tenants")

    def test_a_whole_life(self):
        run = self.start_run()
        lines = EXAMPLE.read_text().splitlines()
        self.assertEqual(len(lines), len(LIFE))
        for line, expected in zip(lines, LIFE):
            self.succeed("emit", "-", stdin=line.encode() + b"\n")
            self.wait_caught_up(run)
            self.assertEqual(self.tenant(), [expected], line)
            self.assertEqual(self.value("SELECT frozen FROM tenants"),
                             expected[1] in FROZEN or expected[0] in ("archiving", "dropping"), line)
        self.assertEqual((self.dead_letters(), self.waiting()), ([], []))
        self.assertEqual(self.value("SELECT acks_ignored FROM tenants"), 0)
        self.assertEqual(self.rows("SELECT previous->>'state', previous->>'step' FROM events "
                                   "WHERE type = 'tenant.retried'"), [("failed", "copy")])
        self.assertEqual(self.rows("SELECT DISTINCT table_name FROM audit_log ORDER BY 1"), [("clients",), ("tenants",)])
        self.assertEqual(run.terminate(), 0)
        self.assert_verified()

    def test_acknowledgements_that_come_early_wait_and_hold_up_nothing(self):
        registered, confirmed = events.registered(CLIENT, "2"), events.confirmed(CLIENT)
        publishes = confirmed["id"]
        self.process(applied(CLIENT, command(CLIENT, publishes, "create"), "create"))
        self.run_until_idle()
        self.assertEqual(self.waiting(), [("tenant.command_applied", "command")])
        self.produce(registered, events.event("client.updated", CLIENT, {"name": "y"}))
        self.run_until_idle()
        self.assertEqual(self.value("SELECT name FROM clients"), "y")
        self.assertEqual(self.tenant(), [("unconfirmed", None, "confirmation", None)])
        self.assertEqual(self.waiting(), [("tenant.command_applied", "command")])
        self.produce(confirmed)
        self.run_until_idle()
        self.assertEqual(self.waiting(), [])
        self.assertEqual(self.tenant(), [("active", None, "nothing", "prefixed_tables")])
        self.assert_verified()

    def test_late_and_foreign_acknowledgements_change_nothing_and_are_counted(self):
        confirmed = events.confirmed(CLIENT)
        create = command(CLIENT, confirmed["id"], "create")
        self.produce(events.registered(CLIENT, "2"), confirmed)
        self.run_until_idle()
        self.process(applied(CLIENT, create, "drop"), applied(CLIENT, create, "create"), applied(CLIENT, create, "create"),
                     applied(CLIENT, str(uuid.uuid4()), "create"))
        self.run_until_idle()
        self.assertEqual(self.tenant(), [("active", None, "nothing", "prefixed_tables")])
        self.assertEqual(self.value("SELECT acks_ignored FROM tenants"), 2)
        self.assertEqual(self.waiting(), [("tenant.command_applied", "command")])
        self.assert_verified()

    def test_nothing_is_processed_while_a_migration_has_stopped_the_writers(self):
        def acknowledge(publisher, step):
            record = applied(CLIENT, command(CLIENT, publisher["id"], step), step)
            self.process(record)
            self.run_until_idle()
            return record

        first, second = events.confirmed(CLIENT), events.confirmed(CLIENT)
        self.produce(events.registered(CLIENT, "2"), first)
        self.run_until_idle()
        acknowledge(first, "create")
        self.produce(events.event("client.tenant_mode_changed", CLIENT, {"tenant_mode": "shared"}), second)
        self.run_until_idle()
        last = acknowledge(acknowledge(second, "create"), "copy")
        self.assertEqual(self.tenant(), [("migrating", "freeze", "acknowledgement", "prefixed_tables")])
        self.assertEqual(self.value("SELECT count(*) FROM clients_ready"), 0)
        self.process(events.batch_started(CLIENT, "b1"))
        self.run_until_idle()
        self.assertEqual(self.waiting(), [("batch.started", "gate")])
        for step in FROZEN:
            self.assertEqual(self.value("SELECT count(*) FROM batches"), 0)
            last = acknowledge(last, step)
        self.assertEqual(self.waiting(), [])
        self.assertEqual(self.value("SELECT count(*) FROM batches"), 1)
        self.assertEqual(self.value("SELECT count(*) FROM clients_ready"), 1)
        self.assertEqual(self.tenant(), [("migrating", "clean_up", "approval", "shared")])
        self.assert_verified()

    def test_what_the_state_does_not_allow_is_a_dead_letter(self):
        self.produce(events.registered(CLIENT, "2"), *(events.event(type, CLIENT, {}) for type in (
            "tenant.approved", "tenant.retried", "tenant.aborted", "tenant.drop_requested")), events.confirmed(CLIENT),
            events.event("tenant.retried", CLIENT, {"step": "copy"}))
        self.run_until_idle()
        self.assertEqual(self.dead_letters(), [
            ("TENANT_NOT_WAITING", "subject", "unconfirmed"), ("TENANT_NOT_WAITING", "subject", "unconfirmed"),
            ("TENANT_NOT_ABORTABLE", "subject", "unconfirmed"), ("TENANT_NOT_ARCHIVED", "subject", "unconfirmed"),
            ("TENANT_STEP_DIFFERS", "data.step", "copy")])
        self.assertEqual(self.tenant(), [("provisioning", "create", "acknowledgement", None)])
        self.assert_verified()


if __name__ == "__main__":
    case.main()
