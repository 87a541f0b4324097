/* The incidents of a choice in the order in which they want to be seen, kept as they change:

   1. serious (severity 4 and 5) and nobody on it, the worst first, then the newest;
   2. what came in within the last two minutes, newest first: a new report is seen, however small;
   3. what is open, by severity, then the newest;
   4. what is closed, newest first.

   Pure: who asks says what time it is. */
(function (root) {
  "use strict";

  const siger = root.siger;
  const FRESH_MS = 2 * 60 * 1000;

  const byId = (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  const newest = (a, b) => b.occurred_ms - a.occurred_ms || byId(a, b);
  const worst = (a, b) => b.severity - a.severity || newest(a, b);
  const latest = (a, b) => b.received_ms - a.received_ms || byId(a, b);

  class Queue {
    constructor() {
      this.urgent = new siger.Sorted(worst);
      this.open = new siger.Sorted(worst);
      this.openLatest = new siger.Sorted(latest); // the same: its beginning is what is fresh
      this.closed = new siger.Sorted(newest);
      this.byAge = new siger.Sorted(newest); // all: its end is what a filter's hours let go
    }

    fill(incidents) {
      const parts = new Map([[this.urgent, []], [this.open, []], [this.closed, []]]);
      for (const one of incidents) parts.get(this.part(one)).push(one);
      for (const [part, own] of parts) part.fill(own);
      this.openLatest.fill(this.open.items);
      this.byAge.fill(incidents);
    }

    part(one) {
      const { isOpen, isSerious, isWaiting } = siger.attention;
      if (isWaiting(one) && isSerious(one)) return this.urgent;
      return isOpen(one) ? this.open : this.closed;
    }

    add(one) {
      for (const row of this.rowsOf(one)) row.add(one);
    }

    remove(one) {
      for (const row of this.rowsOf(one)) row.remove(one);
    }

    rowsOf(one) {
      const part = this.part(one);
      return part === this.open ? [part, this.openLatest, this.byAge] : [part, this.byAge];
    }

    /** Lets go what happened at `ms` or before. */
    forget(ms) {
      while (this.byAge.size && this.byAge.items[this.byAge.size - 1].occurred_ms <= ms) this.remove(this.byAge.items[this.byAge.size - 1]);
    }

    get size() {
      return this.byAge.size;
    }

    /** @param {number} limit @param {number} now_ms @returns {Array<object>} at most `limit`, the first of the queue */
    first(limit, now_ms) {
      const fresh = this.fresh(limit, now_ms);
      const found = [...this.urgent.items.slice(0, limit), ...fresh];
      const shown = new Set(fresh);
      for (const one of this.open.items) {
        if (found.length >= limit) break;
        if (!shown.has(one)) found.push(one);
      }
      return [...found, ...this.closed.items.slice(0, Math.max(0, limit - found.length))].slice(0, limit);
    }

    fresh(limit, now_ms) {
      const first = this.openLatest.items.slice(0, limit);
      const end = first.findIndex((one) => one.received_ms <= now_ms - FRESH_MS);
      return end < 0 ? first : first.slice(0, end);
    }
  }

  siger.Queue = Queue;
})(typeof window === "undefined" ? globalThis : window);
