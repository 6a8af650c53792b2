"""TLS and passwords, to the broker and to PostgreSQL: what is right works, what is wrong is refused in
plain words with exit code 3, by every command, at once.

Debian's librdkafka cannot do SCRAM with a broker of today, and the program says so; so SCRAM is shown
with a newer librdkafka, and PLAIN over TLS with Debian's."""
import pathlib
import subprocess
import tempfile
import time

from support import case, events, net, stack, tls

CLIENT = "018f6b1e-5f0a-7c3d-9d4e-2f1a6b7c8d9e"
LISTENER = """listener.name.{name}.ssl.keystore.location={folder}/{name}.pem
listener.name.{name}.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.{name}.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_anna="right";
"""
KAFKA = """listeners=PLAINTEXT://127.0.0.1:@CLIENT_PORT@,CONTROLLER://127.0.0.1:@CONTROLLER_PORT@,GOOD://127.0.0.1:{good},OTHER://127.0.0.1:{other}
advertised.listeners=PLAINTEXT://127.0.0.1:@CLIENT_PORT@,GOOD://127.0.0.1:{good},OTHER://127.0.0.1:{other}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,GOOD:SASL_SSL,OTHER:SASL_SSL
inter.broker.listener.name=PLAINTEXT
sasl.enabled.mechanisms=SCRAM-SHA-512,PLAIN
ssl.keystore.type=PEM
"""
HBA = ["host all secretmagic 127.0.0.1/32 trust", "hostssl all anna 127.0.0.1/32 scram-sha-256"]


def make_certificates(folder):
    for name in ("authority", "strangers"):
        tls.authority(folder, name)
    tls.server(folder, "good", "authority", "IP:127.0.0.1,DNS:localhost")
    tls.server(folder, "other", "authority", "DNS:kafka.example.com")
    folder.chmod(0o755)


class SecureTest(case.SystemTest):
    @classmethod
    def make_stack(cls):
        place = tempfile.TemporaryDirectory(prefix="secretmagic-tls-", dir="/var/tmp")
        cls.addClassCleanup(place.cleanup)
        cls.tls = pathlib.Path(place.name)
        make_certificates(cls.tls)
        cls.ports = {name: net.free_port() for name in ("good", "other")}
        more = KAFKA.format(**cls.ports) + "".join(LISTENER.format(name=n, folder=cls.tls) for n in cls.ports)
        return stack.private("secure", more_properties=more)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        subprocess.run(["java", "-XX:TieredStopAtLevel=1", "-cp", stack.kafka_jars(), "kafka.admin.ConfigCommand",
                        "--bootstrap-server", cls.stack.brokers, "--alter", "--entity-type", "users", "--entity-name",
                        "anna", "--add-config", "SCRAM-SHA-512=[iterations=4096,password=right]"],
                       check=True, stdout=subprocess.DEVNULL)
        cls.secure_postgres()

    @classmethod
    def secure_postgres(cls):
        """By SQL, since the data folder is the server's own; it reads all of this anew when told."""
        connection = case.psycopg2.connect(cls.stack.dsn("postgres"))
        connection.autocommit = True
        with connection.cursor() as cursor:
            for name in ("crt", "key"):
                lines = (cls.tls / ("good." + name)).read_text().splitlines()
                cursor.execute("SELECT current_setting('data_directory') || '/tls.' || %s", (name,))
                place = cursor.fetchone()[0]
                cursor.execute("COPY (SELECT unnest(%%s)) TO PROGRAM 'umask 077; cat > %s'" % place, (lines,))
                cursor.execute("ALTER SYSTEM SET ssl_%s_file = '%s'" % ({"crt": "cert"}.get(name, name), place))
            cursor.execute("ALTER SYSTEM SET ssl = on")
            cursor.execute("SELECT current_setting('hba_file')")
            cursor.execute("COPY (SELECT unnest(%%s)) TO '%s'" % cursor.fetchone()[0], (HBA,))
            cursor.execute("SELECT pg_reload_conf()")
            cursor.execute("CREATE ROLE anna SUPERUSER LOGIN PASSWORD 'right'")
        connection.close()

    def kafka(self, listener="good", authority="authority", mechanism="PLAIN", password="right"):
        """What the program is given to get to a listener."""
        return {"SECRETMAGIC_BROKERS": "127.0.0.1:%d" % self.ports[listener], "SECRETMAGIC_KAFKA_PROPERTY": ";".join([
            "security.protocol=SASL_SSL", "ssl.ca.location=%s/%s.crt" % (self.tls, authority),
            "sasl.mechanism=" + mechanism, "sasl.username=anna", "sasl.password=" + password])}

    def postgres(self, host="localhost", authority="authority", password="right", mode="verify-full"):
        return {"SECRETMAGIC_DATABASE": "host=%s hostaddr=127.0.0.1 port=%d user=anna password=%s dbname=%s sslmode=%s "
                                        "sslrootcert=%s/%s.crt" % (host, self.stack.postgres_port, password, self.name,
                                                                   mode, self.tls, authority)}

    # ---- what is right ----

    def assert_works(self, **environment):
        self.environment.update(self.postgres(), **environment)
        self.succeed("emit", stdin=events.encode(events.registered(CLIENT, "2")))
        run = self.run_until_idle()
        self.assertNotIn("level=warn", run.err)
        self.assertEqual(self.value("SELECT count(*) FROM clients"), 1)
        self.succeed("status")
        self.assert_verified("--gaps")
        self.assertNotIn("right", run.err, "no password in any line")

    def test_tls_and_plain_with_debians_librdkafka_and_scram_to_postgresql(self):
        self.assert_works(**self.kafka())

    def test_tls_and_scram_with_a_newer_librdkafka(self):
        self.assert_works(LD_LIBRARY_PATH=stack.new_rdkafka(), **self.kafka(mechanism="SCRAM-SHA-512"))
        self.assertRegex(self.succeed("version").out, r"librdkafka 2\.(1[0-9]|[6-9])\.")

    # ---- what is wrong ----

    def assert_refused(self, cases):
        """`cases`: (what is wrong, environment, what must be said, commands). All at once: most is waiting."""
        begin = time.monotonic()
        started = []
        for what, environment, told, commands in cases:
            for words in commands:
                stdin = events.encode(events.registered(CLIENT)) if words[0] == "emit" else None
                started.append((what, told, self.start(*words, stdin=stdin, **environment)))
        for what, told, one in started:
            with self.subTest(what=what, command=one.words[0]):
                self.assertEqual(one.wait(20), 3, one.explain())
                for text in (*told, "hint:"):
                    self.assertIn(text, one.err, one.explain())
                self.assertNotIn("right", one.err)
        self.assertLess(time.monotonic() - begin, 20, "long before their --timeout")

    def test_kafka_is_refused_or_refuses_in_plain_words(self):
        certificate = ["no TLS connection", "certificate verify failed", "ssl.ca.location"]
        scram = self.kafka(mechanism="SCRAM-SHA-512")
        run = ["run", "--group", self.group]
        newer = {"LD_LIBRARY_PATH": stack.new_rdkafka()}
        self.assert_refused([
            ("a wrong password", self.kafka(password="wrong"), ["refuses our credentials", "sasl.password"],
             [run, ["emit"], ["migrate", "--topics"]]),
            ("an authority that did not sign it", self.kafka(authority="strangers"), certificate,
             [run, ["emit"], ["migrate", "--topics"]]),
            ("a certificate for another host", self.kafka(listener="other"), certificate, [run]),
            ("SCRAM with Debian's librdkafka", scram, ["refuses our credentials", "2.6.1 or newer", "PLAIN"], [run]),
            ("a wrong password by SCRAM, newer librdkafka",
             {**self.kafka(mechanism="SCRAM-SHA-512", password="wrong"), **newer}, ["refuses our credentials"], [run]),
            ("a certificate for another host, newer librdkafka", {**self.kafka(listener="other"), **newer}, certificate,
             [run])])

    def test_postgresql_is_refused_or_refuses_in_plain_words(self):
        run = ["run", "--group", self.group]
        self.assert_refused([
            ("a wrong password", self.postgres(password="wrong"), ["password authentication failed"],
             [run, ["migrate"], ["status"]]),
            ("an authority that did not sign it", self.postgres(authority="strangers"), ["certificate verify failed"],
             [run, ["migrate"], ["status"]]),
            ("no password", self.postgres(password="''"), ["no password supplied"], [run]),
            ("an authority whose file is not there", self.postgres(authority="nobody"), ["does not exist"], [run]),
            ("a certificate for another host", self.postgres(host="db.example.com"), ["does not match host name"], [run]),
            ("no TLS where the server asks for it", self.postgres(mode="disable"), ["no encryption"], [run])])


if __name__ == "__main__":
    case.main()
