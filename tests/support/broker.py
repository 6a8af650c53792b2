"""What tests do with Kafka: make topics, produce as anybody might, read back, move group offsets."""
import collections
import uuid

import confluent_kafka
from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic

from support import wait, wire

# What the client library says by itself is about outages that tests make on purpose.
QUIET = {"log_level": 0}
Record = collections.namedtuple("Record", "topic partition offset timestamp key value headers")


class Broker:
    def __init__(self, brokers):
        self.brokers = brokers
        self.admin = AdminClient({"bootstrap.servers": brokers, **QUIET})
        self._producer = None

    # ---- topics ----

    def create(self, topic, partitions, **config):
        futures = self.admin.create_topics([NewTopic(topic, partitions, 1, config=config)])
        futures[topic].result(20)

    def grow(self, topic, partitions):
        self.admin.create_partitions([NewPartitions(topic, partitions)])[topic].result(20)

    def delete(self, topic):
        self.admin.delete_topics([topic])[topic].result(20)
        self._producer = None  # it would remember that the topic is not there

    def delete_records(self, topic, offsets):
        return wire.delete_records(self.brokers, topic, offsets)

    # ---- producing ----

    def producer(self, **config):
        return Producer({"bootstrap.servers": self.brokers, "linger.ms": 1, **QUIET, **config})

    def produce(self, topic, records, producer=None):
        """`records`: dicts with value, key and, where it matters, partition, headers, timestamp."""
        if producer is None:  # an idle producer is false: it has no records
            if self._producer is None:
                self._producer = self.producer()
            producer = self._producer
        producer.list_topics(topic, 30)  # or the first record of a topic waits for a second
        failures = []

        def delivered(error, message):
            if error is not None:
                failures.append(str(error))

        for record in records:
            while True:
                try:
                    producer.produce(topic, on_delivery=delivered, **record)
                    break
                except BufferError:
                    producer.poll(0.1)
        if producer.flush(60) != 0 or failures:
            raise RuntimeError("not all records reached %s: %s" % (topic, failures[:3]))

    def transaction(self, topic, records, commit):
        producer = self.producer(**{"transactional.id": "test-%s" % uuid.uuid4()})
        producer.init_transactions(20)
        producer.begin_transaction()
        self.produce(topic, records, producer)
        if commit:
            producer.commit_transaction(20)
        else:
            producer.abort_transaction(20)
        self._wait_ended(topic)

    def _wait_ended(self, topic):
        """The coordinator answers before its markers are in the log: what is produced next could come before them."""
        wait.wait_for(lambda: self.watermarks(topic) == self.watermarks(topic, isolation="read_committed"),
                      "no transaction to be open on %s" % topic, 20)

    # ---- reading ----

    def _consumer(self, **config):
        return Consumer({"bootstrap.servers": self.brokers, "group.id": "test-%s" % uuid.uuid4(),
                         "enable.auto.commit": False, "auto.offset.reset": "error",
                         "fetch.wait.max.ms": 10, **QUIET, **config})

    def partitions(self, topic):
        return sorted(self.admin.list_topics(topic, 10).topics[topic].partitions)

    def watermarks(self, topic, isolation="read_uncommitted"):
        """{partition: (first offset, offset after the last)}; for read_committed the last stable offset"""
        consumer = self._consumer(**{"isolation.level": isolation})
        try:
            return {p: consumer.get_watermark_offsets(TopicPartition(topic, p), 10)
                    for p in self.partitions(topic)}
        finally:
            consumer.close()

    def read(self, topic):
        """Every record that a read_committed reader sees, by partition in the order of offsets."""
        marks = self.watermarks(topic)
        consumer = self._consumer(**{"isolation.level": "read_committed", "enable.partition.eof": True})
        open_partitions = {p for p, (low, high) in marks.items() if low < high}
        records = {p: [] for p in marks}
        try:
            consumer.assign([TopicPartition(topic, p, marks[p][0]) for p in open_partitions])
            while open_partitions:
                message = consumer.poll(20)
                if message is None:
                    raise RuntimeError("%s: no answer while reading it back" % topic)
                if message.error() is None:
                    records[message.partition()].append(_record(message))
                elif message.error().code() == KafkaError._PARTITION_EOF:
                    open_partitions.discard(message.partition())
                else:
                    raise confluent_kafka.KafkaException(message.error())
        finally:
            consumer.close()
        return records

    # ---- the group, as an operator's tools move it ----

    def move_group(self, group, topic, offsets):
        consumer = self._consumer(**{"group.id": group})
        try:
            consumer.commit(offsets=[TopicPartition(topic, p, o) for p, o in offsets.items()], asynchronous=False)
        finally:
            consumer.close()

    def group_offsets(self, group, topic):
        consumer = self._consumer(**{"group.id": group})
        try:
            parts = [TopicPartition(topic, p) for p in self.partitions(topic)]
            return {t.partition: t.offset for t in consumer.committed(parts, 10)}
        finally:
            consumer.close()


def _record(message):
    return Record(message.topic(), message.partition(), message.offset(), message.timestamp()[1],
                  message.key(), message.value(), message.headers() or [])
