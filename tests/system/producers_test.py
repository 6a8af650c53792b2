"""Producers as they are: different partitioners, wrong keys, tombstones; and topics that grow."""
import collections
import uuid

from support import case, events


class PartitionerTest(case.SystemTest):
    def test_two_producers_with_different_partitioners_for_the_same_clients(self):
        """librdkafka's own default and Java's: most clients are on two partitions of each topic."""
        clients = [str(uuid.UUID(int=i + 1, version=4)) for i in range(40)]
        producers = [self.broker.producer(partitioner=name) for name in ("consistent_random", "murmur2")]
        run = self.start_run("--writers", "2")
        for round_ in range(6):
            for i, producer in enumerate(producers):
                config, processing = [], []
                for n, client in enumerate(clients):
                    if round_ == i == 0:
                        config += [events.registered(client, "p%d" % n), events.confirmed(client)]
                    config.append(events.feature(client, "ema", {**events.EMA, "window_days": round_ * 2 + i + 1}))
                    processing += [events.batch_started(client, "b%d.%d" % (round_, i)),
                                   events.batch_completed(client, "b%d.%d" % (round_, i))]
                self.send(producer, self.topic, config)
                self.send(producer, self.processing_topic, processing)
        self.wait_caught_up(run)
        self.wait_until_nothing_waits(run)
        self.assertEqual(run.terminate(), 0)
        self.run_until_idle()

        partitions = collections.Counter(row[0] for row in self.rows(
            "SELECT count(DISTINCT partition_id) FROM events WHERE kind = 'feature_config' GROUP BY client_id"))
        self.assertGreater(partitions[2], 10, "else the two producers agree, and this proves nothing")
        self.assertEqual(self.dead_letters(), [])
        self.assertEqual(self.rows("SELECT DISTINCT count(*), max(version), count(*) FILTER (WHERE is_active) "
                                   "FROM feature_configs GROUP BY client_id"), [(12, 12, 1)])
        self.assertEqual(self.rows("SELECT DISTINCT count(*), count(*) FILTER (WHERE status = 'completed') "
                                   "FROM batches GROUP BY client_id"), [(12, 12)])
        self.assert_verified("--gaps")

    def send(self, producer, topic, whole):
        self.broker.produce(topic, [{"value": events.encode(e), "key": e["subject"]} for e in whole], producer)


class RecordTest(case.SystemTest):
    partitions = 1

    def test_a_key_that_is_not_the_subject_and_a_null_value_are_dead_letters_and_the_rest_goes_on(self):
        client, other = str(uuid.uuid4()), str(uuid.uuid4())
        wrong = {**events.record(events.feature(client)), "key": other}
        keyless = {**events.record(events.feature(client)), "key": None}
        shouted = {**events.record(events.feature(client, "weather", {})), "key": client.upper()}
        tombstone = {"value": None, "key": client, "partition": 0}
        self.produce(events.registered(client, "2"), wrong, keyless, shouted, tombstone, events.feature(client))
        self.process({**events.record(events.batch_started(client)), "key": "b1"}, tombstone)
        self.run_until_idle()
        self.assertEqual(self.rows("SELECT t.name, code, field, value FROM dead_letters JOIN topics t USING (topic_id) "
                                   "ORDER BY t.name, record_offset"),
                         [(self.topic, "KEY_MISMATCH", "key", other), (self.topic, "KEY_MISMATCH", "key", ""),
                          (self.topic, "VALUE_MISSING", "value", ""),
                          (self.processing_topic, "KEY_MISMATCH", "key", "b1"),
                          (self.processing_topic, "VALUE_MISSING", "value", "")])
        self.assertEqual(self.rows("SELECT feature_type FROM feature_configs WHERE is_active ORDER BY 1"),
                         [("ema",), ("weather",)], "a UUID's letters may be of either case")
        self.assert_tables_as_expected(topics=self.topics)
        self.assert_verified()


class GrowthTest(case.SystemTest):
    partitions = 1

    def test_partitions_added_to_live_topics_are_taken_and_nothing_of_a_client_is_lost_between_two(self):
        clients = [str(uuid.UUID(int=i + 1, version=4)) for i in range(30)]
        producer = self.broker.producer(partitioner="murmur2")
        run = self.start_run()
        self.broker.produce(self.topic, self.keyed([events.registered(c, "g%d" % n) for n, c in enumerate(clients)]), producer)
        self.broker.produce(self.processing_topic, self.keyed([events.bom_started(c) for c in clients]), producer)
        self.wait_caught_up(run)
        for topic in self.topics:
            self.broker.grow(topic, 4)
        producer = self.broker.producer(partitioner="murmur2")
        for i in range(3):
            self.broker.produce(self.processing_topic, self.keyed([events.bom_started(c) for c in clients]), producer)
            self.broker.produce(self.topic, self.keyed([events.feature(c) for c in clients]), producer)
        self.broker.produce(self.topic, self.keyed([events.confirmed(c) for c in clients]), producer)
        run.wait_for(lambda: len(self.positions()) == 4 and len(self.positions(self.processing_topic)) == 4,
                     "the new partitions to be taken", deadline=60)
        self.wait_caught_up(run)
        self.wait_until_nothing_waits(run)
        self.assertEqual(run.terminate(), 0)
        self.assertEqual(self.dead_letters(), [])
        self.assertEqual(self.rows("SELECT DISTINCT max(version), count(*) FROM events WHERE kind = 'bom_explosion' "
                                   "GROUP BY client_id"), [(4, 4)])
        self.assertEqual(self.rows("SELECT DISTINCT max(version), count(*) FROM feature_configs GROUP BY client_id"), [(3, 3)])
        self.assertGreater(self.value("SELECT count(DISTINCT partition_id) FROM events"), 2)
        self.assert_verified("--gaps")

    @staticmethod
    def keyed(whole):
        return [{"value": events.encode(e), "key": e["subject"]} for e in whole]


if __name__ == "__main__":
    case.main()
