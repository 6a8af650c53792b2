/* The dashboard: shows what /api/v1 tells, says how old it is, and what it does not know. All text goes into the page
 * as text, never as markup. */
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const ROWS = 25;            // of a page of the table
  const STALE_MS = 4000;      // the status comes each second
  const LETTERS = 8;          // codes that are shown at once
  const GUTTER = 62;          // beside the chart and the strip, so that their times are in line
  const HEAT_ROWS = 100;      // more partitions share rows
  const RANGES = { "15m": { span: 900, step: 5 }, "6h": { span: 21600, step: 60 }, "7d": { span: 604800, step: 1800 } };
  const RANK = ["idle", "current", "catching_up", "unknown", "falling_behind", "unassigned", "fenced", "paused", "stalled", "stopped"];
  const TONE = { idle: "good", current: "good", catching_up: "warn", unknown: "plain", falling_behind: "warn", unassigned: "bad",
    fenced: "warn", paused: "warn", stalled: "bad", stopped: "bad" };
  const SIGNS = { good: "M7 12.5l3.4 3.4L17 8.8", warn: "M12 7v6M12 16.4v.2", bad: "M8.4 8.4l7.2 7.2M15.6 8.4l-7.2 7.2",
    plain: "M9.2 9.3a2.9 2.9 0 1 1 4.3 2.6c-1 .5-1.5 1-1.5 2M12 16.9v.1" };
  const BACKS = { good: "M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22z", warn: "M12 1.2L23.6 21.6H.4z", bad: "M7.4 1h9.2L23 7.4v9.2L16.6 23H7.4L1 16.6V7.4z",
    plain: "M4 1h16a3 3 0 0 1 3 3v16a3 3 0 0 1-3 3H4a3 3 0 0 1-3-3V4a3 3 0 0 1 3-3z" };
  const LEVELS = ["no more than 1 s", "1 to 5 s", "5 to 10 s", "10 to 30 s", "30 s to 1 min", "1 to 5 min", "5 to 15 min",
    "15 min to 1 h", "1 to 6 h", "more than 6 h"];
  const MARKS = { start: "started", rebalance: "took over partitions", rebuild: "rebuilt tables", postgres_away: "PostgreSQL went away, seen by",
    postgres_back: "PostgreSQL came back, seen by", kafka_away: "Kafka went away, seen by", kafka_back: "Kafka came back, seen by" };

  let status = null, partitions = null, history = null, tail = [];
  let heardAt = 0, connected = false, announced = "";
  let chart = null, chartKey = "", heatShown = null, opened = new Set();

  // ---- the view is in the address, so that a link shows the same ----
  const view = { range: "15m", sort: "state", dir: "down", state: "", find: "", page: "1", zone: "local", theme: "system", open: "" };
  const FALLBACK = { ...view };
  const readAddress = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    for (const name of Object.keys(view)) view[name] = given.get(name) ?? FALLBACK[name];
    if (!RANGES[view.range]) view.range = FALLBACK.range;
    opened = new Set(view.open ? view.open.split(",") : []);
  };
  const writeAddress = () => {
    view.open = [...opened].join(",");
    const given = new URLSearchParams();
    for (const name of Object.keys(view)) if (view[name] !== FALLBACK[name]) given.set(name, view[name]);
    window.history.replaceState(null, "", given.size ? "#" + given : location.pathname);
  };

  // ---- elements ----
  const make = (name, options = {}, ...children) => {
    const { text, cls, ...attributes } = options;
    const element = document.createElement(name);
    if (cls) element.className = cls;
    if (text !== undefined) element.textContent = text;
    for (const [key, value] of Object.entries(attributes)) if (value !== undefined && value !== null) element.setAttribute(key, value);
    element.append(...children.filter((child) => child !== null));
    return element;
  };
  const put = (id, ...children) => $(id).replaceChildren(...children);
  const say = (id, text) => { if ($(id).textContent !== text) $(id).textContent = text; };
  const sign = (tone) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("class", "sign");
    svg.setAttribute("aria-hidden", "true");
    for (const [cls, d] of [["back", BACKS[tone]], ["front", SIGNS[tone]]]) {
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("class", cls);
      path.setAttribute("d", d);
      svg.append(path);
    }
    return svg;
  };
  const mini = (tone) => make("span", { cls: "mini tone-" + tone }, sign(tone));
  const words = (name) => name.replaceAll("_", " ");
  const stateBadge = (state, waitsFor) => make("span", { cls: "state" }, mini(TONE[state]),
    make("span", { text: words(state) + (waitsFor ? " (" + waitsFor + ")" : "") }));

  // ---- numbers and times ----
  const grouped = new Intl.NumberFormat("en");
  const number = (n) => n === null || n === undefined ? "unknown" : grouped.format(n);
  const plural = (n, one, many) => number(n) + " " + (n === 1 ? one : many ?? one + "s");
  const duration = (ms) => {
    if (ms === null || ms === undefined) return "unknown";
    const s = ms / 1000;
    if (s < 10) return (s === 0 ? "0" : s.toFixed(1)) + " s";
    if (s < 60) return Math.floor(s) + " s";
    const parts = s < 3600 ? [[s / 60, "min"], [s % 60, "s"]] : s < 86400 ? [[s / 3600, "h"], [s % 3600 / 60, "min"]]
      : [[s / 86400, "d"], [s % 86400 / 3600, "h"]];
    const [[big, unit], [small, less]] = parts;
    return Math.floor(big) + " " + unit + (Math.floor(small) && big < 10 ? " " + Math.floor(small) + " " + less : "");
  };
  const zone = () => view.zone === "utc" ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone;
  const formats = new Map();
  const clock = (ms, withDay) => {
    const key = view.zone + withDay;
    if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit",
      ...(withDay ? { day: "2-digit", month: "short" } : {}), ...(view.zone === "utc" ? { timeZone: "UTC" } : {}) }));
    return formats.get(key).format(ms);
  };
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // ---- the sentence ----
  const behindWords = (g) => g.behind_ms === null ? "how far behind is unknown" : duration(g.behind_ms) + " behind";
  const since = (g) => "for " + (g.for_at_least ? "at least " : "") + duration(g.for_ms);
  const recordsWords = (g) => g.records === null ? "an unknown number of records" : plural(g.records, "record");
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const worstName = (g) => g.worst_topic + "[" + g.worst_partition + "]";
  const others = (g) => g.states[g.state] > 1 ? " and " + (g.states[g.state] - 1) + " more" : "";
  const CAUSES = { restart: "The records waited already when this instance took over.", producers: "Producers send more than before.",
    our_rate: "Fewer records are committed than before.", one_partition: "Nearly all of it is in one partition." };
  const SENTENCES = {
    idle: () => "Idle: nothing is behind, and no records have come lately.",
    current: (g, out) => "Current: " + (g.behind_ms === 0 ? "nothing is behind" : behindWords(g)) + (out === null ? "." : ", " + plural(out, "record") + " a minute."),
    catching_up: (g) => "Catching up: " + recordsWords(g) + ", " + behindWords(g) +
      (g.eta === "known" && g.eta_ms > 0 ? ", done in about " + duration(g.eta_ms) : "") + ".",
    falling_behind: (g) => "Falling behind " + since(g) + ": " + recordsWords(g) + ", " + behindWords(g) +
      (g.eta === "never" ? ", not caught up at this rate." : "."),
    unassigned: (g) => "Nobody has " + worstName(g) + others(g) + " " + since(g) + ".",
    fenced: (g) => worstName(g) + others(g) + " was lost to another instance " + since(g).replace("for", "since") + ".",
    paused: (g) => "Paused " + since(g) + ": " + worstName(g) + others(g) + " waits for " + (g.waits_for ?? "something outside") + ".",
    stalled: (g) => "Stalled " + since(g) + ": " + recordsWords(g) + " wait, and none was committed.",
    stopped: (g) => "Stopped " + since(g) + ": " + worstName(g) + others(g) + " will not go on without an operator.",
    unknown: (g) => g.partitions === 0 ? "No data yet: no partition could be seen." : "Unknown " + since(g) + ": how far behind cannot be told.",
  };
  const verdict = (s) => {
    const g = s.group, away = s.database.error ? "PostgreSQL" : s.kafka.error ? "Kafka" : null;
    if (away)
      return { tone: "bad", sentence: away + " has not answered" + (g.state === "unknown" && g.partitions ? " " + since(g) : " lately") + ".",
        next: "Nothing is lost; it goes on by itself when " + away + " is back. " + (s.database.error ?? s.kafka.error) };
    const reason = worstReason(g);
    return { tone: TONE[g.state], sentence: SENTENCES[g.state](g, g.rates[1]?.out_per_minute ?? null),
      next: capital(g.next_step) + "." + (CAUSES[g.cause] ? " " + CAUSES[g.cause] : "") + (reason ? " Reason: " + reason : "") };
  };
  const worstReason = (g) => g.state === "stopped" || g.state === "paused"
    ? partitions?.partitions.find((p) => p.topic === g.worst_topic && p.partition === g.worst_partition)?.reason : null;
  const figure = (id, text) => {
    say(id, text);
    $(id).classList.toggle("unknown", text === "unknown");
  };
  const showVerdict = () => {
    const g = status.group, told = verdict(status), rate = g.rates[0];
    if ($("verdict").dataset.tone !== told.tone) {
      $("verdict").dataset.tone = told.tone;
      put("verdict-icon", sign(told.tone));
    }
    say("sentence", told.sentence);
    say("next", told.next);
    figure("f-behind", duration(g.behind_ms));
    figure("f-records", number(g.records));
    figure("f-in", number(rate?.in_per_minute));
    figure("f-out", number(rate?.out_per_minute));
    figure("f-eta", g.eta === "never" ? "never" : g.eta === "unknown" ? "unknown" : g.eta_ms === 0 ? "now" : "in " + duration(g.eta_ms));
    say("n-records", g.records_unknown ? "unknown of " + plural(g.records_unknown, "partition") : "records not processed");
    document.title = (told.tone === "good" ? "" : "(!) ") + words(g.state) + " \u00b7 SecretMagic";
    const spoken = status.database.error || status.kafka.error ? told.sentence.replace(/ for .*/, ".") : capital(words(g.state));
    if (spoken !== announced) say("announce", announced = spoken);
  };

  // ---- staleness: nothing old looks new ----
  const showAge = () => {
    const age = performance.now() - heardAt, stale = status === null ? false : !connected || age > STALE_MS;
    document.body.classList.toggle("stale", stale);
    document.body.classList.toggle("fresh", status !== null && !stale);
    const gone = connected ? "the server tells nothing new" : "the server does not answer";
    say("live-text", status === null ? "connecting" : stale ? gone : "live");
    $("banner").hidden = !stale;
    if (stale) say("banner", "No news for " + duration(Math.floor(age / 1000) * 1000) + ": " + gone + ". What is grey below was so at " +
      clock(status.at_ms) + " and may be different now. It is tried again by itself.");
    if (stale && announced !== "stale") say("announce", (announced = "stale", "No news: " + gone));
    if (status) say("as-of", "As of " + clock(status.at_ms, true) + " (" + zone() + "), told by " + status.instance + ", version " + status.version + ".");
  };

  // ---- the chart ----
  const points = () => {
    const columns = { at: [], in: [], out: [], records: [], behind: [] };
    const step = RANGES[view.range].step, from = Date.now() / 1000 - RANGES[view.range].span;
    let last = 0;
    const add = (at, one) => {
      if (at < from) return;
      if (last && at > last + 2 * step) for (const name of Object.keys(columns)) columns[name].push(name === "at" ? last + step : null);
      columns.at.push(last = at);
      for (const name of ["in", "out", "records", "behind"]) columns[name].push(one[name]);
    };
    const h = history?.range === view.range ? history.points : null;
    h?.at_ms.forEach((at, i) => add(at / 1000, { in: h.in_per_minute[i], out: h.out_per_minute[i], records: h.records[i],
      behind: h.behind_ms[i] }));
    let bin = null;
    for (const one of tail) {
      const at = Math.floor(one.at / step) * step;
      if (at <= last && at !== bin) continue;
      if (at === bin) for (const name of ["in", "out", "records", "behind"]) columns[name][columns[name].length - 1] = one[name];
      else add(bin = at, one);
    }
    return columns;
  };
  const marksOfRange = () => {
    const from = Date.now() - RANGES[view.range].span * 1000;
    return (history?.marks ?? []).filter((mark) => mark.at_ms >= from);
  };
  const drawMarks = (u) => {
    const context = u.ctx, names = { start: "\u25b6", rebalance: "\u21c4", rebuild: "\u21bb", postgres_away: "\u2715", kafka_away: "\u2715",
      postgres_back: "\u2713", kafka_back: "\u2713" };
    context.save();
    context.strokeStyle = context.fillStyle = color("--soft");
    context.font = 11 * devicePixelRatio + "px system-ui, sans-serif";
    context.textAlign = "center";
    context.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
    let before = -Infinity;
    for (const mark of marksOfRange()) {
      const x = Math.round(u.valToPos(mark.at_ms / 1000, "x", true));
      if (x < u.bbox.left || x > u.bbox.left + u.bbox.width) continue;
      context.beginPath();
      context.moveTo(x, u.bbox.top);
      context.lineTo(x, u.bbox.top + u.bbox.height);
      context.stroke();
      if (x < before + 14 * devicePixelRatio) continue;
      before = x;
      context.fillText(names[mark.kind] ?? "\u2022", x, u.bbox.top - 3 * devicePixelRatio);
    }
    context.restore();
  };
  const short = (n) => n >= 1e6 ? +(n / 1e6).toFixed(1) + " M" : n >= 1e4 ? +(n / 1e3).toFixed(1) + " k" : grouped.format(n);
  const axis = (more) => ({ stroke: color("--soft"), grid: { stroke: color("--grid"), width: 1 }, ticks: { show: false },
    font: "12px system-ui, sans-serif", ...more });
  const atLeast = (floor) => (u, low, high) => [0, Math.max(floor, (high ?? 0) * 1.1)];
  const chartOptions = (width) => ({
    width, height: $("chart").clientHeight, padding: [16, 4, 0, 4], legend: { show: false },
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    tzDate: (ts) => view.zone === "utc" ? uPlot.tzDate(new Date(ts * 1e3), "Etc/UTC") : new Date(ts * 1e3),
    scales: { x: { range: () => [Date.now() / 1000 - RANGES[view.range].span, Date.now() / 1000] },
      rate: { range: atLeast(10) }, backlog: { range: atLeast(10) } },
    axes: [axis({ size: 30, values: [[3600 * 24, "{DD} {MMM}", null, null, null, null, null, null, 1],
      [3600, "{HH}:{mm}", "\n{DD} {MMM}", null, "\n{DD} {MMM}", null, null, null, 1], [60, "{HH}:{mm}", null, null, null, null, null, null, 1],
      [1, "{HH}:{mm}:{ss}", null, null, null, null, null, null, 1]] }),
    axis({ scale: "rate", size: 58, values: (u, all) => all.map(short) }),
    axis({ scale: "backlog", side: 1, size: 58, grid: { show: false }, stroke: color("--area"), values: (u, all) => all.map(short) })],
    series: [{},
      { label: "backlog", scale: "backlog", stroke: color("--area"), width: 1.2, fill: color("--area-fill"), points: { show: false } },
      { label: "out", scale: "rate", stroke: color("--out"), width: 2, points: { show: false } },
      { label: "in", scale: "rate", stroke: color("--in"), width: 2, dash: [5, 5], points: { show: false } }],
    hooks: { drawClear: [drawMarks], setCursor: [readCursor] },
  });
  let shown = null;
  function readCursor(u) {
    const i = u.cursor.idx;
    if (i === null || i === undefined || !shown || shown.at[i] === undefined) return say("readout", "");
    const known = (n) => n === null ? "unknown" : number(n);
    say("readout", clock(shown.at[i] * 1000, view.range !== "15m") + " " + zone() + ": in " + known(shown.in[i]) + " a minute, out " +
      known(shown.out[i]) + " a minute, backlog " + known(shown.records[i]) + ", " +
      (shown.behind[i] === null ? "how far behind is unknown" : duration(shown.behind[i]) + " behind"));
  }
  const showChart = () => {
    const width = $("chart").clientWidth, key = [width, view.range, view.zone, view.theme, color("--paper")].join();
    shown = points();
    const data = [shown.at, shown.records, shown.out, shown.in]; // the dashed line over the other
    if (!shown.at.length) {
      chart?.destroy();
      chart = null;
      return put("chart", make("p", { cls: "empty", text: "Nothing was seen in this time yet." }));
    }
    if (chart && chartKey === key) return chart.setData(data);
    chart?.destroy();
    put("chart");
    chartKey = key;
    chart = new uPlot(chartOptions(width), data, $("chart"));
  };
  const moveCursor = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key], last = shown ? shown.at.length - 1 : -1;
    if (!chart || last < 0 || (step === undefined && event.key !== "Home" && event.key !== "End")) return;
    event.preventDefault();
    const now = chart.cursor.idx ?? last;
    const to = event.key === "Home" ? 0 : event.key === "End" ? last : Math.min(last, Math.max(0, now + step));
    $("readout").setAttribute("aria-live", "polite");
    chart.setCursor({ left: chart.valToPos(shown.at[to], "x"), top: 0 });
  };
  const table = (id, heads, rows) => put(id,
    make("thead", {}, make("tr", {}, ...heads.map(([text, cls]) => make("th", { text, cls, scope: "col" })))),
    make("tbody", {}, ...rows.map((cells) => make("tr", {}, ...cells.map((cell, i) => cell instanceof Node
      ? make("td", { cls: heads[i][1] }, cell) : make("td", { text: cell, cls: heads[i][1] }))))));
  const showPoints = () => {
    if (!$("d-points").open || !shown) return;
    const rows = [];
    const every = Math.max(1, Math.ceil(shown.at.length / 60));
    for (let i = shown.at.length - 1; i >= 0; i -= every)
      rows.push([clock(shown.at[i] * 1000, view.range !== "15m"), number(shown.in[i]), number(shown.out[i]), number(shown.records[i]), duration(shown.behind[i])]);
    table("points", [["time, " + zone()], ["in, a minute", "number"], ["out, a minute", "number"], ["backlog", "number"], ["behind", "number"]], rows);
  };
  const showMarks = () => {
    const marks = marksOfRange().reverse();
    say("marks-summary", "What happened (" + marks.length + ")");
    put("marks", ...(marks.length ? marks : [null]).map((mark) => mark === null
      ? make("li", { cls: "none", text: "Nothing started, ended or went away in this time." })
      : make("li", {}, make("time", { text: clock(mark.at_ms, view.range !== "15m"), datetime: new Date(mark.at_ms).toISOString() }),
        ["start", "rebalance", "rebuild"].includes(mark.kind) ? mark.what + " " + MARKS[mark.kind] : (MARKS[mark.kind] ?? mark.kind) + " " + mark.what)));
  };

  // ---- the heat strip ----
  const heatRows = () => {
    const rows = [];
    for (const topic of history?.range === view.range ? history.heat : []) {
      const count = Math.max(0, ...topic.levels.map((levels) => levels.length));
      for (let p = 0; p < count; p++) rows.push({ topic: topic.topic, partition: p, at: topic.at_ms,
        level: (i) => topic.levels[i][p] ?? "-" });
    }
    return rows;
  };
  const hotter = (a, b) => a === undefined || a === "-" ? b : b === "-" ? a : a > b ? a : b;
  const heatGrid = (rows, columns) => {
    const span = RANGES[view.range].span * 1000, from = Date.now() - span, share = Math.max(1, Math.ceil(rows.length / HEAT_ROWS));
    const grid = [];
    rows.forEach((row, r) => {
      const name = row.topic + "[" + row.partition + "]";
      const line = grid[Math.floor(r / share)] ??= { cells: new Array(columns), first: name, topic: row.topic, partition: row.partition };
      line.name = line.first === name ? name : line.first + " to " + name;
      row.at.forEach((at, i) => {
        const column = Math.floor((at - from) / span * columns);
        if (column >= 0 && column < columns) line.cells[column] = hotter(line.cells[column], row.level(i));
      });
    });
    return { grid, from, span };
  };
  // Where each line begins; few lines have names, and each topic a heading.
  const placeLines = (grid, named) => {
    const height = named ? 14 : grid.length <= 60 ? 7 : 4;
    let y = 0;
    grid.forEach((line, r) => {
      line.heading = named && (r === 0 || grid[r - 1].topic !== line.topic);
      if (line.heading) y += r === 0 ? 18 : 24;
      line.y = y;
      y += height + (named ? 1 : 0);
    });
    return { height, total: Math.max(1, y) };
  };
  const nameLine = (context, line, height) => {
    context.fillStyle = color("--soft");
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "left";
    if (line.heading) context.fillText(line.topic, GUTTER, line.y - 5);
    context.textAlign = "right";
    context.fillText(line.partition, GUTTER - 8, line.y + height - 3);
  };
  const showHeat = () => {
    const canvas = $("heat"), rows = heatRows(), width = canvas.parentElement.clientWidth - 40, ratio = devicePixelRatio || 1;
    const strip = width - 2 * GUTTER, columns = Math.max(30, Math.min(RANGES[view.range].span / RANGES[view.range].step, Math.floor(strip / 6)));
    const made = heatGrid(rows, columns), named = rows.length <= 24, { height, total } = placeLines(made.grid, named);
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.round(total * ratio);
    canvas.style.height = total + "px";
    const context = canvas.getContext("2d"), paint = { "-": color("--h-unknown") }, cell = strip / columns;
    context.scale(ratio, ratio);
    for (let level = 0; level < 10; level++) paint[level] = color("--h" + level);
    for (const line of made.grid) {
      for (let c = 0; c < columns; c++) {
        if (line.cells[c] === undefined) continue;
        context.fillStyle = paint[line.cells[c]];
        context.fillRect(GUTTER + c * cell, line.y, cell + .5, height);
      }
      if (named) nameLine(context, line, height);
    }
    heatShown = rows.length ? { ...made, columns, height, strip } : null;
    say("heat-readout", rows.length ? plural(rows.length, "partition") + (rows.length > made.grid.length ? ", several in a row. " : ". ") +
      "Point at the strip, or open the table." : "Nothing was seen in this time yet.");
    showHeatTable(rows);
  };
  const showHeatTable = (rows) => {
    if (!$("d-heat").open) return;
    const told = rows.map((row) => {
      let worst = -1, at = null, unknown = 0;
      row.at.forEach((time, i) => {
        const level = row.level(i);
        if (level === "-") unknown++;
        else if (+level > worst) { worst = +level; at = time; }
      });
      const last = row.at.length ? row.level(row.at.length - 1) : "-";
      return { row, worst, at, unknown, last };
    }).sort((a, b) => b.worst - a.worst || b.unknown - a.unknown);
    table("heat-table", [["partition"], ["last"], ["worst in this time"], ["when"], ["unknown", "number"]], told.slice(0, 100).map((one) => [
      one.row.topic + "[" + one.row.partition + "]", one.last === "-" ? "unknown" : LEVELS[one.last], one.worst < 0 ? "unknown" : LEVELS[one.worst],
      one.at === null ? "" : clock(one.at, view.range !== "15m"), Math.round(100 * one.unknown / Math.max(1, one.row.at.length)) + " %"]));
    if (told.length > 100) $("heat-table").append(make("caption", { text: "The 100 worst of " + number(told.length) + "." }));
  };
  const readHeat = (event) => {
    if (!heatShown) return;
    const box = $("heat").getBoundingClientRect(), y = event.clientY - box.top;
    const line = heatShown.grid.find((one) => y >= one.y && y < one.y + heatShown.height + 1);
    const column = Math.floor((event.clientX - box.left - GUTTER) / heatShown.strip * heatShown.columns);
    if (!line || column < 0 || column >= heatShown.columns) return;
    const level = line.cells[column], at = heatShown.from + (column + .5) / heatShown.columns * heatShown.span;
    say("heat-readout", line.name + " at " + clock(at, view.range !== "15m") + " " + zone() + ": " +
      (level === undefined ? "not seen" : level === "-" ? "unknown" : LEVELS[level] + " behind"));
  };
  const showRamp = () => put("ramp", make("span", { text: "0 s" }), ...LEVELS.map((text, i) => {
    const cell = make("i", { title: text });
    cell.style.background = "var(--h" + i + ")";
    return cell;
  }), make("span", { text: "6 h" }), (() => {
    const cell = make("i", {});
    cell.style.background = "var(--h-unknown)";
    return cell;
  })(), make("span", { text: "unknown" }));

  // ---- the partitions ----
  const rate = (p, name) => p.rates[1]?.[name] ?? null;
  const eta = (p) => p.eta === "never" ? Infinity : p.eta_ms;
  const COLUMNS = [
    ["topic", "partition", (p) => p.topic + "[" + String(p.partition).padStart(9) + "]"],
    ["state", "state", (p) => RANK.indexOf(p.state) * 1e15 + (p.behind_ms ?? 0)],
    ["behind", "behind", (p) => p.behind_ms, (p) => duration(p.behind_ms)],
    ["records", "records", (p) => p.records, (p) => number(p.records)],
    ["in", "in/min", (p) => rate(p, "in_per_minute"), (p) => number(rate(p, "in_per_minute"))],
    ["out", "out/min", (p) => rate(p, "out_per_minute"), (p) => number(rate(p, "out_per_minute"))],
    ["eta", "caught up", eta, (p) => p.eta === "never" ? "never" : p.eta === "unknown" ? "unknown" : p.eta_ms === 0 ? "now" : duration(p.eta_ms)],
    ["position", "position", (p) => p.position, (p) => number(p.position)],
    ["end", "end", (p) => p.end, (p) => number(p.end)],
    ["lost", "lost", (p) => p.lost, (p) => number(p.lost)],
    ["owner", "instance", (p) => p.owner ?? ""],
  ];
  const nameOf = (p) => p.topic + "[" + p.partition + "]";
  const chosen = () => {
    const find = view.find.toLowerCase();
    return partitions.partitions.filter((p) => (!view.state || p.state === view.state) &&
      (!find || [nameOf(p), p.owner ?? "", p.reason ?? ""].some((text) => text.toLowerCase().includes(find))));
  };
  const sorted = (rows) => {
    const value = (COLUMNS.find((column) => column[0] === view.sort) ?? COLUMNS[1])[2], way = view.dir === "up" ? 1 : -1;
    const keyed = rows.map((row, i) => [value(row), i, row]);
    keyed.sort(([a, i], [b, j]) => a === b ? i - j : a === null ? 1 : b === null ? -1 : (a < b ? -1 : 1) * way);
    return keyed.map(([, , row]) => row);
  };
  const detail = (p) => make("tr", {}, make("td", { cls: "detail", colspan: COLUMNS.length },
    make("p", { text: capital(p.words) + ", " + since(p) + ". " + capital(p.next_step) + "." }),
    p.reason ? make("p", { text: "Reason: " + p.reason }) : null,
    make("dl", {}, ...[["kept by Kafka from offset", number(p.low)], ["Kafka deletes what waits", p.retention === "unlimited" ? "never"
      : p.retention === "unknown" ? "unknown" : "in " + duration(p.retention_margin_ms)], ["cause", words(p.cause)],
    ["position unmoved for", duration(p.evidence.unmoved_ms)], ["no new records for", duration(p.evidence.quiet_ms)],
    ["something to read for", duration(p.evidence.behind_for_ms)], ["held back by open transactions", number(p.evidence.held_back)],
    ["these numbers alone say", words(p.evidence.judged)]].map(([dt, dd]) => make("div", {}, make("dt", { text: dt }), make("dd", { text: dd }))))));
  const partitionRow = (p) => {
    const name = nameOf(p), open = opened.has(name);
    const button = make("button", { cls: "row-button", type: "button", text: name, "aria-expanded": String(open), "data-name": name });
    const cells = [make("td", {}, button), make("td", {}, stateBadge(p.state, p.waits_for)),
      ...COLUMNS.slice(2, -1).map(([, , , text]) => make("td", { cls: "number" + (text(p) === "unknown" ? " unknown" : ""), text: text(p) })),
      make("td", { text: p.owner ?? "none yet" })];
    return open ? [make("tr", {}, ...cells), detail(p)] : [make("tr", {}, ...cells)];
  };
  const headRow = () => make("tr", {}, ...COLUMNS.map(([key, label], i) => make("th", { scope: "col", cls: i > 1 && i < COLUMNS.length - 1 ? "number" : "",
    "aria-sort": view.sort === key ? (view.dir === "up" ? "ascending" : "descending") : undefined },
  make("button", { type: "button", text: label + (view.sort === key ? (view.dir === "up" ? " \u25b4" : " \u25be") : ""), "data-sort": key }))));
  const keepFocus = (box, render) => {
    const from = document.activeElement, data = box.contains(from) ? ["sort", "name", "state"].map((key) => [key, from.dataset[key]]) : [];
    render();
    for (const [key, value] of data)
      if (value !== undefined) box.querySelector("[data-" + key + "=\"" + CSS.escape(value) + "\"]")?.focus({ preventScroll: true });
  };
  const showPartitions = () => {
    if (!partitions) return;
    const rows = sorted(chosen()), pages = Math.max(1, Math.ceil(rows.length / ROWS));
    const page = Math.min(pages, Math.max(1, parseInt(view.page, 10) || 1));
    keepFocus($("table"), () => put("table", make("thead", {}, headRow()),
      make("tbody", {}, ...(rows.length ? rows.slice((page - 1) * ROWS, page * ROWS).flatMap(partitionRow)
        : [make("tr", {}, make("td", { cls: "none", colspan: COLUMNS.length, text: partitions.partitions.length ? "No partition is like that." : "No partition could be seen yet." }))]))));
    say("page-text", pages > 1 ? "page " + page + " of " + pages + ", " + plural(rows.length, "partition") : plural(rows.length, "partition"));
    $("previous").disabled = page <= 1;
    $("following").disabled = page >= pages;
    $("previous").hidden = $("following").hidden = pages <= 1;
    view.page = String(page);
  };
  const showChips = () => keepFocus($("chips"), () => put("chips", ...RANK.slice().reverse().filter((state) => status.group.states[state])
    .map((state) => make("button", { type: "button", "data-state": state, "aria-pressed": String(view.state === state) }, mini(TONE[state]),
      make("span", { text: number(status.group.states[state]) + " " + words(state) })))));

  // ---- the rooms ----
  const boardNote = (board) => {
    const old = status.at_ms - board.at_ms > 15000;
    return old ? make("p", { cls: "aside", text: "As of " + clock(board.at_ms, true) + "; PostgreSQL has not told since." }) : null;
  };
  const fill = (id, board, ...children) => {
    const stops = () => [...$(id).querySelectorAll("summary, [tabindex]")], at = stops().indexOf(document.activeElement);
    refill(id, board, ...children);
    if (at >= 0) stops()[at]?.focus({ preventScroll: true });
  };
  const refill = (id, board, ...children) => put(id, ...(board ? [...children, boardNote(board)].filter((child) => child) :
    [make("p", { cls: "none", text: "Not known yet." })]));
  const small = (heads, rows) => {
    const made = make("table", {});
    made.append(make("thead", {}, make("tr", {}, ...heads.map(([text, cls]) => make("th", { text, cls, scope: "col" })))),
      make("tbody", {}, ...rows.map((cells) => make("tr", {}, ...cells.map((cell, i) => make("td", { text: cell, cls: heads[i][1] }))))));
    return make("div", { cls: "scroll", tabindex: "0", role: "region", "aria-label": heads.map(([text]) => text).join(", ") }, made);
  };
  const facts = (rows) => make("dl", { cls: "facts" }, ...rows.flatMap(([dt, dd]) => [make("dt", { text: dt }), make("dd", { text: dd })]));
  const none = (text) => make("p", { cls: "none", text });
  const WAITS = { client: "its client to be registered", gate: "its client's configuration to be confirmed", feature_type: "its feature type to be defined",
    data_type: "its data type to be defined", command: "its command to be known", queue: "those before it" };
  const ago = (ms) => ms === null ? "never" : duration(ms) + " ago";
  let boardShown = "";
  const showBoard = () => {
    const b = status.board, key = JSON.stringify([b?.at_ms, b && status.at_ms - b.at_ms > 15000, view.zone]);
    if (key === boardShown) return;
    boardShown = key;
    fill("waiting", b, b && (b.waiting.length ? small([["waits for", "wide"], ["events", "number"], ["oldest", "number"]],
      b.waiting.map((w) => [WAITS[w.waits_for] ?? w.waits_for, number(w.count), duration(w.oldest_ms)])) : none("Nobody waits.")),
    b && b.waiting.length ? make("p", { cls: "aside", text: "They go on by themselves; see secretmagic parked list." }) : null);
    const letters = (rows) => small([["code", "wide"], ["open", "number"], ["first", "number"], ["last", "number"]],
      rows.map((d) => [d.code, number(d.count), ago(d.first_ms), ago(d.last_ms)]));
    const moreOpen = $("letters").querySelector("details")?.open;
    fill("letters", b, b && (b.dead_letters.length ? letters(b.dead_letters.slice(0, LETTERS)) : none("No record was refused.")),
      b && b.dead_letters.length > LETTERS ? make("details", { open: moreOpen ? "" : undefined },
        make("summary", { text: b.dead_letters.length - LETTERS + " more codes" }), letters(b.dead_letters.slice(LETTERS))) : null,
    b && b.dead_letters.length ? make("p", { cls: "aside", text: "Why, and what to do: secretmagic dead-letters list." }) : null);
    fill("commands", b, b && facts([["not on the topic yet", number(b.commands.pending) + (b.commands.pending ? ", the oldest for " + duration(b.commands.oldest_ms) : "")],
      ["published", number(b.commands.published) + (b.commands.published ? ", the last " + ago(b.commands.published_ms) : "")],
      ["published by", b.commands.relay ?? "nobody at the moment"], ...(b.commands.stopped_reason ? [["stopped", b.commands.stopped_reason]] : [])]));
    fill("tenants", b, b && (b.tenants.length ? facts(b.tenants.map((t) => [t.state, number(t.count)])) : none("There are none yet.")),
      b && b.tenants_in_need.length ? make("p", { cls: "aside", text: "These wait for an operator; see secretmagic tenants list:" }) : null,
      b && b.tenants_in_need.length ? small([["organization"], ["name", "wide"], ["waits for"], ["step"], ["for", "number"]],
        b.tenants_in_need.map((t) => [t.organization_id, t.name, t.waits_for, t.step ?? "", duration(t.since_ms)])) : null);
    fill("instances", b, b && (b.instances.length ? small([["instance", "wide"], ["partitions", "number"], ["lives"], ["since", "number"]],
      b.instances.map((i) => [i.name, number(i.partitions), i.lives === null ? "unknown" : i.lives ? "yes" : "no", duration(i.since_ms)]))
      : none("None has taken over a partition yet.")));
    for (const id of ["waiting", "letters", "commands", "tenants", "instances"])
      $(id).classList.toggle("old", Boolean(b && status.at_ms - b.at_ms > 15000));
  };

  // ---- news ----
  const show = () => {
    if (!status) return;
    document.body.classList.remove("waiting");
    showVerdict();
    showChips();
    showBoard();
    showAge();
    showChart();
    showPoints();
  };
  const showAll = () => {
    for (const button of document.querySelectorAll("[data-range]")) button.setAttribute("aria-pressed", String(button.dataset.range === view.range));
    if (view.theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = view.theme;
    say("theme", view.theme + (view.theme === "system" ? " colours" : ""));
    say("zone", (view.zone === "utc" ? "" : "local: ") + zone());
    $("f-state").value = view.state;
    if ($("f-find").value !== view.find) $("f-find").value = view.find;
    show();
    showChart();
    showMarks();
    showHeat();
    showPartitions();
  };
  const take = (news) => {
    status = news;
    heardAt = performance.now();
    connected = true;
    const g = news.group, r = g.rates[0];
    tail.push({ at: news.at_ms / 1000, in: r?.in_per_minute ?? null, out: r?.out_per_minute ?? null, records: g.records, behind: g.behind_ms });
    if (tail.length > 4000) tail = tail.slice(-2000);
    show();
    askPartitions();
  };
  let asked = -Infinity, asking = false;
  const askPartitions = async () => {
    const every = (partitions?.partitions.length ?? 0) > 200 ? 5000 : 900;
    if (asking || performance.now() - asked < every || document.hidden) return;
    asking = true;
    asked = performance.now();
    try {
      const answer = await fetch("api/v1/partitions");
      if (answer.ok) {
        partitions = await answer.json();
        if (!document.getSelection()?.toString()) showPartitions();
        if (status) showVerdict();
      }
    } catch { /* the stream tells whether the server is gone */ } finally { asking = false; }
  };
  let historyTimer = 0;
  const askHistory = async () => {
    const range = view.range;
    clearTimeout(historyTimer);
    let good = false;
    try {
      const answer = await fetch("api/v1/history?range=" + range);
      good = answer.ok;
      if (good && range === view.range) {
        history = { ...await answer.json(), range };
        const last = history.points.at_ms.at(-1) ?? 0;
        tail = tail.filter((one) => one.at * 1000 > last - RANGES[range].step * 2000);
        showChart();
        showPoints();
        showMarks();
        showHeat();
      }
    } catch { /* as above */ }
    historyTimer = setTimeout(askHistory, good ? (range === "15m" ? 5000 : 30000) : 2000);
  };
  const listen = () => {
    const stream = new EventSource("api/v1/stream");
    stream.addEventListener("open", () => { connected = true; showAge(); });
    stream.addEventListener("status", (event) => take(JSON.parse(event.data)));
    stream.addEventListener("error", () => {
      connected = false;
      showAge();
      if (stream.readyState !== EventSource.CLOSED) return;
      stream.close(); // it was refused: too many pages, or a proxy; tried again, and asked meanwhile
      setTimeout(async () => {
        try {
          const answer = await fetch("api/v1/status");
          if (answer.ok) take(await answer.json());
        } catch { connected = false; }
        listen();
      }, 2000);
    });
  };

  // ---- what people do ----
  const change = (changes) => {
    Object.assign(view, changes);
    writeAddress();
    showAll();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const data = button.dataset;
    if (data.range) { change({ range: data.range }); askHistory(); }
    else if (data.sort) change({ sort: data.sort, dir: view.sort === data.sort && view.dir === "down" ? "up" : "down", page: "1" });
    else if (data.state) change({ state: view.state === data.state ? "" : data.state, page: "1" });
    else if (data.name) { if (!opened.delete(data.name)) opened.add(data.name); change({}); }
    else if (button.id === "previous") change({ page: String(+view.page - 1) });
    else if (button.id === "following") change({ page: String(+view.page + 1) });
    else if (button.id === "zone") change({ zone: view.zone === "utc" ? "local" : "utc" });
    else if (button.id === "theme") change({ theme: { system: "dark", dark: "light", light: "system" }[view.theme] });
    else if (button.id === "link") copyLink();
  });
  const copyLink = async () => {
    let told = "copied";
    try { await navigator.clipboard.writeText(location.href); } catch { told = "copy it from the address bar"; }
    say("link", told);
    say("announce", told);
    setTimeout(() => say("link", "copy link"), 2500);
  };
  $("f-state").append(...RANK.map((state) => make("option", { value: state, text: words(state) })));
  $("f-state").addEventListener("change", () => change({ state: $("f-state").value, page: "1" }));
  $("f-find").addEventListener("input", () => change({ find: $("f-find").value, page: "1" }));
  $("chart").addEventListener("keydown", moveCursor);
  $("heat").addEventListener("pointermove", readHeat);
  for (const id of ["d-points", "d-heat"]) $(id).addEventListener("toggle", () => { showPoints(); showHeat(); });
  addEventListener("hashchange", () => { readAddress(); showAll(); askHistory(); });
  addEventListener("resize", () => { showChart(); showHeat(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { showAll(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) askPartitions(); });
  setInterval(showAge, 500);
  readAddress();
  showRamp();
  showAll();
  listen();
  askHistory();
})();
