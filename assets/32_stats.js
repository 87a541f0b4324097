/* What the page can say of itself: frames a second as the screen really got them, counts, gaps and the state hash.
   Operators read it in the diagnostics panel, tests through `window.siger.stats()`. */
(function (siger) {
  "use strict";

  const WINDOW_MS = 2000;
  const RING = 512; // more frames than a fast screen paints in the window
  const paints = new Float64Array(RING);
  let painted = 0;
  let heard = { frames: 0, ms: 0, rate: 0 }; // frames received, as last counted

  function beat(now) {
    paints[painted++ % RING] = now;
    requestAnimationFrame(beat);
  }

  /** Frames a second over the last two seconds; 0 while the page is hidden. @returns {number} */
  function fps() {
    const since = performance.now() - WINDOW_MS;
    let count = 0;
    for (let i = Math.max(0, painted - RING); i < painted; i++) if (paints[i % RING] >= since) count++;
    return Math.round((count * 10000) / WINDOW_MS) / 10;
  }

  /** Frames received a second, over at least the last second. */
  function framesPerS() {
    const now = performance.now();
    const { frames } = siger.live.state;
    if (now - heard.ms < 1000) return heard.rate;
    const rate = Math.round(((frames - heard.frames) * 10000) / (now - heard.ms)) / 10;
    heard = { frames, ms: now, rate };
    return rate;
  }

  /** @returns {object} what docs/screens.md lists under diagnostics */
  function stats() {
    const { store, live } = siger;
    const { openedMs, lastFrameMs, mismatches, attempt, checked } = live.state;
    return {
      connected: openedMs !== null && !store.waiting,
      units: store.units.count,
      incidents: store.incidents.size,
      fps: fps(),
      frame_age_ms: lastFrameMs === null ? null : Math.round(performance.now() - lastFrameMs),
      last_event_id: store.lastId,
      dropped: store.dropped,
      gaps: store.gaps,
      mismatches,
      attempt,
      checked,
      frames_per_s: framesPerS(),
      clock_offset_ms: Math.round(siger.now() - Date.now()),
      state_hash: store.hash(),
    };
  }

  requestAnimationFrame(beat);
  siger.stats = stats;
})((window.siger = window.siger || {}));
