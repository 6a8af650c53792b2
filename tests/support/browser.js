// A real browser that is driven line by line: each line on standard input is {"code": …}, the body of an async function
// of (page, browser, axe, argument), and is answered by one line, {"value": …} or {"error": …}.
const { chromium } = require("playwright-core");
const axe = require("fs").readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"); // text, to be run in the page
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", headless: true, args: FLAGS });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: "Asia/Yekaterinburg", locale: "en-GB" });
  const page = await context.newPage();
  page.setDefaultTimeout(30000);
  page.trouble = []; // what a page must not have
  page.on("pageerror", (error) => page.trouble.push("error: " + error));
  page.on("console", (message) => { if (message.type() === "error") page.trouble.push("console: " + message.text()); });
  page.on("request", (request) => {
    if (!/^(http:\/\/(127\.0\.0\.1|localhost)|data:)/.test(request.url())) page.trouble.push("asked elsewhere: " + request.url());
  });
  // Not before: what it reads while nobody listens is lost.
  for await (const line of require("readline").createInterface({ input: process.stdin })) {
    const { code, argument } = JSON.parse(line);
    let answer;
    try {
      answer = { value: (await new AsyncFunction("page", "browser", "axe", "argument", code)(page, browser, axe, argument)) ?? null };
    } catch (error) {
      answer = { error: String(error.stack ?? error) };
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
  }
  await browser.close();
})();
