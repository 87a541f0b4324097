/* The counts over the incidents of a choice, kept up as they change: over the map, beside the areas, on the wall, in the
   chart. With ten thousand open a report costs as much as with ten. Pure; only what the data really hold: a comparison
   with an earlier window is made only where the picture reaches back that far. */
(function (root) {
  "use strict";

  const siger = root.siger;
  const MINUTE_MS = 60 * 1000;
  const DAY_MS = 24 * 60 * MINUTE_MS;
  const ZONE_MS = 7 * 60 * MINUTE_MS;
  const UNHANDLED_AFTER_MS = 10 * MINUTE_MS;
  const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080].map((m) => m * MINUTE_MS);
  const MOST_BARS = 48;

  const byId = (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

  /** Which rows of moments an incident stands in, and at which moment. */
  function entries(one) {
    const { isOpen, isSerious, isWaiting } = siger.attention;
    const found = [["all", one.occurred_ms]];
    if (isSerious(one)) found.push(["serious", one.occurred_ms]);
    if (!isOpen(one)) return found;
    found.push(["open", one.occurred_ms]);
    if (isSerious(one)) found.push(["openSerious", one.occurred_ms]);
    if (isWaiting(one)) found.push(["waiting", one.received_ms]);
    return found;
  }

  /** What would stand in a row of incidents where those after `ms` begin. */
  const moment = (name, ms) => ({ [name]: Math.floor(ms) + 1, id: "" });

  class Tally {
    constructor() {
      this.rows = {};
      for (const name of ["all", "serious", "open", "openSerious", "waiting"]) this.rows[name] = new siger.Moments();
      this.received = new siger.Sorted((a, b) => a.received_ms - b.received_ms || byId(a, b));
      this.answered = new siger.Sorted((a, b) => a.responded_ms - b.responded_ms || byId(a, b));
      this.known = { key: null, response: null };
    }

    fill(incidents) {
      const rows = Object.fromEntries(Object.keys(this.rows).map((name) => [name, []]));
      for (const one of incidents) for (const [name, ms] of entries(one)) rows[name].push(ms);
      for (const [name, moments] of Object.entries(rows)) this.rows[name].fill(moments);
      this.received.fill(incidents);
      this.answered.fill(incidents.filter((one) => one.responded_ms));
      this.known.key = null;
    }

    add(one) {
      for (const [name, ms] of entries(one)) this.rows[name].add(ms);
      this.received.add(one);
      if (!one.responded_ms) return;
      this.answered.add(one);
      this.known.key = null;
    }

    remove(one) {
      for (const [name, ms] of entries(one)) this.rows[name].remove(ms);
      this.received.remove(one);
      if (!one.responded_ms) return;
      this.answered.remove(one);
      this.known.key = null;
    }

    /** How many happened within `window_ms` (null: ever), and how many of them are open. */
    shown(now_ms, window_ms) {
      const since = window_ms === null ? -Infinity : now_ms - window_ms;
      return { count: this.rows.all.after(since), open: this.rows.open.after(since) };
    }

    /** How many came in within `window_ms`, of those that happened after `since_ms`. */
    fresh(now_ms, window_ms, since_ms = -Infinity) {
      const first = this.received.before(moment("received_ms", now_ms - window_ms));
      if (since_ms === -Infinity) return this.received.size - first;
      let count = 0;
      for (let i = first; i < this.received.size; i++) if (this.received.items[i].occurred_ms > since_ms) count += 1;
      return count;
    }

    /** The six figures of the wall. */
    board(now_ms) {
      const { open, openSerious, waiting } = this.rows;
      return {
        open: open.size,
        serious: openSerious.size,
        waiting: waiting.size - waiting.from(now_ms - UNHANDLED_AFTER_MS),
        response: this.response(now_ms),
        day: this.change(now_ms, DAY_MS),
      };
    }

    /** From taking the report in to the first unit on its way: the median over those of the last 24 hours. */
    response(now_ms) {
      const first = this.answered.before(moment("responded_ms", now_ms - DAY_MS));
      if (this.known.key !== first) this.known = { key: first, response: median(this.answered.items.slice(first)) };
      return this.known.response;
    }

    /** How many occurred in the last `window_ms`, and how many in as long before; null where that is not known. */
    change(now_ms, window_ms) {
      const { all } = this.rows;
      const count = all.after(now_ms - window_ms);
      const both = all.after(now_ms - 2 * window_ms);
      return { count, before: both < all.size ? both - count : null };
    }

    /** A window in equal steps aligned to the WIB day: {bars: [{from_ms, count, serious}], step_ms}, oldest first. */
    trend(now_ms, window_ms) {
      const step_ms = stepOf(window_ms);
      const align = (ms) => Math.floor((ms + ZONE_MS) / step_ms) * step_ms - ZONE_MS;
      const within = (row, from_ms) => row.from(from_ms) - row.from(from_ms + step_ms);
      const bars = [];
      for (let from_ms = align(now_ms - window_ms + step_ms); from_ms <= now_ms; from_ms += step_ms) {
        bars.push({ from_ms, count: within(this.rows.all, from_ms), serious: within(this.rows.serious, from_ms) });
      }
      return { bars, step_ms };
    }
  }

  /** How long a bar of a window is. */
  const stepOf = (window_ms) => STEPS_MS.find((step) => window_ms / step <= MOST_BARS) || Math.ceil(window_ms / MOST_BARS);

  function median(answered) {
    const waits = answered.map((one) => Math.max(0, one.responded_ms - one.received_ms)).sort((a, b) => a - b);
    const middle = Math.floor(waits.length / 2);
    if (!waits.length) return { count: 0, median_ms: null };
    return { count: waits.length, median_ms: waits.length % 2 ? waits[middle] : (waits[middle - 1] + waits[middle]) / 2 };
  }

  /** Open incidents by area, of every level that incidents name. */
  class OpenByArea {
    constructor() {
      this.counts = new Map();
    }

    fill(incidents) {
      this.counts.clear();
      for (const one of incidents) this.add(one);
    }

    add(one) {
      this.count(one, 1);
    }

    remove(one) {
      this.count(one, -1);
    }

    count(one, step) {
      if (!siger.attention.isOpen(one)) return;
      for (const code of [one.regency, one.district]) if (code) this.counts.set(code, this.of(code) + step);
    }

    of(code) {
      return this.counts.get(code) || 0;
    }
  }

  Object.assign(siger, { Tally, OpenByArea, stepOf });
})(typeof window === "undefined" ? globalThis : window);
