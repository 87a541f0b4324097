/* Incidents over the chosen window as bars; the serious part of a bar in the alarm's colour. Drawn as SVG by hand:
   a chart library would weigh more than the rest of the page.

   Without a chosen window the last 24 hours are shown. */
(function () {
  "use strict";

  const siger = window.siger;
  const HOUR_MS = 3600 * 1000;
  const DAY_MS = 24 * HOUR_MS;
  const GAP = 0.18; // of a bar's width
  const EVERY_MS = 500; // a bar stands for minutes

  const window_ms = () => siger.filter.window_ms() || DAY_MS;

  siger.panel("trend", (place) => {
    const chart = siger.svg("svg", { class: "trend", preserveAspectRatio: "none", role: "img" });
    const axis = siger.el("div", { class: "trend-axis" });
    const top = siger.el("span", { class: "trend-top" });
    place.append(siger.el("div", { class: "trend-plot" }, chart, top), axis);
    let drawn = "";
    let labelled = "";
    let room = null; // how many marks the axis has room for; measured when its size changes, not at every drawing
    const draw = siger.soon(() => {
      const { bars, step_ms } = siger.kept.tally.trend(siger.now(), window_ms());
      const key = JSON.stringify([bars, siger.lang()]);
      if (key === drawn) return;
      drawn = key;
      paint(chart, bars);
      room = room ?? roomOf(axis);
      const marks = `${bars[0].from_ms} ${bars.length} ${step_ms} ${room} ${siger.lang()}`;
      if (marks !== labelled) label(axis, bars, step_ms, room);
      labelled = marks;
      const highest = Math.max(...bars.map((bar) => bar.count));
      siger.write(top, highest ? siger.format.number(highest) : "");
      const total = bars.reduce((sum, bar) => sum + bar.count, 0);
      chart.setAttribute("aria-label", siger.text("trend.spoken", { n: total, step: siger.format.span(step_ms) }));
    }, EVERY_MS);
    new ResizeObserver(() => {
      room = null;
      drawn = "";
      draw();
    }).observe(axis);
    siger.follow(draw, "change", "filter", "second");
    draw();
  });

  function paint(chart, bars) {
    const highest = Math.max(1, ...bars.map((bar) => bar.count));
    chart.setAttribute("viewBox", `0 0 ${bars.length} 100`);
    const shapes = bars.flatMap((bar, i) => {
      if (!bar.count) return [rect("trend-none", i, 1.5, 0)];
      const height = (bar.count / highest) * 96;
      const serious = (bar.serious / highest) * 96;
      return [rect("trend-bar", i, height, 0), ...(serious ? [rect("trend-serious", i, serious, 0)] : [])];
    });
    chart.replaceChildren(...shapes);
  }

  const rect = (name, i, height, from) =>
    siger.svg("rect", { class: name, x: i + GAP / 2, width: 1 - GAP, y: 100 - from - height, height });

  const roomOf = (axis) => Math.max(2, Math.floor(axis.clientWidth / (parseFloat(getComputedStyle(axis).fontSize) * 6)));

  function label(axis, bars, step_ms, room) {
    const every = Math.max(1, Math.ceil(bars.length / Math.min(8, room)));
    const marks = bars
      .map((bar, i) => ({ bar, i }))
      .filter(({ i }) => i % every === 0 && i <= bars.length - every * 0.75)
      .map(({ bar, i }) => tick(i / bars.length, name(bar.from_ms, step_ms)));
    marks.push(siger.el("span", { class: "trend-now", text: siger.text("trend.now") }));
    axis.replaceChildren(...marks);
  }

  /** From a day's step on, an hour means nothing: then the day is named. */
  function name(ms, step_ms) {
    if (step_ms < DAY_MS) return siger.format.clock(ms);
    return siger.format.day(ms).split(", ")[1].slice(0, 5);
  }

  function tick(share, text) {
    const mark = siger.el("span", { text });
    mark.style.left = `${share * 100}%`;
    return mark;
  }

  siger.panel("trend-change", (place) => {
    const draw = siger.soon(() => {
      const hours = window_ms() / HOUR_MS;
      const { count, before } = siger.kept.tally.change(siger.now(), window_ms());
      if (place.closest(".wall")) return siger.write(place, siger.changeWords(count, before));
      const per = siger.text("trend.per", { step: siger.format.span(siger.stepOf(window_ms())), n: hours });
      return siger.write(place, `${per} · ${siger.changeWords(count, before, hours)}`);
    }, siger.UNHURRIED_MS);
    siger.follow(draw, "change", "filter", "second");
    draw();
  });

  /** "▲ 18% dari 24 jam sebelumnya"; shorter without `hours`; says plainly where there is nothing to compare with. */
  siger.changeWords = function (count, before, hours) {
    const words = (key, vars) => siger.text(hours ? `change.${key}` : `change.short.${key}`, { ...vars, n: hours });
    if (before === null) return words("unknown");
    if (count === before) return words("same");
    const arrow = count > before ? "▲" : "▼";
    // A percentage of a handful says more than there is.
    if (before < 10) return words("count", { arrow, by: Math.abs(count - before) });
    return words("percent", { arrow, by: Math.round((Math.abs(count - before) / before) * 100) });
  };
})();
