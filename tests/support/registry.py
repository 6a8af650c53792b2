"""A schema registry for tests: answers as Apicurio 3.0.9's Confluent API does, and misbehaves on demand.

    registry.py [--cert FILE --key FILE [--client-ca FILE]] [--user NAME:PASSWORD | --token TOKEN] [--path PATH]

Prints its port, and ends when its standard input does. Besides the Confluent API there is, without credentials:
  POST /control/ID/MODE   from now on questions for schema ID are answered in this way (MODES below; well: as usual)
  GET  /control/ID        how often schema ID was asked for
  GET  /control/peak      the most requests for schemas that were under way at once
"""
import argparse
import base64
import gzip
import http.server
import json
import os
import socket
import ssl
import struct
import sys
import threading
import time
import urllib.parse

PROMOTIONS = {"int": ("long", "float", "double"), "long": ("float", "double"), "float": ("double",)}
DRIP_SECONDS = 0.05
MEBIBYTE = b" " * (1 << 20)


class Refusal(Exception):
    """HTTP status, code, sentence."""


def kind_of(schema):
    return schema["type"] if isinstance(schema, dict) else schema


def reads(reader, writer):
    """Avro's schema resolution, as far as tests need it."""
    if isinstance(writer, list):
        return all(reads(reader, branch) for branch in writer)
    if isinstance(reader, list):
        return any(reads(branch, writer) for branch in reader)
    if kind_of(reader) != kind_of(writer):
        return kind_of(reader) in PROMOTIONS.get(kind_of(writer), ())
    if kind_of(reader) != "record":
        return True
    written = {field["name"]: field["type"] for field in writer["fields"]}
    return all(reads(field["type"], written[field["name"]]) if field["name"] in written else "default" in field
               for field in reader["fields"])


def is_compatible(new, old, rule):
    return ((not rule.startswith(("BACKWARD", "FULL")) or reads(new, old)) and
            (not rule.startswith(("FORWARD", "FULL")) or reads(old, new)))


def parse(body):
    """The schema, or None if it is none that we judge."""
    if body.get("schemaType", "AVRO") != "AVRO" or body.get("references"):
        return None
    schema = json.loads(body["schema"])
    if isinstance(schema, dict) and not isinstance(schema.get("name", ""), str):
        raise Refusal(422, 42201, "The given schema is not valid")
    return schema


class Registry:
    def __init__(self):
        self.lock = threading.Lock()
        self.bodies = []  # by id - 1
        self.versions = {}  # subject: ids
        self.rules = {}  # subject: compatibility
        self.modes = {}
        self.asked = {}
        self.flying = 0
        self.peak = 0

    def versions_of(self, subject):
        if subject not in self.versions:
            raise Refusal(404, 40401, "No artifact with ID '%s' in group 'null' was found." % subject)
        return self.versions[subject]

    def version(self, subject, number):
        ids = self.versions_of(subject)
        if not 0 < number <= len(ids):
            raise Refusal(404, 40402, "No version '%d' found for artifact with ID '%s'." % (number, subject))
        return {"subject": subject, "version": number, "id": ids[number - 1], **self.bodies[ids[number - 1] - 1]}

    def find(self, subject, body):
        for number, id_ in enumerate(self.versions_of(subject), 1):
            if self.bodies[id_ - 1] == body:
                return self.version(subject, number)
        raise Refusal(404, 40403, "The given schema does not match any schema under the subject " + subject)

    def accepts(self, subject, body, which=None):
        """Whether it may be the next version; looking at all versions, the latest, or what the rule looks at."""
        new, rule, ids = parse(body), self.rules.get(subject, "BACKWARD"), self.versions.get(subject, [])
        looked_at = ids if (which or rule).endswith(("_TRANSITIVE", "all")) else ids[-1:]
        return new is None or all(is_compatible(new, parse(self.bodies[id_ - 1]), rule) for id_ in looked_at)

    def register(self, subject, body):
        with self.lock:
            known = body in self.bodies and self.bodies.index(body) + 1 in self.versions.get(subject, [])
            if not known and not self.accepts(subject, body):
                raise Refusal(409, 409, "Incompatible artifact: %s" % subject)
            if body not in self.bodies:
                self.bodies.append(body)
            found = self.bodies.index(body) + 1
            ids = self.versions.setdefault(subject, [])
            if found not in ids:
                ids.append(found)
            return found


def reset(handler):
    """Closes the connection by RST."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(handler.connection.detach())  # close() would wait for the files that were made of it
    handler.close_connection = True


def drip(handler):
    """A right answer, but never the end of it."""
    handler.head(200, length=10 ** 6)
    for byte in b'{"schema":"' + b"a" * 10 ** 6:
        handler.wfile.write(bytes([byte]))
        time.sleep(DRIP_SECONDS)


def endless(handler):
    handler.head(200)
    while True:
        handler.wfile.write(MEBIBYTE)


def endless_failure(handler):
    handler.head(500)
    while True:
        handler.wfile.write(MEBIBYTE)


def endless_header(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X-More: " + b"x" * 1000 + b"\r\n")


def endless_interim(handler):
    while True:
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def cut(handler):
    handler.head(200, length=1000)
    handler.wfile.write(b'{"schema":"\\"string\\""}')
    handler.close_connection = True


def redirect(handler):
    handler.wfile.write(b"HTTP/1.1 302 Found\r\nLocation: /control/peak\r\nContent-Length: 0\r\n\r\n")


def compressed(handler):
    body = gzip.compress(b'{"schema":"\\"string\\""}' * 1000)
    handler.head(200, length=len(body), more=b"Content-Encoding: gzip\r\n")
    handler.wfile.write(body)


def with_body(status, body):
    return lambda handler: handler.answer(status, body)


MODES = {
    "slow": lambda handler: time.sleep(60),
    "drip": drip,
    "endless": endless,
    "endless-failure": endless_failure,
    "endless-header": endless_header,
    "endless-interim": endless_interim,
    "huge": lambda handler: handler.head(200, length=5 * 10 ** 9),
    "cut": cut,
    "reset": reset,
    "redirect": redirect,
    "compressed": compressed,
    "no-http": lambda handler: handler.wfile.write(b"\x00\x16\xffSSH-2.0-\x1b[31m\r\n\r\n"),
    "status-500": with_body(500, b'{"error_code":50001,"message":"Error in the backend data store"}'),
    "status-503": with_body(503, b"<html>try later</html>"),
    "status-429": with_body(429, b""),
    "retry-in-2": lambda handler: handler.head(503, 0, b"Retry-After: 2\r\n"),
    "retry-at-noon": lambda handler: handler.head(503, 0, b"Retry-After: Fri, 31 Dec 2100 12:00:00 GMT\r\n"),
    "retry-nonsense": lambda handler: handler.head(503, 0, b"Retry-After: -7 soon\r\n"),
    "status-401": with_body(401, b""),
    "status-403": with_body(403, b""),
    "no-page": with_body(404, b"<html>nothing here</html>"),
    "no-page-json": with_body(404, b'{"error_code":404,"message":"HTTP 404 Not Found"}'),
    "html": with_body(200, b"<html>welcome</html>"),
    "empty": with_body(200, b""),
    "garbage": with_body(200, bytes(range(256)) * 16),
    "list": with_body(200, b"[" * 100000),
    "values": with_body(200, b"[" + b"0," * 300000 + b"0]"),
    "no-schema": with_body(200, b"{}"),
    "number": with_body(200, b'{"schema":7}'),
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def head(self, status, length=None, more=b""):
        self.wfile.write(b"HTTP/1.1 %d Status\r\nContent-Type: application/json\r\n" % status + more)
        if length is None:
            self.close_connection = True
            self.wfile.write(b"Connection: close\r\n\r\n")
        else:
            self.wfile.write(b"Content-Length: %d\r\n\r\n" % length)

    def answer(self, status, body):
        self.head(status, len(body))
        self.wfile.write(body)

    def answer_json(self, status, value):
        self.answer(status, json.dumps(value).encode())

    def fail(self, status, code, message):
        self.answer_json(status, {"error_code": code, "message": message})

    def request_body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def is_let_in(self):
        options = self.server.options
        got = self.headers.get("Authorization")
        if options.user:
            return got == "Basic " + base64.b64encode(options.user.encode()).decode()
        return not options.token or got == "Bearer " + options.token

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (OSError, ValueError):
            self.close_connection = True  # the client has had enough

    def dispatch(self):
        body = self.request_body()
        path = self.path
        if path.startswith("/control/"):
            return self.control(path.split("/")[2:])
        if not path.startswith(self.server.options.path + "/"):
            return self.answer(404, b"<html>nothing here</html>")
        if not self.is_let_in():
            return self.answer(401, b"")
        parts = path[len(self.server.options.path) + 1:].split("/")
        if self.command == "GET" and parts[:2] == ["schemas", "ids"]:
            return self.schema(int(parts[2]))
        try:
            return self.answer_json(200, self.subject([urllib.parse.unquote(part) for part in parts],
                                                      json.loads(body or b"null")))
        except Refusal as refusal:
            return self.fail(*refusal.args)

    def subject(self, parts, body):
        registry = self.server.registry
        what = self.command, parts[0], len(parts)
        if what == ("POST", "subjects", 3):
            return {"id": registry.register(parts[1], body)}
        if what == ("POST", "subjects", 2):
            return registry.find(parts[1], body)
        if what == ("GET", "subjects", 3):
            return list(range(1, len(registry.versions_of(parts[1])) + 1))
        if what == ("GET", "subjects", 4):
            last = len(registry.versions_of(parts[1]))
            return registry.version(parts[1], last if parts[3] == "latest" else int(parts[3]))
        if what in (("POST", "compatibility", 4), ("POST", "compatibility", 5)):
            return {"is_compatible": registry.accepts(parts[2], body, (parts + ["all"])[4])}
        if what == ("GET", "config", 1):
            return {"compatibilityLevel": "BACKWARD"}
        if what == ("PUT", "config", 2) and registry.versions_of(parts[1]):
            registry.rules[parts[1]] = body["compatibility"]
            return body
        if what == ("GET", "config", 2) and registry.versions_of(parts[1]):
            return {"compatibilityLevel": registry.rules.get(parts[1], "NONE")}
        raise Refusal(404, 404, "HTTP 404 Not Found")

    do_GET = do_POST = do_PUT = dispatch

    def schema(self, number):
        registry = self.server.registry
        with registry.lock:
            registry.asked[number] = registry.asked.get(number, 0) + 1
            registry.flying += 1
            registry.peak = max(registry.peak, registry.flying)
            mode = registry.modes.get(number)
        try:
            if mode is not None:
                MODES[mode](self)
            elif 0 < number <= len(registry.bodies):
                self.answer_json(200, registry.bodies[number - 1])
            else:
                self.fail(404, 40403, "No content with id/hash '%d' was found." % number)
        finally:
            with registry.lock:
                registry.flying -= 1

    def control(self, parts):
        registry = self.server.registry
        with registry.lock:
            if self.command == "POST" and parts[1] == "well":
                registry.modes.pop(int(parts[0]), None)
                text = "well"
            elif self.command == "POST":
                registry.modes[int(parts[0])] = text = parts[1]
            elif parts[0] == "peak":
                text = str(registry.peak)
            else:
                text = str(registry.asked.get(int(parts[0]), 0))
        self.answer(200, text.encode())


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass

    def finish_request(self, request, client_address):
        # Here, in the connection's own thread, so that a client that refuses our certificate holds up nobody.
        if self.tls is not None:
            request = self.tls.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)


def main():
    parser = argparse.ArgumentParser()
    for name in "cert", "key", "client-ca", "user", "token":
        parser.add_argument("--" + name)
    parser.add_argument("--path", default="/apis/ccompat/v7")
    options = parser.parse_args()
    server = Server(("127.0.0.1", 0), Handler)
    server.options = options
    server.registry = Registry()
    server.tls = None
    if options.cert:
        server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.tls.load_cert_chain(options.cert, options.key)
    if options.client_ca:
        server.tls.load_verify_locations(options.client_ca)
        server.tls.verify_mode = ssl.CERT_REQUIRED
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
