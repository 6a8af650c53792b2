"""The order in which the program decided, as the ledger tells it.

Admission may look across streams, so what a record becomes depends on what came before it. Each
ledger row is one committed unit of one partition: offsets taken from the topic, or waiting events
that were let go. The oracle repeats exactly these steps and says what they must have led to.

Only recorded times tell how partitions were interleaved, so whatever one client depends on must
lie on one partition, or be consumed one after the other.
"""


class Live:
    def __init__(self, topic, partition, first, next_):
        self.topic, self.partition, self.first, self.next = topic, partition, first, next_


class Released:
    def __init__(self, positions):
        self.positions = positions


def read(query, topics):
    """Steps over these topics, in their order."""
    released = {}
    for topic, partition, seq, offset in query("""SELECT t.name, p.partition_id, p.resolved_seq, p.record_offset
            FROM parked_events p JOIN topics t USING (topic_id) WHERE p.resolved_seq IS NOT NULL ORDER BY p.id"""):
        released.setdefault((topic, partition, seq), []).append((topic, partition, offset))
    steps = []
    for topic, partition, seq, cause, first, next_ in query("""SELECT t.name, l.partition_id, l.seq, l.cause::text,
            l.first_offset, l.next_offset FROM ingest_ledger l JOIN topics t USING (topic_id)
            ORDER BY l.recorded_at, l.topic_id, l.partition_id, l.seq"""):
        if topic not in topics:
            continue
        if cause == "live":
            steps.append(Live(topic, partition, first, next_))
        else:
            steps.append(Released(released.pop((topic, partition, seq), [])))
    assert not any(name[0] in topics for name in released), "let go by no row of the ledger: %s" % released
    return steps


def died(query):
    """Positions of records of which the program has died again and again: it does not look at them any more."""
    return set(query("""SELECT t.name, d.partition_id, d.record_offset FROM dead_letters d
        JOIN topics t USING (topic_id) WHERE d.code = 'PROCESS_DIED'"""))


def replay(steps, records, oracle, killers=()):
    """`records`: {(topic, partition, offset): record}. The rest, that no row covers, is not taken."""
    for step in steps:
        if isinstance(step, Released):
            for position in step.positions:
                oracle.release(position)
            continue
        for offset in range(step.first, step.next):
            record = records.get((step.topic, step.partition, offset))
            if record is None:
                continue
            if (step.topic, step.partition, offset) in killers:
                oracle.bury((step.topic, step.partition, offset), record, "PROCESS_DIED", None)
            else:
                oracle.consume(record)
