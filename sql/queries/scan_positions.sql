SELECT o.topic_id, o.partition_id, t.name, o.next_offset, o.ledger_seq, o.chain, o.consumed, o.appended,
       o.logged, o.duplicated, o.parked, o.rejected, o.lost, o.owner, o.stopped_reason, o.resolved,
       o.waits_reason, o.waits_since
FROM consumer_offsets o LEFT JOIN topics t ON t.topic_id = o.topic_id
ORDER BY o.topic_id, o.partition_id
