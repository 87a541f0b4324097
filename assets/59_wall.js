/* The wall's own parts: its size, six figures. Nothing here can be pressed. */
(function () {
  "use strict";

  const siger = window.siger;

  /* The map draws in numbers, not in CSS lengths: it is told how large this wall is, and what stands over its edges. */
  const EDGES_PX = { top: 166, right: 28, left: 388 };
  const NARROW_PX = 1000; // up to here the parts stand under the map, not over it
  /* The province's south-west is sea, where the legend may stand; another area's is not. */
  const BOTTOM_PX = { province: 118, area: 150 };

  function size() {
    const wished = Number(new URLSearchParams(location.search).get("scale")) || 1;
    const scale = Math.min(3, Math.max(0.5, wished));
    const unit = Math.min(innerWidth / 1920, innerHeight / 1080) * scale;
    const { style } = document.documentElement;
    style.setProperty("--scale", scale);
    style.setProperty("--map-scale", (unit * 1.15).toFixed(3));
    const isNarrow = innerWidth <= NARROW_PX;
    const edges = { ...EDGES_PX, ...(isNarrow ? { left: EDGES_PX.right } : {}), bottom: BOTTOM_PX[siger.filter.current.area ? "area" : "province"] };
    for (const [side, px] of Object.entries(edges)) style.setProperty(`--map-pad-${side}`, (px * unit).toFixed(0));
    siger.look.refresh();
  }

  if (location.pathname.startsWith("/posko")) {
    size();
    siger.on("filter", size); // before the map hears of it and fits
    addEventListener("resize", () => {
      size();
      siger.emit("theme", document.documentElement.dataset.theme);
    });
  }

  const number = (n) => siger.format.number(n);

  function figures() {
    const board = siger.kept.tally.board(siger.now());
    const units = siger.unitsHere();
    const regencies = siger.names.areas("regency").filter(siger.filter.hasRegency);
    const levels = regencies.map((code) => siger.store.levels.get(code)).filter(Boolean);
    return [
      ["open", number(board.open), siger.text("figure.more.open", { n: board.serious })],
      [
        "waiting",
        number(board.waiting),
        siger.text("figure.more.waiting"),
        board.waiting > 0,
      ],
      [
        "response",
        siger.format.span(board.response.median_ms),
        siger.text(board.response.count ? "figure.more.response" : "figure.more.response_none", {
          n: board.response.count,
        }),
      ],
      ["units", number(units && units.active), units ? siger.text("figure.more.units", { n: units.silent }) : ""],
      [
        "areas",
        number(levels.filter(({ level }) => level >= 2).length),
        siger.text("figure.more.areas", { n: regencies.length }),
      ],
      ["day", number(board.day.count), sinceYesterday(board.day)],
    ];
  }

  function sinceYesterday({ count, before }) {
    if (before === null) return siger.text("figure.more.day_unknown");
    const arrow = count > before ? "▲" : count < before ? "▼" : "=";
    return siger.text("figure.more.day", { arrow, before });
  }

  siger.panel("figures", (place) => {
    const cards = new Map();
    const draw = siger.soon(() => {
      for (const [name, value, more, alarm] of figures()) {
        if (!cards.has(name)) cards.set(name, card(place, name));
        const { big, small, box } = cards.get(name);
        siger.write(big, siger.store.waiting ? "–" : value);
        siger.write(small, siger.store.waiting ? "" : more);
        box.classList.toggle("is-alarm", Boolean(alarm));
      }
    }, siger.UNHURRIED_MS);
    siger.follow(draw, "change", "filter", "names", "second");
    draw();
  });

  function card(place, name) {
    const big = siger.el("b", { class: "figure-number" });
    const label = siger.el("span", { class: "figure-label", text: siger.text(`figure.${name}`) });
    const small = siger.el("span", { class: "figure-more" });
    const box = siger.el("div", { class: "figure", "data-figure": name }, big, label, small);
    place.append(box);
    return { big, small, box };
  }
})();
