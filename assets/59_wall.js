/* The wall's own parts: six figures, what needs attention, who is silent. Nothing here can be pressed.

   The list shows as many whole rows as its place holds and says how many more there are: half a row is a lie. */
(function () {
  "use strict";

  const siger = window.siger;
  const SILENT_AFTER_MS = 15 * 60 * 1000;
  const inArea = () => [...siger.store.incidents.values()].filter((one) => siger.filter.matchesEver(one));

  /* The map draws in numbers, not in CSS lengths: it is told how large this wall is, and what stands over its edges. */
  const EDGES_PX = { top: 84, right: 28, bottom: 136, left: 28 };

  function size() {
    const wished = Number(new URLSearchParams(location.search).get("scale")) || 1;
    const scale = Math.min(3, Math.max(0.5, wished));
    const unit = Math.min(innerWidth / 1920, innerHeight / 1080) * scale;
    const { style } = document.documentElement;
    style.setProperty("--scale", scale);
    style.setProperty("--map-scale", (unit * 1.25).toFixed(3));
    for (const [side, px] of Object.entries(EDGES_PX)) style.setProperty(`--map-pad-${side}`, (px * unit).toFixed(0));
  }

  if (location.pathname.startsWith("/posko")) {
    size();
    addEventListener("resize", () => {
      size();
      siger.emit("theme", document.documentElement.dataset.theme);
    });
  }

  const number = (n) => siger.format.number(n);

  function figures() {
    const now_ms = siger.now();
    const board = siger.figures.board(inArea(), now_ms);
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
    });
    for (const name of ["change", "filter", "names", "second"]) siger.on(name, draw);
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

  siger.panel("attention", (place) => {
    const list = siger.el("ol", { class: "incidents" });
    const empty = siger.el("p", { class: "empty", text: siger.text("attention.none") });
    const rows = [];
    place.append(list, empty);
    const draw = siger.soon(() => {
      const now_ms = siger.now();
      const open = inArea().filter(siger.attention.isOpen);
      const ranked = siger.attention.order(open, now_ms);
      empty.hidden = ranked.length > 0 || siger.store.waiting;
      const shown = fitRows(place, list, rows, ranked, now_ms);
      siger.emit("attention", { more: ranked.length - shown });
    });
    for (const name of ["change", "filter", "names", "second"]) siger.on(name, draw);
    new ResizeObserver(draw).observe(place);
    draw();
  });

  /** Fills row after row until the next would not be whole; returns how many are shown. */
  function fitRows(place, list, rows, ranked, now_ms) {
    const bottom = place.getBoundingClientRect().bottom + 0.5;
    let shown = 0;
    for (const incident of ranked) {
      const row = rows[shown] || (rows[shown] = wallRow());
      if (!row.item.isConnected) list.append(row.item);
      row.show(incident, now_ms);
      if (row.item.getBoundingClientRect().bottom > bottom) break;
      shown += 1;
    }
    for (const row of rows.slice(shown)) row.item.remove();
    return shown;
  }

  function wallRow() {
    const row = siger.incidentRow((ms, now_ms) => siger.format.span(now_ms - ms));
    row.button.tabIndex = -1;
    row.button.disabled = true;
    return row;
  }

  siger.panel("attention-more", (place) => {
    siger.on("attention", ({ more }) =>
      siger.write(place, more > 0 ? siger.text("attention.more", { n: more }) : ""),
    );
  });

  siger.panel("wall-sources", (place) => {
    const draw = () => {
      const sources = [...siger.store.sources.values()];
      const since_ms = siger.now() - SILENT_AFTER_MS;
      const silent = sources.filter(({ last_ms }) => last_ms < since_ms).map(({ source }) => source);
      const words = sources.length ? [siger.text("sources.heard", { n: sources.length - silent.length })] : [];
      if (silent.length) words.push(siger.text("sources.silent", { n: silent.length, names: silent.slice(0, 2).join(", ") }));
      siger.write(place, words.join(" · "));
    };
    for (const name of ["change", "second"]) siger.on(name, draw);
    draw();
  });
})();
