/* What needs attention first, and what is still open. Pure: the officers' list, the wall and the figures all ask here.

   1. serious (severity 4 and 5) and nobody on it, the worst first, then the newest;
   2. what came in within the last two minutes, newest first: a new report is seen, however small;
   3. what is open, by severity, then the newest;
   4. what is closed, newest first. */
(function (root) {
  "use strict";

  const siger = root.siger;
  const FRESH_MS = 2 * 60 * 1000;
  const SERIOUS = 4;
  const WAITING = new Set(["baru", "terverifikasi"]);

  const isOpen = (incident) => siger.names.isOpen(incident.status);
  const isWaiting = (incident) => WAITING.has(incident.status);

  function step(incident, now_ms) {
    if (isWaiting(incident) && incident.severity >= SERIOUS) return 0;
    if (incident.received_ms > now_ms - FRESH_MS && isOpen(incident)) return 1;
    return isOpen(incident) ? 2 : 3;
  }

  /** The incidents in the order in which they want to be seen; the input stays as it is. */
  function order(incidents, now_ms) {
    const ranked = incidents.map((incident) => ({ incident, step: step(incident, now_ms) }));
    ranked.sort((a, b) => a.step - b.step || within(a.step, a.incident, b.incident));
    return ranked.map((entry) => entry.incident);
  }

  function within(step, a, b) {
    if (step === 1) return b.received_ms - a.received_ms || byId(a, b);
    const severity = step === 3 ? 0 : b.severity - a.severity;
    return severity || b.occurred_ms - a.occurred_ms || byId(a, b);
  }

  const byId = (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

  siger.attention = { order, isOpen, isWaiting, isSerious: (incident) => incident.severity >= SERIOUS };
})(typeof window === "undefined" ? globalThis : window);
