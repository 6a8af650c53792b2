"""The dashboard in a real browser: what it says is so, it says when it does not know, and everybody can read it.

With SECRETMAGIC_TEST_SHOTS=FOLDER each state leaves pictures there."""
import contextlib
import http.server
import json
import os
import re
import socket
import threading
import time

from http_test import CLIENT, HttpBase
from support import case, events, stack
from support.browser import Browser

EVIL = "<img src=x onerror=\"window.hit=1\"><script>window.hit=1</script>&amp;"
AXE = """await page.evaluate(axe);
const found = await page.evaluate(() => window.axe.run());
return found.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.html + ' ' + node.failureSummary).join('; '));"""


class PageBase(HttpBase):
    def setUp(self):
        super().setUp()
        self.browser = Browser(self.folder)
        self.addCleanup(self.browser.close)

    def open(self, run, view="", condition="body.fresh"):
        self.browser.run("await page.goto(argument[0]); await page.waitForSelector(argument[1]);",
                         ["http://127.0.0.1:%d/%s" % (run.port, view), condition])

    def text(self, selector):
        return self.browser.run("return page.locator(argument).innerText();", selector)

    def wait_text(self, selector, pattern, deadline=30):
        try:
            self.browser.run("""await page.waitForFunction(([selector, pattern]) =>
                new RegExp(pattern).test(document.querySelector(selector)?.innerText ?? ''), argument.slice(0, 2), {timeout: argument[2]});""",
                             [selector, pattern, deadline * 1000])
        except AssertionError:
            self.fail("%s never said %r but %r" % (selector, pattern, self.text(selector)))

    def shoot(self, name):
        folder = os.environ.get("SECRETMAGIC_TEST_SHOTS")
        for scheme in ("light", "dark") if folder else ():
            self.browser.run("""await page.emulateMedia({colorScheme: argument[0]}); await page.waitForTimeout(700);
                await page.screenshot({path: argument[1], fullPage: argument[2]});""",
                             [scheme, "%s/%s-%s.png" % (folder, name, scheme), True])

    def assert_accessible(self):
        for scheme in ("light", "dark"):
            self.browser.run("await page.emulateMedia({colorScheme: argument});", scheme)
            self.assertEqual(self.browser.run(AXE), [], scheme)

    def assert_no_trouble(self, expected="nothing"):
        trouble = [one for one in self.browser.run("return page.trouble;") if not re.search(expected, one)]
        self.assertEqual(trouble, [])

    def some_life(self):
        self.produce(*self.some_events(20), events.event("nonsense.happened", CLIENT, {}))
        self.process(events.batch_started(CLIENT))


class Fed(http.server.ThreadingHTTPServer):
    """The page as the program serves it, with documents of the test's."""
    daemon_threads = True

    def __init__(self, test, run, documents):
        self.ask = lambda path: test.ask(run, path)
        self.documents = documents
        super().__init__(("127.0.0.1", 0), FedHandler)
        self.port = self.server_address[1]
        self.ending = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()
        test.addCleanup(self.end)

    def end(self):
        self.ending.set()
        self.shutdown()
        self.server_close()


class FedHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.split("?")[0].rpartition("/api/v1/")[2]
        if name == "stream":
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            with contextlib.suppress(OSError):
                while not self.server.ending.is_set():
                    status = {**self.server.documents["status"], "at_ms": int(time.time() * 1000)}
                    self.wfile.write(b"event: status\ndata: %s\n\n" % json.dumps(status).encode())
                    self.server.ending.wait(1)
            return
        answer, body = self.server.ask(self.path)
        if name in self.server.documents:
            body = json.dumps(self.server.documents[name])
        self.send_response(answer.status)
        for header in ("Content-Type", "Content-Security-Policy"):
            self.send_header(header, answer.getheader(header))
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *words):
        pass


class PageTest(PageBase):
    def test_a_healthy_system_is_told_to_be_healthy_to_everybody(self):
        run = self.serve()
        self.some_life()
        self.wait_caught_up(run)
        self.open(run)
        self.wait_text("#sentence", "^(Current|Idle): nothing is behind")
        self.assertEqual(self.text("#next"), "Nothing is to be done.")
        self.assertEqual(self.text("#f-records"), "0")
        self.wait_text("#waiting", "configuration to be confirmed\\s+1")
        self.wait_text("#letters", "TYPE_UNKNOWN\\s+1")
        self.wait_text("#instances", "yes")
        self.wait_text("#table tbody", r"config\.events\[1\]")
        self.assertEqual(self.browser.run("return page.locator('#table tbody tr').count();"), 4)
        self.browser.run("await page.waitForSelector('#chart canvas');")
        self.assert_accessible()
        self.shoot("healthy")
        sizes = self.browser.run("""return page.evaluate(() => performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
            .filter((one) => !one.name.includes('/api/')).map((one) => [one.name, one.decodedBodySize]));""")
        self.assertEqual(len(sizes), 5, sizes)
        self.assertLess(sum(size for _, size in sizes), 150000, sizes)
        self.assert_no_trouble()
        self.assertEqual(run.terminate(), 0, run.explain())

    def test_where_nothing_ever_happened_it_says_so(self):
        run = self.serve()
        self.open(run)
        self.wait_text("#sentence", "^(Current|Idle): nothing is behind")
        for box, text in (("#waiting", "Nobody waits."), ("#letters", "No record was refused."), ("#tenants", "There are none yet.")):
            self.wait_text(box, re.escape(text))
        self.assert_accessible()
        self.shoot("nothing-yet")
        self.assert_no_trouble()
        self.assertEqual(run.terminate(), 0, run.explain())

    def test_when_the_program_dies_the_page_says_so_at_once_and_goes_on_with_the_next_one(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        run = self.start_run("--http", "127.0.0.1:%d" % port)
        run.port = port
        run.wait_for_line("metrics and lag at ")
        self.open(run)
        self.wait_text("#table tbody", r"config\.events\[1\]")
        self.assertFalse(self.browser.run("return page.isVisible('#banner');"))
        run.kill()
        killed = time.monotonic()
        self.browser.run("await page.waitForSelector('body.stale #banner:visible');")
        self.assertLess(time.monotonic() - killed, 5)
        self.wait_text("#banner", "No news for .* the server does not answer.*was so at")
        self.assertIn("grayscale", self.browser.run("return page.evaluate(() => getComputedStyle(document.querySelector('#figures')).filter);"))
        self.assert_accessible()
        self.shoot("program-gone")
        after = self.start_run("--http", "127.0.0.1:%d" % port)
        after.port = port
        self.browser.run("await page.waitForSelector('body.fresh');")
        self.assertFalse(self.browser.run("return page.isVisible('#banner');"))
        self.wait_text("#marks-summary", r"What happened \([2-9]")
        self.assert_no_trouble("ERR_|Failed to load")
        self.assertEqual(after.terminate(), 0, after.explain())

    def test_the_keyboard_alone_does_everything_and_a_link_shows_the_same(self):
        run = self.serve()
        self.some_life()
        self.wait_caught_up(run)
        self.open(run)
        self.wait_text("#table tbody", r"config\.events\[1\]")
        self.browser.run("await page.waitForSelector('#chart canvas'); await page.locator('body').press('Tab');")
        self.assertEqual(self.browser.run("return page.evaluate(() => document.activeElement.className);"), "skip")

        def tab_to(what):
            self.browser.run("""for (let i = 0; i < 80; i++) {
                if (await page.evaluate((what) => document.activeElement.matches(what), argument)) return;
                await page.keyboard.press('Tab');
            } throw new Error('the keyboard never reaches ' + argument);""", what)
        tab_to("[data-range='6h']")
        self.browser.run("await page.keyboard.press('Enter');")
        tab_to("#chart")
        self.browser.run("""await page.keyboard.press('End'); await page.keyboard.press('ArrowLeft');""")
        self.wait_text("#readout", "in .* a minute, out .* backlog")
        tab_to("#f-find")
        self.browser.run("await page.keyboard.type('config');")
        tab_to("[data-sort='end']")
        self.browser.run("await page.keyboard.press('Enter');")
        tab_to("[data-name$='config.events[1]']")
        self.browser.run("await page.keyboard.press('Enter');")
        self.wait_text("td.detail", "Kafka deletes what waits")
        self.browser.run("await page.waitForTimeout(2500);")  # news come meanwhile: the focus must outlive them
        self.assertTrue(self.browser.run("return page.evaluate(() => document.activeElement.matches('[data-name]'));"))
        shown = self.browser.run("""const seen = [await page.locator('#table tbody tr').count(), await page.locator('td.detail').count(),
            await page.locator('[aria-pressed=true]').allInnerTexts(), await page.locator('th[aria-sort]').innerText()];
            await page.goto('about:blank'); return seen;""")
        self.assertEqual(shown[:3], [3, 1, ["6 h"]])
        address = self.browser.run("await page.goBack(); await page.waitForSelector('td.detail'); return page.url();")
        self.assertIn("range=6h", address)
        again = self.browser.run("""return [await page.locator('#table tbody tr').count(), await page.locator('td.detail').count(),
            await page.locator('[aria-pressed=true]').allInnerTexts(), await page.locator('th[aria-sort]').innerText()];""")
        self.assertEqual(again, shown)
        self.assert_no_trouble()
        self.assertEqual(run.terminate(), 0, run.explain())

    def test_it_fits_a_phone_and_paper(self):
        run = self.serve()
        self.some_life()
        self.wait_caught_up(run)
        self.browser.run("await page.setViewportSize({width: 360, height: 740});")
        self.open(run)
        self.wait_text("#table tbody", r"config\.events\[1\]")
        self.wait_text("#letters", "TYPE_UNKNOWN")
        wide = self.browser.run("""return page.evaluate(() => [...document.querySelectorAll('body *')]
            .filter((one) => one.getBoundingClientRect().right > 360 && !one.closest('.scroll'))
            .map((one) => one.tagName + ' ' + one.id + ' ' + one.className));""")
        self.assertEqual(wide, [])
        self.assertEqual(self.browser.run("return page.evaluate(() => document.scrollingElement.scrollWidth);"), 360)
        self.shoot("phone")
        self.browser.run("await page.emulateMedia({media: 'print'});")
        self.assertFalse(self.browser.run("return page.isVisible('.tools');"))
        self.assertTrue(self.browser.run("return page.isVisible('#table');"))
        self.assert_no_trouble()
        self.assertEqual(run.terminate(), 0, run.explain())

    def test_text_of_events_and_of_everything_else_is_shown_as_text(self):
        """Planted in each text of each document that the page reads, and in what events and options can name."""
        run = self.serve()
        self.produce(events.registered(CLIENT, "2", name=EVIL), events.event(EVIL, CLIENT, {EVIL: EVIL}, actor=EVIL))
        self.wait_caught_up(run)
        run.wait_for(lambda: self.ask(run, "/api/v1/history")[0].status == 200, "history")
        run.wait_for(lambda: json.loads(self.get(run, "/api/v1/status"))["board"], "the board")
        documents = {path: json.loads(self.get(run, "/api/v1/" + path)) for path in ("status", "partitions", "history")}

        def plant(value, name=""):
            if isinstance(value, dict):
                return {key: plant(one, key) for key, one in value.items()}
            if isinstance(value, list):
                return [plant(one, name) for one in value]
            known = ("state", "judged", "cause", "eta", "retention", "levels")  # of a fixed set, chosen by the server
            return EVIL if isinstance(value, str) and name not in known or value is None and name in ("reason", "error") else value
        board = documents["status"]["board"]
        board["tenants_in_need"] = [{"client_id": "x", "organization_id": "x", "name": "x", "state": "x", "step": "x", "waits_for": "x", "since_ms": 1}]
        board["waiting"] = [{"waits_for": "x", "count": 1, "oldest_ms": 1}]
        board["commands"].update(relay="x", stopped_reason="x")
        documents["history"]["marks"] = [{"at_ms": int(time.time() * 1000), "kind": kind, "what": "x"} for kind in ("start", "x")]
        self.open(Fed(self, run, {path: plant(document) for path, document in documents.items()}))
        self.wait_text("#tenants", re.escape(EVIL[:20]))
        self.wait_text("#table tbody", re.escape(EVIL[:20]))
        self.browser.run("""await page.locator('#d-marks summary').click(); await page.locator('#table .row-button').first().click();
            await page.waitForSelector('td.detail'); await page.waitForTimeout(500);""")
        self.assertIsNone(self.browser.run("return page.evaluate(() => window.hit ?? null);"))
        self.assertEqual(self.browser.run("return page.locator('main img, main script').count();"), 0)
        self.assertEqual(run.terminate(), 0, run.explain())

    def test_a_thousand_partitions_do_not_hang_it(self):
        """Fed: a thousand real partitions are too much for this stack. The documents have the real ones' form."""
        run = self.serve()
        self.wait_ready(run)
        run.wait_for(lambda: self.ask(run, "/api/v1/history")[0].status == 200, "history")
        documents = {path: json.loads(self.get(run, "/api/v1/" + path)) for path in ("status", "partitions", "history")}
        one, now = documents["partitions"]["partitions"][0], int(time.time() * 1000)
        states = ["current"] * 90 + ["catching_up"] * 6 + ["stalled"] * 2 + ["falling_behind", "unknown"]
        documents["partitions"]["partitions"] = [
            {**one, "topic": "a.config.events", "partition": i, "state": states[i % 100], "records": i * 7, "behind_ms": i * 300} for i in range(1000)]
        documents["status"]["group"].update(partitions=1000, state="stalled", records=3496500, behind_ms=299700,
                                            states={**documents["status"]["group"]["states"], **{s: states.count(s) * 10 for s in set(states)}})
        at = list(range(now - 900000, now, 5000))
        documents["history"]["points"] = {"at_ms": at, "state": [1] * len(at), **{
            name: [(i * 37) % 500 for i in range(len(at))] for name in ("records", "behind_ms", "in_per_minute", "out_per_minute")}}
        documents["history"]["heat"] = [{"topic": "a.config.events", "at_ms": at,
                                         "levels": ["".join(str((i * i // 90 + t) % 10) for i in range(1000)) for t in range(len(at))]}]
        begun = time.monotonic()
        self.open(Fed(self, run, documents))
        self.wait_text("#page-text", "page 1 of 40, 1,000 partitions")
        self.assertLess(time.monotonic() - begun, 15)
        slowest = self.browser.run("""return page.evaluate(() => new Promise((done) => {
            let worst = 0, before = performance.now(), end = before + 6000;
            const look = (now) => { worst = Math.max(worst, now - before); before = now; now < end ? requestAnimationFrame(look) : done(worst); };
            requestAnimationFrame(look); }));""")
        self.assertLess(slowest, 1500, "milliseconds between two frames")
        self.browser.run("await page.locator('[data-state=stalled]').click();")
        self.wait_text("#page-text", "^20 partitions")
        self.assert_accessible()
        self.shoot("thousand")
        self.assertEqual(run.terminate(), 0, run.explain())


class PageOutageTest(PageBase):
    @classmethod
    def make_stack(cls):
        return stack.private("page")

    def test_without_postgresql_nothing_is_shown_as_zero_and_it_recovers_by_itself(self):
        run = self.serve()
        self.some_life()
        self.wait_caught_up(run)
        self.open(run)
        self.wait_text("#sentence", "^(Current|Idle): nothing is behind")
        self.stack.down("postgres")
        self.wait_text("#sentence", "^PostgreSQL has not answered")
        self.wait_text("#next", "Nothing is lost; it goes on by itself")
        self.wait_text("#f-records", "unknown")
        self.wait_text("#f-behind", "unknown")
        self.assertNotIn("\t0 s", self.text("#table tbody"))
        self.assert_accessible()
        self.shoot("postgres-away")
        self.stack.up("postgres")
        self.wait_text("#sentence", "^(Current|Idle): nothing is behind", deadline=60)
        self.wait_text("#marks-summary", r"What happened \([3-9]", deadline=30)
        self.shoot("postgres-back")
        self.assert_no_trouble()
        self.assertEqual(run.terminate(), 0, run.explain())


if __name__ == "__main__":
    case.main()
