"""What Prometheus itself says of our metrics and alert rules, and what it sees when it scrapes us."""
import json
import re
import subprocess
import urllib.parse
import urllib.request

from http_test import HttpBase
from support import case, net, stack, wait

RULES = stack.ROOT / "schemas" / "monitoring"
TOOLS = stack.ROOT / ".stack" / "deps" / "prometheus"


class MonitoringTest(HttpBase):
    def promtool(self, *words, text=None):
        one = subprocess.run([TOOLS / "promtool", *words], input=text, text=True, capture_output=True, timeout=60,
                             cwd=RULES, check=False)
        self.assertEqual(one.returncode, 0, one.stdout + one.stderr)
        return one.stdout + one.stderr

    def test_the_rules_fire_on_what_they_are_for_and_on_nothing_else(self):
        self.assertIn("SUCCESS", self.promtool("check", "rules", "alerts.yml"))
        self.assertIn("SUCCESS", self.promtool("test", "rules", "alerts_test.yml"))

    def scrape(self, target):
        """A Prometheus of our own with our rules; the port that it answers at."""
        port, folder = net.free_port(), self.folder / "prometheus"
        folder.mkdir()
        (folder / "prometheus.yml").write_text(
            "global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: ['%s']\nscrape_configs:\n"
            "  - job_name: secretmagic\n    static_configs: [{targets: ['%s']}]\n" % (RULES / "alerts.yml", target))
        with open(folder / "log", "w", encoding="utf-8") as log:
            process = subprocess.Popen(
                [TOOLS / "prometheus", "--config.file", str(folder / "prometheus.yml"), "--storage.tsdb.path",
                 str(folder / "data"), "--web.listen-address", "127.0.0.1:%d" % port], stdout=log, stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return port

    def ask_prometheus(self, port, query):
        url = "http://127.0.0.1:%d/api/v1/query?query=%s" % (port, urllib.parse.quote(query))
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return json.load(answer)["data"]["result"]
        except OSError:
            return []

    def test_a_prometheus_scrapes_it_and_every_metric_that_a_rule_names_is_there(self):
        self.produce(*self.some_events(10), {"value": b"no event"})
        run = self.serve()
        self.wait_ready(run)
        self.wait_caught_up(run)
        self.assertEqual(self.promtool("check", "metrics", text=self.get(run, "/metrics")), "")
        port = self.scrape("127.0.0.1:%d" % run.port)
        wait.wait_for(lambda: self.ask_prometheus(port, "up == 1"), "a scrape", 30,
                      explain=lambda: (self.folder / "prometheus" / "log").read_text()[-2000:])
        named = set(re.findall(r"secretmagic_\w+", (RULES / "alerts.yml").read_text()))
        self.assertGreater(len(named), 5)
        for name in sorted(named - {"secretmagic_partition_retention_margin_seconds"}):
            wait.wait_for(lambda name=name: self.ask_prometheus(port, name), name, 20)
        # Without a limit to retention there is no margin, and so no sample; the name is declared all the same.
        self.assertIn("secretmagic_partition_retention_margin_seconds", self.get(run, "/metrics"))
        self.assertEqual(self.ask_prometheus(port, "sum(secretmagic_partition_behind_records)")[0]["value"][1], "0")
        wait.wait_for(lambda: self.ask_prometheus(port, 'ALERTS{alertname="SecretMagicDeadLetters"}'), "an alert", 20)
        self.assertEqual(self.ask_prometheus(port, 'ALERTS{severity="critical"}'), [])
        self.assertEqual(run.terminate(), 0)


if __name__ == "__main__":
    case.main()
