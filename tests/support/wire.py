"""The two requests of Kafka's protocol that the Python client (1.7) does not offer."""
import socket
import struct


def _string(text):
    data = text.encode()
    return struct.pack(">h", len(data)) + data


class _Connection:
    def __init__(self, brokers, timeout):
        host, port = brokers.split(",")[0].rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout)

    def call(self, key, version, body):
        head = struct.pack(">hhi", key, version, 1) + _string("tests")
        self.socket.sendall(struct.pack(">i", len(head) + len(body)) + head + body)
        answer = self.read(struct.unpack(">i", self.read(4))[0])
        return answer[4:]  # behind the correlation id

    def read(self, size):
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise ConnectionError("the broker closed the connection")
            data += part
        return data


def delete_records(brokers, topic, offsets, timeout=10):
    """Deletes what lies below {partition: offset}, as retention would. -1: everything."""
    partitions = b"".join(struct.pack(">iq", p, o) for p, o in offsets.items())
    body = (struct.pack(">i", 1) + _string(topic) + struct.pack(">i", len(offsets)) + partitions
            + struct.pack(">i", timeout * 1000))
    connection = _Connection(brokers, timeout)
    with connection.socket:
        answer = connection.call(21, 1, body)
    # throttle, one topic, its name, its partitions: number, low watermark, error
    at = 4 + 4
    at += 2 + struct.unpack_from(">h", answer, at)[0]
    count, = struct.unpack_from(">i", answer, at)
    low = {}
    for i in range(count):
        partition, watermark, error = struct.unpack_from(">iqh", answer, at + 4 + i * 14)
        if error != 0:
            raise RuntimeError("DeleteRecords of %s[%d]: error %d" % (topic, partition, error))
        low[partition] = watermark
    return low


def read_avro(schema, stream, names=None):
    """One value, by the schema that it was written with; of the types that commands have."""
    names = {} if names is None else names
    if isinstance(schema, list):
        return read_avro(schema[read_long(stream)], stream, names)
    kind = schema["type"] if isinstance(schema, dict) else schema
    if isinstance(kind, (dict, list)):
        return read_avro(kind, stream, names)
    if kind in names:
        return read_avro(names[kind], stream, names)
    if kind == "record":
        names[schema["name"]] = schema
        return {field["name"]: read_avro(field["type"], stream, names) for field in schema["fields"]}
    if kind == "array":
        items = []
        while (count := read_long(stream)) != 0:
            items += [read_avro(schema["items"], stream, names) for _ in range(count)]
        return items
    return {"string": lambda: stream.read(read_long(stream)).decode(), "int": lambda: read_long(stream),
            "long": lambda: read_long(stream), "boolean": lambda: stream.read(1) == b"\1", "null": lambda: None}[kind]()


def read_long(stream):
    number = shift = 0
    while True:
        byte = stream.read(1)[0]
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return (number >> 1) ^ -(number & 1)
