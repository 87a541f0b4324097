/* The 15 regencies by what they need: level first, then open incidents. A row chooses the area.

   Rows keep their place while the pointer or the focus is on them: a row must not jump away under a finger. */
(function () {
  "use strict";

  const siger = window.siger;

  siger.panel("ranking", (place) => {
    const list = siger.el("ul", { class: "ranking" });
    const rows = new Map();
    place.append(list);
    const draw = siger.soon(() => {
      const ranked = rank();
      for (const entry of ranked) {
        if (!rows.has(entry.code)) rows.set(entry.code, makeRow(entry.code));
        fill(rows.get(entry.code), entry);
      }
      if (!list.matches(":hover, :focus-within") || list.children.length !== ranked.length) {
        arrange(list, ranked.map(({ code }) => rows.get(code).item));
      }
    });
    siger.follow(draw, "change", "filter", "names");
    list.addEventListener("mouseleave", draw);
    draw();
  });

  function rank() {
    const counts = siger.figures.byRegency([...siger.store.incidents.values()]);
    return siger.names
      .areas("regency")
      .map((code) => {
        const level = siger.store.levels.get(code);
        return { code, level: level ? level.level : 0, score: level ? level.score : 0, open: counts.get(code) || 0 };
      })
      .sort((a, b) => b.level - a.level || b.open - a.open || b.score - a.score || (a.code < b.code ? -1 : 1));
  }

  function makeRow(code) {
    const name = siger.el("span", { class: "ranking-name" });
    const open = siger.el("span", { class: "ranking-open" });
    const badge = siger.el("span", { class: "ranking-level" });
    const press = () => siger.choose("area", siger.filter.current.area === code ? "" : code);
    const button = siger.el(
      "button",
      { class: "ranking-row", type: "button", "data-testid": "area-level", "data-code": code, on: { click: press } },
      name,
      open,
      badge,
    );
    return { item: siger.el("li", {}, button), button, name, open, badge };
  }

  function fill(row, { code, level, open }) {
    siger.write(row.name, siger.names.area(code));
    siger.write(row.open, siger.format.number(open));
    row.open.classList.toggle("is-zero", open === 0);
    row.button.setAttribute("aria-pressed", String(siger.filter.current.area === code));
    row.button.classList.toggle("is-outside", !siger.filter.hasRegency(code));
    if (row.button.dataset.level === String(level)) return;
    row.button.dataset.level = String(level);
    row.badge.replaceChildren(siger.levelBadge(level, { word: true }));
  }

  function arrange(list, items) {
    items.forEach((item, i) => {
      if (list.children[i] !== item) list.insertBefore(item, list.children[i] || null);
    });
  }

  siger.panel("ranking-unit", (place) => siger.write(place, siger.text("ranking.unit")));
})();
