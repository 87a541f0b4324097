/* The last 24 hours of areas' levels: asked of the server once a kind of area, carried on with what comes live, asked
   again when a quarter of an hour is over or the picture was made anew. Emits "curves" when there is more to show. */
(function (siger) {
  "use strict";

  const STEP_MS = 15 * 60 * 1000;
  const AGAIN_MS = 20 * 1000; // after a failed answer
  const known = new Map(); // code -> {levels, scores, turn: {was, at_ms} | null}
  const wanted = new Map(); // kind -> {untilMs, askedMs}

  /** Keeps the curves of "regency" or "district" from now on. @param {string} kind */
  function want(kind) {
    if (wanted.has(kind)) return;
    wanted.set(kind, { untilMs: -Infinity, askedMs: -Infinity });
    renew();
  }

  function renew() {
    for (const [kind, state] of wanted) {
      const isOld = siger.now() >= state.untilMs;
      if (isOld && performance.now() - state.askedMs > AGAIN_MS) ask(kind, state);
    }
  }

  async function ask(kind, state) {
    state.askedMs = performance.now();
    const answer = await fetch(`/api/v1/levels/curves?level=${kind}`).catch(() => null);
    if (!answer || !answer.ok) return;
    const { areas, until } = await answer.json();
    state.untilMs = Date.parse(until);
    for (const { code, levels, scores, turn } of areas) {
      known.set(code, { levels, scores, turn: turn && { was: turn.was, at_ms: Date.parse(turn.at) } });
    }
    siger.emit("curves", kind);
  }

  siger.on("second", renew);
  siger.on("change", ({ snapshot, levels }) => {
    if (snapshot) for (const state of wanted.values()) Object.assign(state, { untilMs: -Infinity, askedMs: -Infinity });
    else if (levels.filter(carryOn).length) siger.emit("curves", null);
  });

  /** The last step rises with what comes live; a level that became another one is a turn. */
  function carryOn(code) {
    const curve = known.get(code);
    const level = siger.store.levels.get(code);
    if (!curve || !level) return false;
    const last = curve.levels.length - 1;
    const was = curve.now ?? curve.levels[last];
    if (was !== null && was !== level.level) curve.turn = { was, at_ms: level.since_ms };
    curve.now = level.level;
    curve.levels[last] = Math.max(curve.levels[last] ?? 0, level.level);
    curve.scores[last] = Math.max(curve.scores[last] ?? 0, level.score);
    return true;
  }

  siger.curves = { want, of: (code) => known.get(code) || null, STEP_MS };
})((window.siger = window.siger || {}));
