/* An area's last 24 hours in the size of a word: the score as a filled step line over the lines of the thresholds, and
   the mark of its last turn, "▲ 14.05". */
(function () {
  "use strict";

  const siger = window.siger;
  const DAY_MS = 24 * 3600 * 1000;

  /** @param {string} code @returns {SVGElement} empty where nothing is known yet */
  siger.spark = function (code) {
    const curve = siger.curves.of(code);
    const steps = curve ? curve.scores : [];
    const highest = Math.max(0, ...steps.map((score) => score ?? 0));
    const label = siger.text("spark.spoken", { n: siger.format.number(highest, 1) });
    const svg = siger.svg("svg", { class: "spark", viewBox: `0 0 ${Math.max(steps.length, 1)} 100`, preserveAspectRatio: "none", role: "img", "aria-label": label });
    svg.append(siger.svg("path", { class: "spark-line", d: "M0 99.5H96", "vector-effect": "non-scaling-stroke" }));
    for (const [level, path] of areas(curve)) svg.append(siger.svg("path", { class: `spark-${level}`, d: path }));
    return svg;
  };

  /** One path a level: the columns of the steps at which it stood. */
  function areas(curve) {
    const paths = new Map();
    (curve ? curve.scores : []).forEach((score, at) => {
      if (score === null || score <= 0) return;
      const level = curve.levels[at] ?? 0;
      const high = Math.max(4, score).toFixed(1);
      paths.set(level, `${paths.get(level) || ""}M${at} 100v-${high}h1.02v${high}z`);
    });
    return paths;
  }

  /** The last turn within a day. @returns {?{arrow: string, when: string, words: string}} */
  siger.turn = function (code) {
    const turn = siger.curves.of(code)?.turn;
    const level = siger.store.levels.get(code);
    if (!turn || !level || turn.at_ms < siger.now() - DAY_MS) return null;
    const isUp = level.level > turn.was;
    const when = siger.format.moment(turn.at_ms);
    const words = siger.text(isUp ? "turn.up" : "turn.down", { was: siger.text(`level.${turn.was}`).toLowerCase(), when });
    return { arrow: isUp ? "▲" : "▼", when, words };
  };

  /** "✎ 3": the level that an officer has set beside the computed one. @param {?object} override */
  siger.asideBadge = function (override, { word = false } = {}) {
    if (!override) return null;
    const name = siger.text(`level.${override.level}`);
    const words = siger.text("aside.badge", { level: name, until: siger.format.moment(override.until_ms) });
    const text = word ? `✎ ${override.level} ${name}` : `✎ ${override.level}`;
    return siger.el("span", { class: `aside aside-${override.level}`, title: words, "aria-label": words, role: "img", text });
  };

  /** What stands behind a level: an override, else its last turn. */
  siger.levelNote = function (code) {
    const aside = siger.asideBadge(siger.store.levels.get(code)?.override);
    if (aside) return aside;
    const turn = siger.turn(code);
    if (!turn) return null;
    return siger.el("span", { class: "turn", title: turn.words }, turn.arrow, siger.el("span", { class: "turn-when", text: turn.when }));
  };
})();
