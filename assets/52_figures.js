/* The counts: over the map, beside the areas, on the wall. Pure; only what the data really hold.

   A comparison with an earlier window is made only where the picture reaches back that far. */
(function (root) {
  "use strict";

  const siger = root.siger;
  const MINUTE_MS = 60 * 1000;
  const DAY_MS = 24 * 60 * MINUTE_MS;
  const UNHANDLED_AFTER_MS = 10 * MINUTE_MS;

  /** The six figures of the wall over the incidents of the chosen area. */
  function board(incidents, now_ms) {
    const open = incidents.filter(siger.attention.isOpen);
    const waiting = open.filter(
      (one) => siger.attention.isWaiting(one) && one.received_ms < now_ms - UNHANDLED_AFTER_MS,
    );
    return {
      open: open.length,
      serious: open.filter(siger.attention.isSerious).length,
      waiting: waiting.length,
      response: response(incidents, now_ms),
      day: change(incidents, now_ms, DAY_MS),
    };
  }

  /** From taking the report in to the first unit on its way: the median over those of the last 24 hours. */
  function response(incidents, now_ms) {
    const waits = incidents
      .filter((one) => one.responded_ms && one.responded_ms > now_ms - DAY_MS)
      .map((one) => Math.max(0, one.responded_ms - one.received_ms))
      .sort((a, b) => a - b);
    const middle = Math.floor(waits.length / 2);
    if (!waits.length) return { count: 0, median_ms: null };
    const median_ms = waits.length % 2 ? waits[middle] : (waits[middle - 1] + waits[middle]) / 2;
    return { count: waits.length, median_ms };
  }

  /** How many occurred in the last `window_ms`, and how many in as long before; null where that is not known. */
  function change(incidents, now_ms, window_ms) {
    let count = 0;
    let before = 0;
    let reaches = false;
    for (const { occurred_ms } of incidents) {
      if (occurred_ms > now_ms - window_ms) count += 1;
      else if (occurred_ms > now_ms - 2 * window_ms) before += 1;
      else reaches = true;
    }
    return { count, before: reaches ? before : null };
  }

  /** Open incidents by area. @param {"regency"|"district"} level @param {Iterable<object>} incidents */
  function openBy(level, incidents) {
    const counts = new Map();
    for (const one of incidents) {
      if (one[level] && siger.attention.isOpen(one)) counts.set(one[level], (counts.get(one[level]) || 0) + 1);
    }
    return counts;
  }

  const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080].map((m) => m * MINUTE_MS);

  /** The incidents of a window in equal steps aligned to the WIB day: [{from_ms, count, serious}], oldest first. */
  function trend(incidents, now_ms, window_ms, most = 48) {
    const step_ms = STEPS_MS.find((step) => window_ms / step <= most) || Math.ceil(window_ms / most);
    const zone_ms = 7 * 60 * MINUTE_MS;
    const align = (ms) => Math.floor((ms + zone_ms) / step_ms) * step_ms - zone_ms;
    const first = align(now_ms - window_ms + step_ms);
    const bars = [];
    for (let from_ms = first; from_ms <= now_ms; from_ms += step_ms) bars.push({ from_ms, count: 0, serious: 0 });
    for (const one of incidents) {
      const bar = bars[Math.floor((one.occurred_ms - first) / step_ms)];
      if (!bar || one.occurred_ms < first) continue;
      bar.count += 1;
      if (siger.attention.isSerious(one)) bar.serious += 1;
    }
    return { bars, step_ms };
  }

  siger.figures = { board, change, openBy, trend, UNHANDLED_AFTER_MS, DAY_MS };
})(typeof window === "undefined" ? globalThis : window);
