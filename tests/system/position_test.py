"""PostgreSQL has the truth about positions, whatever happens to the group, the topic or the database."""
import signal
import time
import uuid

from support import backup, case, events

CLIENT = str(uuid.UUID("018f6b1e-5f0a-7c3d-9d4e-2f1a6b7c8d9e"))


def features(count, client=CLIENT, partition=0, start=0):
    return [events.record(events.feature(client, "ema", {"window_days": i + 1, "alpha": 1}), partition=partition)
            for i in range(start, start + count)]


class PositionTest(case.SystemTest):
    partitions = 2

    def test_a_reset_of_the_group_to_earliest_or_latest_has_no_effect(self):
        self.produce(events.registered(CLIENT), *features(10))
        self.run_until_idle()
        self.assertEqual(self.broker.group_offsets(self.group, self.topic)[0], 11)
        for offset in (0, 16):
            self.broker.move_group(self.group, self.topic, {0: offset})
            self.produce(*features(5))
            self.run_until_idle()
        self.assertEqual(self.counts(), {"consumed": 21, "appended": 21, "duplicated": 0, "rejected": 0})
        self.assertEqual(self.broker.group_offsets(self.group, self.topic)[0], 21, "told again, for lag tools")
        self.assert_tables_as_expected()

    def test_positions_go_past_control_records_and_aborted_ones_also_at_the_end(self):
        self.produce(events.registered(CLIENT))
        self.broker.transaction(self.topic, features(3), commit=True)
        self.broker.transaction(self.topic, features(4), commit=False)
        self.produce(*features(1))
        self.broker.transaction(self.topic, features(5), commit=False)
        run = self.run_until_idle()
        ends = {p: high for p, (low, high) in self.broker.watermarks(self.topic).items()}
        self.assertEqual(self.positions(), ends, run.explain())
        self.assertEqual(self.counts(), {"consumed": 5, "appended": 5, "duplicated": 0, "rejected": 0})
        self.assert_tables_as_expected()
        self.assert_verified("--gaps")
        self.run_until_idle()
        self.assertEqual(self.positions(), ends)

    def test_what_was_deleted_before_a_partition_was_first_seen_is_reported_as_lost(self):
        self.produce(*features(4), events.registered(CLIENT), *features(3))
        self.produce(*features(2, partition=1))
        self.broker.delete_records(self.topic, {0: 4, 1: 2})
        self.run_until_idle()
        self.assertEqual(self.rows("SELECT partition_id, lost, next_offset FROM consumer_offsets JOIN topics "
                                   "USING (topic_id) WHERE name = %s ORDER BY 1", self.topic), [(0, 4, 8), (1, 2, 2)])
        self.assertEqual(self.value("SELECT lost::text FROM ingest_ledger WHERE partition_id = 0 AND seq = 1 AND "
                                    "NOT isempty(lost)"), "[0,4)")
        self.assertEqual(self.counts()["appended"], 4)
        self.assert_verified()
        self.assertIn("4", self.succeed("status").out)

    def test_retention_of_what_was_consumed_does_no_harm(self):
        self.produce(events.registered(CLIENT), *features(5))
        self.run_until_idle()
        self.broker.delete_records(self.topic, {0: 6})
        self.run_until_idle()
        self.produce(*features(3))
        self.run_until_idle()
        self.assertEqual(self.counts()["appended"], 9)
        self.assertEqual(self.value("SELECT sum(lost) FROM consumer_offsets"), 0)
        self.assert_verified()

    def test_a_partition_that_retention_has_overtaken_stops_and_goes_on_only_by_option(self):
        other = str(uuid.uuid4())
        self.produce(events.registered(CLIENT), *features(4))
        self.run_until_idle()
        self.produce(*features(10))
        self.broker.delete_records(self.topic, {0: 12})
        self.produce(events.record(events.registered(other), partition=1))

        run = self.start_run()
        run.wait_for(lambda: self.positions().get(1) == 1, "the other partition to go on")
        run.wait_for(lambda: self.stopped(), "the stop to be recorded")
        (partition, reason), = self.stopped()
        self.assertEqual(partition, 0)
        for word in ("7", "5", "12", "--on-lost continue"):
            self.assertIn(word, reason)
        self.assertIn("level=error", run.err)
        self.assertEqual(run.terminate(), 0)
        self.assertEqual(self.positions()[0], 5)
        self.assertIn("stopped", self.succeed("status").out)

        again = self.start_run("--until-idle")
        self.assertEqual(again.wait(), 3, "--until-idle cannot end well with a partition that stands")

        self.run_until_idle("--on-lost", "continue")
        self.assertEqual(self.positions()[0], 15)
        self.assertEqual(self.rows("SELECT lost::text FROM ingest_ledger WHERE NOT isempty(lost)"), [("[5,12)",)])
        self.assertEqual(self.value("SELECT lost FROM consumer_offsets WHERE partition_id = 0 AND next_offset > 0"), 7)
        self.assertEqual(self.stopped(), [])
        self.assertEqual(self.value("SELECT max(version) FROM feature_configs"), 7)
        self.assert_verified()

    def stopped(self):
        return self.rows("SELECT partition_id, stopped_reason FROM consumer_offsets WHERE stopped_at IS NOT NULL")

    def recreate(self, count):
        self.broker.delete(self.topic)
        case.wait_for(lambda: self.topic not in self.broker.admin.list_topics(timeout=5).topics, "the topic to be gone")
        self.broker.create(self.topic, 2)
        self.produce(*features(count, start=100))

    def assert_stops_and_the_other_partition_goes_on(self, run, offset):
        self.assert_stopped_as_made_anew(run)
        self.produce(events.record(events.registered(str(uuid.uuid4())), partition=1))
        run.wait_for(lambda: self.positions().get(1) == 1, "the other partition to go on")
        self.assertEqual(self.positions()[0], offset)
        self.assertEqual(run.terminate(10), 0)
        self.assertNotIn("did not let", run.err)
        self.assert_verified()

    def assert_stopped_as_made_anew(self, run):
        run.wait_for(lambda: self.stopped(), "the partition to be stopped")
        (partition, reason), = self.stopped()
        self.assertEqual(partition, 0)
        self.assertIn("made anew", reason)

    def test_a_topic_made_anew_with_fewer_records_stops_its_partition(self):
        self.produce(events.registered(CLIENT), *features(4))
        self.run_until_idle()
        self.recreate(2)
        self.assert_stops_and_the_other_partition_goes_on(self.start_run(), 5)

    def test_a_topic_made_anew_and_grown_past_the_old_position_stops_its_partition(self):
        self.produce(events.registered(CLIENT), *features(4))
        self.run_until_idle()
        self.recreate(20)
        self.assert_stops_and_the_other_partition_goes_on(self.start_run(), 5)

    def test_a_topic_made_anew_while_we_run_stops_its_partition(self):
        self.produce(events.registered(CLIENT), *features(4))
        run = self.start_run()
        self.wait_caught_up(run)
        self.recreate(20)
        self.assert_found(run)

    def test_a_topic_made_anew_while_nobody_looks_is_found_all_the_same(self):
        """Nothing of it reaches the client library but records at the offsets that it asks for."""
        self.produce(events.registered(CLIENT), *features(4))
        run = self.start_run("--session-timeout", "30s")
        self.wait_caught_up(run)
        run.signal(signal.SIGSTOP)
        self.recreate(20)
        run.signal(signal.SIGCONT)
        self.assert_found(run)

    def assert_found(self, run):
        """Before anything of the new topic is taken or, where it came and grew between two looks of the library,
        after what comes in a second; and in every case again by whoever takes the partition over."""
        self.assert_stopped_as_made_anew(run)
        reached = self.positions()[0]
        print("stopped at offset %d of 20; the topic before ended at 5" % reached)
        self.assertIn(reached, (5, 20))
        self.assertLess(self.value("SELECT max(proven_offset) FROM consumer_offsets"), 5)
        self.assert_stops_and_the_other_partition_goes_on(run, reached)

        again = self.start_run()
        again.wait_for_line("partition 0 of the config topic stopped")
        self.assert_stopped_as_made_anew(again)
        self.assertEqual(self.positions()[0], reached)
        self.assertEqual(again.terminate(10), 0)

    def test_a_topic_that_is_away_is_told_once_and_its_partitions_go_on_when_it_is_back(self):
        self.produce(events.registered(CLIENT), *features(4))
        run = self.start_run()
        self.wait_caught_up(run)
        self.broker.delete(self.processing_topic)
        run.wait_for_line("the processing topic is not there")
        self.produce(*features(3))
        run.wait_for(lambda: self.positions().get(0) == 8, "the other topic to go on")
        time.sleep(2)  # time for it to be told again and again
        epoch = self.value("SELECT max(epoch) FROM consumer_offsets")
        self.assertLess(epoch, 20, run.explain())
        self.broker.create(self.processing_topic, 2)
        self.produce(*features(2), topic=self.processing_topic)
        run.wait_for(lambda: self.counts()["rejected"] == 2, "the topic that is back to be consumed")
        self.assertEqual(run.err.count("topic is not there"), 1, run.explain())
        self.assertEqual(run.terminate(10), 0)

    def test_an_older_backup_catches_up_by_itself(self):
        self.produce(events.registered(CLIENT), *features(4), *features(3, partition=1))
        self.run_until_idle()
        dump = backup.dump(self.stack, self.name)
        self.produce(*features(4), events.registered(CLIENT), *features(3, partition=1))
        self.run_until_idle()
        before = self.rows("SELECT event_id, version, created_at FROM events ORDER BY version, event_id")

        self.drop_database()
        self.make_database()
        self.assertEqual(self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"), [])
        backup.restore(self.stack, self.name, dump)
        self.assertEqual(self.positions(), {0: 5, 1: 3})
        self.assert_verified()
        with self.assertRaises(case.psycopg2.Error):
            self.rows("DELETE FROM events")  # the guards came along

        self.run_until_idle()
        self.assertEqual(len(self.rows("SELECT 1 FROM events")), len(before))
        self.assert_verified()
        self.assertEqual(self.positions(), {0: 10, 1: 6})


if __name__ == "__main__":
    case.main()
