/* The areas as a list, for those who cannot or will not use the map: what lies in the chosen area, one button each.

   Keys alone lead in and out: arrows walk, Enter goes in, Escape one step out (47_pick.js). Whoever walks in the list
   stays in it: the focus goes to the first line on the way in, and on the way out to the area that was left. It opens
   by itself where an area is chosen; whoever opens or closes it decides from then on. */
(function () {
  "use strict";

  const siger = window.siger;

  siger.panel("area-list", (place) => {
    const count = siger.el("span", { class: "beside" });
    const heading = siger.el("span", { class: "heading", text: siger.text("areas.heading") });
    const list = siger.el("ul", { class: "area-rows" });
    const note = siger.el("p", { class: "quiet areas-note", text: siger.text("areas.indicative") });
    const summary = siger.el("summary", { class: "heading-line" }, heading, count);
    const box = siger.el("details", { class: "areas", "data-testid": "area-list" }, summary, list, note);
    const rows = new Map();
    let shown = null; // the area whose parts are listed
    let byHand = false;
    place.append(box);
    summary.addEventListener("click", () => (byHand = true));
    list.addEventListener("keydown", siger.walkList);

    const draw = siger.soon(() => {
      if (!siger.names.loaded()) return;
      const chosen = siger.filter.current;
      const codes = siger.places.within(chosen.area);
      const hadFocus = list.contains(document.activeElement);
      if (chosen.area) siger.curves.want("district");
      if (!byHand) box.open = Boolean(chosen.area) || hadFocus;
      siger.write(count, siger.text(chosen.area ? "areas.districts" : "areas.regencies", { n: codes.length }));
      note.hidden = !isIndicative(codes);
      const entries = fill(codes);
      const moved = shown !== chosen.area;
      if (moved || !list.matches(":hover, :focus-within")) siger.arrange(list, entries.map(({ code }) => row(code).item));
      if (moved && hadFocus) settle(chosen.area, shown, codes);
      else if (moved && codes.includes(chosen.area)) bring(row(chosen.area).item);
      shown = chosen.area;
    }, siger.UNHURRIED_MS);

    function row(code) {
      if (!rows.has(code)) rows.set(code, siger.areaRow(code, "area", () => siger.choose("area", code)));
      return rows.get(code);
    }

    function fill(codes) {
      const entries = siger.rankedAreas(byName(codes));
      for (const entry of entries) row(entry.code).show(entry);
      return entries;
    }

    /** Scrolls the list, and the list alone: the page stays where the reader is. */
    function bring(item) {
      const [inner, outer] = [item.getBoundingClientRect(), list.getBoundingClientRect()];
      if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom;
      else if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top;
    }

    /** After a step the focus stands on where one is, or came from, or at the top. */
    function settle(here, before, codes) {
      const from = before && siger.places.path(before).find((code) => codes.includes(code));
      const code = codes.includes(here) ? here : from;
      const item = code ? row(code).item : list.firstElementChild;
      item?.querySelector("button").focus();
    }

    siger.follow(draw, "change", "filter", "names", "areas", "curves");
    list.addEventListener("mouseleave", draw);
    list.addEventListener("focusout", draw);
    draw();
  });

  const byName = (codes) => [...codes].sort((a, b) => siger.names.area(a).localeCompare(siger.names.area(b), "id"));

  /** Whether these are districts whose borders stand in for official ones. */
  const isIndicative = (codes) => codes.some((code) => siger.areas?.districts.get(code)?.feature.properties.indicative);
})();
