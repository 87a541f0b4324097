/* Whether the screen shows the present: `live`, `stale` or `offline`, with the data's age, said every second.

   Old data must look old: a closed socket is an alarm at once (stale) and an outage after three seconds; an open
   socket whose log does not answer is stale as well, however many frames still come. */
(function (siger) {
  "use strict";

  const OFFLINE_AFTER_MS = 3000;
  const STALE_AFTER_MS = 10000;
  const SAY_EVERY_MS = 900;
  let saidMs = -Infinity;
  let last = { state: "stale", ageMs: null, attempt: 0, code: null };

  /**
   * The ladder, pure.
   * @param {{open: boolean, closedForMs: number, synced: boolean, frameAgeMs: number, logUp: boolean,
   *          logAgeMs: number}} facts
   * @returns {'live'|'stale'|'offline'}
   */
  function judge(facts) {
    if (!facts.open) return facts.closedForMs > OFFLINE_AFTER_MS ? "offline" : "stale";
    if (!facts.synced || !facts.logUp) return "stale";
    return facts.logAgeMs > STALE_AFTER_MS || facts.frameAgeMs > STALE_AFTER_MS ? "stale" : "live";
  }

  function facts() {
    const { openedMs, closedMs, lastFrameMs, log, synced } = siger.live.state;
    const now = performance.now();
    return {
      open: openedMs !== null,
      closedForMs: now - closedMs,
      synced: synced && !siger.store.waiting,
      frameAgeMs: now - lastFrameMs,
      logUp: Boolean(log && log.up),
      logAgeMs: logAgeMs() ?? Infinity,
    };
  }

  function logAgeMs() {
    const { log } = siger.live.state;
    return log && log.seen_ms ? Math.max(0, siger.now() - log.seen_ms) : null;
  }

  /** Says the status where its state has turned, and in any case once a second: listeners count the age on. */
  function refresh() {
    const { attempt, code } = siger.live.state;
    const next = { state: judge(facts()), ageMs: logAgeMs(), attempt, code };
    const turned = next.state !== last.state || next.attempt !== last.attempt;
    const now = performance.now();
    last = next;
    if (!turned && now - saidMs < SAY_EVERY_MS) return;
    saidMs = now;
    siger.emit("status", next);
  }

  siger.status = { judge, refresh, ageMs: logAgeMs, current: () => last };
})((window.siger = window.siger || {}));
