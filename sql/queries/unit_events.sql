-- For units of a few rows: one round trip less than COPY, which takes more than a few rows to pay off.
INSERT INTO events (event_id, client_id, event_time, created_at, recorded_at, record_offset, ledger_seq,
    kind, type, cause, version, partition_id, topic_id, key, content_hash, source, data, expected_version,
    actor, correlation_id, causation_id, traceparent, previous)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[],
    $6::bigint[], $7::bigint[], $8::stream_kind[], $9::event_type[], $10::event_cause[], $11::integer[],
    $12::integer[], $13::smallint[], $14::text[], $15::bytea[], $16::text[], $17::jsonb[], $18::integer[],
    $19::text[], $20::text[], $21::text[], $22::text[], $23::jsonb[])
