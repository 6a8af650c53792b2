"""A producer with the CloudEvents SDK: one event in structured, one in binary mode.

cloudevents_sdk.py BROKERS TOPIC CLIENT: prints what it sent, {feature_type: config}."""
import json
import sys

from cloudevents.core.bindings.kafka import to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from confluent_kafka import Producer

brokers, topic, client = sys.argv[1:]
producer = Producer({"bootstrap.servers": brokers, "partitioner": "murmur2_random"})
sent = {"weather": {"nan_strategy": "decay", "ж": 1.50}, "promo": {"window_days": 14}}
for convert, (feature_type, config) in zip((to_structured, to_binary), sent.items()):
    event = CloudEvent({"type": "feature_config.changed", "source": "urn:sdk", "subject": client,
                        "datacontenttype": "application/json", "actor": "anna@example.com"},
                       {"feature_type": feature_type, "config": config})
    message = convert(event, JSONFormat(), lambda e: e.get_subject())
    producer.produce(topic, key=message.key, value=message.value, headers=dict(message.headers))
assert producer.flush(30) == 0
print(json.dumps(sent))
