"""Erasure: a client's personal data is gone wherever the database holds it, and the proofs stay whole."""
import uuid

from support import backup, case, events

CLIENT = "018f6b1e-0000-7c3d-9d4e-2f1a6b7c8d9e"
OTHER = "018f6b1e-0001-7c3d-9d4e-2f1a6b7c8d9e"
MAIL, PHONE, LATER = "anna.petrova@example.com", "+7 900 123-45-67", "ap@example.org"
CONTACT = {"contact_email": MAIL, "contact_phone": PHONE}
TABLES = ("clients", "events", "audit_log", "dead_letters", "parked_events", "processing_logs", "logs")


class ErasureTest(case.SystemTest):
    partitions = 1

    def erase(self, client=CLIENT, *words, code=0):
        one = self.run_program("erase-client", client, "--reason", "asked for by letter 17", *words)
        self.assertEqual(one.process.returncode, code, one.explain() + one.out)
        return one

    def fill(self):
        """Personal data in every table that can hold some."""
        self.produce(events.registered(CLIENT, "1", data=CONTACT), events.registered(OTHER, "2", data=CONTACT),
                     events.event("client.updated", CLIENT, {"contact_email": LATER}),
                     events.event("client.updated", CLIENT, {"contact_phone": None}),
                     events.event("client.updated", CLIENT, {"contact_email": MAIL, "nickname": "Anya"}),
                     {"value": ("{\"x\": \"%s\"" % MAIL).encode(), "key": CLIENT, "partition": 0},
                     {**events.record(events.feature(CLIENT, "moon", {"of": MAIL})), "headers": [("mail", MAIL.encode())]},
                     events.feature(CLIENT, "promo", {"x": 1}))
        self.process(events.logged(CLIENT, "sent to " + MAIL, error=PHONE, context={"to": MAIL}),
                     events.logged(OTHER, "sent to somebody"), events.bom_started(CLIENT))
        self.run_until_idle()
        self.produce(events.feature_type("moon"))
        self.run_until_idle()
        for table in ("clients", "events", "audit_log", "dead_letters", "parked_events", "processing_logs"):
            self.assertGreater(self.holding(table, CLIENT), 0, table)

    def holding(self, table, client):
        """How many rows that are this client's hold one of the texts, also as bytes."""
        texts = [MAIL, PHONE, LATER]
        needles = texts + [text.encode().hex() for text in texts]
        column = {"clients": "t.id", "logs": "(t.context->>'client_id')::uuid"}.get(table, "t.client_id")
        of = "%s = '%s'" % (column, client)
        if table == "dead_letters":
            of = "(%s OR t.record_key = '%s'::bytea)" % (of, client)
        return self.value("SELECT count(*) FROM " + table + " t WHERE " + of +
                          " AND EXISTS (SELECT FROM unnest(%s) AS n WHERE strpos(t::text, n) > 0)", needles)

    def assert_gone(self):
        for table in TABLES:
            # The log keeps events of other kinds as they are: only contact fields of the client's own are erased.
            if table in ("events", "audit_log"):
                self.assertEqual(self.value("SELECT count(*) FROM events WHERE client_id = %s AND kind = 'client' AND "
                                            "(data::text || coalesce(previous::text, '')) ~ %s", CLIENT,
                                            "example|900 123"), 0)
            else:
                self.assertEqual(self.holding(table, CLIENT), 0, table)
        self.assertEqual(self.rows("SELECT contact_email, contact_phone FROM clients WHERE id = %s", CLIENT), [(None, None)])

    def test_contact_data_is_gone_everywhere_and_all_proofs_hold(self):
        self.fill()
        hashes = self.rows("SELECT event_id, content_hash, version FROM events ORDER BY 1")
        letters = self.rows("SELECT id, value_hash, code FROM dead_letters ORDER BY 1")
        waited = self.rows("SELECT id, value_hash, content_hash FROM parked_events ORDER BY 1")
        others = {table: self.holding(table, OTHER) for table in TABLES}
        told = self.erase().out
        for word in ("client.erased", self.topic, self.processing_topic, "backups"):
            self.assertIn(word, told)
        self.run_until_idle()
        self.assert_gone()
        mark = "erased:%s" % self.value("SELECT event_id FROM events WHERE type = 'client.erased'")
        self.assertEqual(self.value("SELECT data->>'contact_email' FROM events WHERE type = 'client.registered' AND "
                                    "client_id = %s", CLIENT), mark)
        self.assertEqual(self.value("SELECT data->>'reason' FROM events WHERE type = 'client.erased'"),
                         "asked for by letter 17")
        self.assertEqual(self.rows("SELECT event_id, content_hash, version FROM events WHERE type <> 'client.erased' "
                                   "ORDER BY 1"), hashes)
        self.assertEqual(self.rows("SELECT id, value_hash, code FROM dead_letters ORDER BY 1"), letters)
        self.assertEqual(self.rows("SELECT id, value_hash, content_hash FROM parked_events ORDER BY 1"), waited)
        self.assertEqual({table: self.holding(table, OTHER) for table in TABLES}, others, "nobody else's")
        self.assertEqual(self.value("SELECT name FROM clients WHERE id = %s", CLIENT), "ООО \"Гастрономия\"")
        self.assert_verified()

    def test_what_waits_is_kept_until_it_is_resolved_and_dead_letters_cannot_be_retried(self):
        self.fill()
        self.assertEqual(len(self.waiting()), 1)
        self.erase()
        self.run_until_idle()
        self.assertEqual(len(self.waiting()), 1, "it still waits for the gate")
        id_ = self.value("SELECT min(id) FROM dead_letters WHERE erased_by IS NOT NULL")
        one = self.run_program("dead-letters", "retry", str(id_), "--actor", "olga")
        self.assertEqual((one.process.returncode, "it is erased" in one.out), (1, True), one.explain() + one.out)
        shown = self.succeed("dead-letters", "show", str(id_)).out
        self.assertIn("erased by", shown)
        self.assertIn("value       (null)", shown)
        self.produce(events.confirmed(CLIENT))
        self.run_until_idle()
        self.assertEqual(self.waiting(), [])
        self.assert_verified()

    def test_a_client_is_erased_twice_and_filled_anew(self):
        self.fill()
        self.erase()
        self.run_until_idle()
        self.produce(events.event("client.updated", CLIENT, CONTACT))
        self.run_until_idle()
        self.assertEqual(self.value("SELECT contact_email FROM clients WHERE id = %s", CLIENT), MAIL)
        self.assert_verified()
        self.erase()
        self.run_until_idle()
        self.assert_gone()
        self.assert_verified()

    def test_a_database_restored_from_before_erases_again_when_it_catches_up(self):
        self.fill()
        text = backup.dump(self.stack, self.name)
        self.assertIn(MAIL.encode(), text)
        self.erase()
        self.run_until_idle()
        self.assert_gone()
        self.drop_database()
        self.make_database()
        backup.restore(self.stack, self.name, text)
        self.assertEqual(self.value("SELECT contact_email FROM clients WHERE id = %s", CLIENT), LATER)
        self.run_until_idle()
        self.assert_gone()
        self.assert_verified()

    def test_an_archived_client_can_be_erased(self):
        self.fill()
        self.produce(events.status(CLIENT, "archived"))
        self.run_until_idle()
        self.erase(CLIENT, "--actor", "olga@example.com")
        self.run_until_idle()
        self.assert_gone()
        self.assertEqual(self.rows("SELECT status FROM clients WHERE id = %s", CLIENT), [("archived",)])
        self.assertEqual(self.value("SELECT actor FROM events WHERE type = 'client.erased'"), "olga@example.com")
        self.assert_verified()

    def test_what_makes_no_sense_is_refused_and_an_unknown_client_waits(self):
        for words, told in ((("erase-client", CLIENT), "--reason"), (("erase-client", "--reason", "x"), "UUID"),
                            (("erase-client", "x", "--reason", "x"), "'x'")):
            one = self.run_program(*words)
            self.assertEqual((one.process.returncode, told in one.err), (2, True), one.explain())
        self.erase(str(uuid.UUID(int=77, version=4)))
        self.run_until_idle()
        self.assertEqual(self.waiting(), [("client.erased", "client")])
        self.assert_verified()


if __name__ == "__main__":
    case.main()
