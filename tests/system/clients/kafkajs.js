// A producer with kafkajs: one event compressed and with headers, one of a transaction that is
// committed, and two of one that is aborted.
//
// kafkajs.js BROKERS TOPIC CLIENT: prints what it sent, {feature_type: config}.
const { randomUUID } = require('crypto');
const { CompressionTypes, Kafka, logLevel } = require('kafkajs');

const [brokers, topic, client] = process.argv.slice(2);

const record = (featureType, config) => ({
    key: client,
    headers: { 'content-type': 'application/cloudevents+json', traceparent: 'no matter of the program' },
    value: JSON.stringify({
        specversion: '1.0', id: randomUUID(), source: 'urn:kafkajs', type: 'feature_config.changed', subject: client,
        time: new Date().toISOString(), data: { feature_type: featureType, config },
    }),
});

async function main() {
    const kafka = new Kafka({ brokers: [brokers], logLevel: logLevel.ERROR });
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, transactionalId: `kafkajs-${client}` });
    await producer.connect();
    await producer.send({ topic, compression: CompressionTypes.GZIP, messages: [record('std', { windows: [7, 28] })] });
    const aborted = await producer.transaction();
    await aborted.send({ topic, messages: [record('std', { windows: [1] }), record('ma', { windows: [1] })] });
    await aborted.abort();
    const committed = await producer.transaction();
    await committed.send({ topic, messages: [record('ma', { window_days: 90 })] });
    await committed.commit();
    await producer.disconnect();
    console.log(JSON.stringify({ std: { windows: [7, 28] }, ma: { window_days: 90 } }));
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
