/* Polling stations in words beside the map: the legend's row, and under the switch what is shown and on whose word. */
(function () {
  "use strict";

  const siger = window.siger;
  const ORDER = [3, 2, 1, 4, 0]; // as the legend reads: most careful first, then apart, then unknown

  /** The legend's row while they are shown; null while they are not. */
  siger.tpsLegend = function () {
    const { data, shown } = siger.tps;
    if (!shown || !data || !data.count) return null;
    const items = ORDER.map((klass) => siger.el("span", { class: "legend-item" }, icon(klass), siger.tpsWords.className(data, klass)));
    const title = siger.el("span", { class: "legend-title", text: siger.text("tps.legend") });
    return siger.el("div", { class: "legend-row legend-tps", "data-testid": "tps-legend" }, title, ...items);
  };

  function icon(klass) {
    const { canvas } = siger.tpsMark.sprite(klass, false, 1, Math.max(2, window.devicePixelRatio || 1));
    canvas.className = "tps-icon";
    canvas.setAttribute("aria-hidden", "true");
    return canvas;
  }

  siger.panel("tps-note", (place) => {
    const draw = () => {
      const { data, shown } = siger.tps;
      place.hidden = !shown;
      if (shown) siger.write(place, data ? words(data) : siger.text("tps.wait"));
    };
    siger.follow(draw, "tps", "names");
    draw();
  });

  function words(data) {
    if (!data.count) return siger.text("tps.empty");
    const owners = data.references.map(({ owner, date }) => [owner, siger.tpsWords.day(date)].filter(Boolean).join(", "));
    const by = owners.length ? siger.text("tps.classes_by", { owner: owners.join("; ") }) : siger.text("tps.no_classes");
    return [siger.text("tps.many", { n: data.count }), data.simulated ? siger.text("tps.simulated") : "", by].filter(Boolean).join(" · ");
  }
})();
