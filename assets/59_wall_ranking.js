/* The wall's ten areas that stand highest, each with its last 24 hours and when its level last turned: the regencies, or
   the districts of the chosen area. Ten fixed places; a row changes, none jumps. */
(function () {
  "use strict";

  const siger = window.siger;
  const MOST = 10;

  siger.panel("wall-ranking", (place) => {
    const list = siger.el("ol", { class: "wall-ranks", "data-testid": "wall-ranking" });
    const rows = [];
    place.append(siger.el("h2", { class: "heading", text: siger.text("ranking.ten") }), list);
    const draw = siger.soon(() => {
      const { area } = siger.filter.current;
      const kind = area ? "district" : "regency";
      siger.curves.want(kind);
      const codes = siger.places.within(area);
      const ranked = siger.rankedAreas(codes).slice(0, MOST);
      while (rows.length < ranked.length) rows.push(makeRow());
      while (rows.length > ranked.length) rows.pop();
      siger.arrange(list, rows.map(({ item }) => item));
      ranked.forEach((entry, i) => rows[i].show(entry));
    }, siger.UNHURRIED_MS);
    siger.follow(draw, "change", "filter", "names", "curves");
    draw();
  });

  function makeRow() {
    const [name, badge, spark, note] = ["name", "level", "spark", "note"].map((part) => siger.el("span", { class: `wall-rank-${part}` }));
    const item = siger.el("li", { class: "wall-rank" }, name, badge, spark, note);
    let drawn = "";
    function show({ code, level }) {
      const parts = [siger.levelBadge(level), siger.spark(code), siger.levelNote(code)];
      const key = [code, ...parts.map((part) => part && part.outerHTML)].join();
      if (key === drawn) return;
      drawn = key;
      siger.write(name, siger.names.area(code));
      badge.replaceChildren(parts[0]);
      spark.replaceChildren(parts[1]);
      note.replaceChildren(...[parts[2]].filter(Boolean));
      Object.assign(item.dataset, { code, level: String(level) });
    }
    return { item, show };
  }
})();
