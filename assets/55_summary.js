/* The line over the map: what is shown, in words, with how many; the legend; and what a link named that nobody knows. */
(function () {
  "use strict";

  const siger = window.siger;

  siger.panel("words", (place) => {
    const area = siger.el("b", { class: "words-area" });
    const filter = siger.el("span", { class: "words-filter" });
    const counts = siger.el("span", { class: "words-counts", "data-testid": "filter-counts" });
    const unknown = siger.el("span", { class: "words-unknown", role: "alert" });
    const level = siger.el("span", { class: "words-level", "data-testid": "chosen-level" });
    place.append(area, level, filter, counts, unknown);
    const draw = siger.soon(() => {
      const current = siger.filter.current;
      siger.write(area, siger.areaWords());
      showLevel(level, chosenLevel(current), chosenOverride(current));
      siger.write(filter, siger.filterWords());
      siger.write(counts, countWords(place.closest(".wall") !== null));
      unknown.hidden = current.unknown.length === 0;
      siger.write(unknown, siger.text("words.unknown", { what: current.unknown.join(", ") }));
    }, siger.UNHURRIED_MS);
    siger.follow(draw, "change", "filter", "names", "second");
    draw();
  });

  /** The level of what is chosen; of a Kodim's regencies the highest. The province has none of its own. */
  function chosenLevel({ area, regencies, districts }) {
    if (!area) return null;
    return Math.max(...(districts || regencies).map((code) => siger.store.levels.get(code)?.level ?? 0));
  }

  /** What an officer has set for the one area that is chosen. */
  function chosenOverride({ area, regencies, districts }) {
    const codes = area ? districts || regencies : [];
    return codes.length === 1 ? (siger.store.levels.get(codes[0])?.override ?? null) : null;
  }

  function showLevel(place, level, override) {
    place.hidden = level === null;
    const key = `${level}${override ? ` ${override.level} ${override.until_ms}` : ""}`;
    if (place.dataset.shown === key) return;
    place.dataset.shown = key;
    place.dataset.level = String(level);
    const badges = level === null ? [] : [siger.levelBadge(level, { word: true }), siger.asideBadge(override, { word: true })];
    place.replaceChildren(...badges.filter(Boolean));
  }

  function countWords(isWall) {
    const { count, open } = siger.kept.tally.shown(siger.now(), siger.filter.window_ms());
    const units = siger.unitsHere();
    const words = [siger.text("words.incidents", { n: count }), siger.text("words.open", { n: open })];
    if (units) words.push(siger.text("words.units", { n: units.active + units.silent }));
    // On the officers' page a line of its own says it, with the switches (55_unit_view.js).
    const hidden = isWall ? siger.hiddenUnits() : 0;
    return words.join(", ") + (hidden ? ` ${siger.text("words.hidden", { n: hidden })}` : "");
  }

  siger.panel("legend", (place) => {
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", siger.text("legend.label"));
    const draw = () => {
      const levels = siger.paintLegend() || [0, 1, 2, 3].map((level) => siger.levelBadge(level, { word: true }));
      const severities = [5, 4, 3, 2, 1].map((n) =>
        siger.el("span", { class: "legend-item" }, siger.mark(n), siger.names.severity(n)),
      );
      const units = ["polri", "tni", "lain"].map((agency) =>
        siger.el(
          "span",
          { class: "legend-item" },
          siger.el("i", { class: `unit-dot unit-${agency}`, "aria-hidden": "true" }),
          siger.text(`legend.${agency}`),
        ),
      );
      units.push(siger.el("span", { class: "legend-item" }, siger.el("i", { class: "legend-aside", "aria-hidden": "true", text: "✎" }), siger.text("legend.aside")));
      const several = siger.el("span", { class: "legend-several", "aria-hidden": "true" }, siger.mark(4), "9");
      units.push(siger.el("span", { class: "legend-item" }, several, siger.text("legend.several")));
      const rows = [levels, severities, units].map((items) => siger.el("div", { class: "legend-row" }, ...items));
      place.replaceChildren(...[...rows, siger.tpsLegend()].filter(Boolean));
    };
    siger.follow(draw, "names", "tps", "theme", "paint");
    draw();
  });
})();
