/* The chosen area under the list: its level with its reasons, and what stands with it (58_area.js), as they live. What
   does not change is 58_about.js. */
(function () {
  "use strict";

  const siger = window.siger;

  /** @param {string} code @returns {Node[]} */
  siger.areaLevels = function (code) {
    const around = siger.filter.current.regencies || [];
    const own = siger.el("p", { class: "quiet", text: siger.text("level.own") });
    if (around.length > 1) return [...around.flatMap((one) => [...levelParts(one, true), ...siger.areaParts(one)]), own];
    // A district has its own level, above that of its regency.
    const codes = siger.places.isDistrict(code) ? [code, ...around] : around;
    const levels = codes.flatMap((one) => levelParts(one, codes.length > 1));
    return [...levels, own, ...codes.slice(0, 1).flatMap(siger.areaParts)];
  };

  function levelParts(code, named) {
    const level = siger.store.levels.get(code);
    const title = named ? siger.el("h4", { text: siger.names.area(code) }) : null;
    if (!level) return [title, siger.el("p", { class: "quiet", text: siger.text("level.none") })].filter(Boolean);
    const since = siger.text("level.since", { when: siger.format.moment(level.since_ms) });
    const score = siger.text("level.score", { n: siger.format.number(level.score, 1) });
    const line = siger.el("p", { class: "level-line" }, siger.levelBadge(level.level, { word: true }), `${score} · ${since}`);
    return [title, line, siger.overriddenLine(level.override), reasons(level.reasons || [])].filter(Boolean);
  }

  function reasons(list) {
    if (!list.length) return siger.el("p", { class: "quiet", text: siger.text("level.no_reasons") });
    const items = list.map((reason) =>
      siger.el(
        "li",
        {},
        siger.el("span", { text: siger.told.reason(reason) }),
        siger.el("b", { text: (reason.points > 0 ? "+" : "") + siger.format.number(reason.points, 1) }),
      ),
    );
    return siger.el("ol", { class: "reasons", "aria-label": siger.text("level.reasons") }, ...items);
  }
})();
