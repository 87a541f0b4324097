/* The 15 regencies by what they need: level first, then open incidents. A row chooses the area.

   Rows keep their place while the pointer or the focus is on them: a row must not jump away under a finger. */
(function () {
  "use strict";

  const siger = window.siger;

  siger.panel("ranking", (place) => {
    const list = siger.el("ul", { class: "area-rows ranking" });
    const rows = new Map();
    place.append(list);
    const draw = siger.soon(() => {
      const ranked = siger.rankedAreas(siger.names.areas("regency"));
      for (const entry of ranked) {
        if (!rows.has(entry.code)) rows.set(entry.code, makeRow(entry.code));
        const { show, button } = rows.get(entry.code);
        show(entry);
        button.classList.toggle("is-outside", !siger.filter.hasRegency(entry.code));
      }
      if (!list.matches(":hover, :focus-within") || list.children.length !== ranked.length) {
        siger.arrange(list, ranked.map(({ code }) => rows.get(code).item));
      }
    }, siger.UNHURRIED_MS);
    siger.curves.want("regency");
    siger.follow(draw, "change", "filter", "names", "curves");
    list.addEventListener("mouseleave", draw);
    draw();
  });

  function makeRow(code) {
    return siger.areaRow(code, "area-level", () => siger.choose("area", siger.filter.current.area === code ? "" : code));
  }

  siger.panel("ranking-unit", (place) => siger.write(place, siger.text("ranking.unit")));
})();
