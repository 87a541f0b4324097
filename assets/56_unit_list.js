/* The units as a list, for those who cannot or will not use the map: those of the chosen area, nearest to the chosen
   incident first, else by name. Keys alone lead through it: arrows walk, Enter chooses, Escape lets go.

   It is made only while it is open, at most every two seconds, and shows fifty with a count of the rest. */
(function () {
  "use strict";

  const siger = window.siger;
  const PAGE = 50;
  const LONGEST_NAME = 80;
  const EVERY_MS = 2000;

  siger.panel("unit-list", (place) => {
    const count = siger.el("span", { class: "beside" });
    const heading = siger.el("span", { class: "heading", text: siger.text("units.heading") });
    const summary = siger.el("summary", { class: "heading-line" }, heading, count);
    const order = siger.el("p", { class: "quiet areas-note" });
    const list = siger.el("ul", { class: "area-rows unit-rows" });
    const more = siger.el("button", { class: "button more", type: "button" });
    const box = siger.el("details", { class: "areas", "data-testid": "unit-list" }, summary, order, list, more);
    const rows = [];
    let limit = PAGE;
    let drawnMs = -Infinity;
    place.append(box);

    const draw = siger.soon(() => {
      if (!box.open) return;
      drawnMs = performance.now();
      const found = here();
      const shown = ordered(found).slice(0, limit);
      fill(shown);
      siger.write(count, siger.text("units.count", { n: found.length }));
      siger.write(order, orderWords(found.length));
      more.hidden = found.length <= limit;
      siger.write(more, siger.text("units.more", { n: found.length - shown.length }));
    });

    function fill(shown) {
      while (rows.length > shown.length) rows.pop().item.remove();
      while (rows.length < shown.length) {
        rows.push(unitRow());
        list.append(rows.at(-1).item);
      }
      shown.forEach((entry, i) => rows[i].show(entry));
    }

    const settle = () => box.open && performance.now() - drawnMs >= EVERY_MS && !list.matches(":focus-within") && draw();
    more.addEventListener("click", () => {
      limit += PAGE;
      draw();
    });
    box.addEventListener("toggle", draw);
    list.addEventListener("keydown", siger.walkList);
    siger.on("filter", () => (limit = PAGE));
    siger.on("second", settle);
    siger.follow(draw, "filter", "select", "unit");
  });

  function here() {
    const { districts, regencies } = siger.filter.current;
    const found = [];
    siger.eachUnitHere(districts || regencies, (slot) => found.push(siger.store.units.get(siger.store.units.meta[slot].id)));
    return found;
  }

  const incident = () => {
    const id = siger.selected();
    return id ? siger.store.incidents.get(id) : null;
  };

  function ordered(units) {
    const near = incident();
    const entries = units.map((unit) => ({ unit, name: siger.callsign(unit, LONGEST_NAME), away: near ? siger.distanceM(unit, near) : null }));
    const byName = new Intl.Collator("id", { numeric: true });
    return entries.sort((a, b) => (near ? a.away - b.away : byName.compare(a.name, b.name)));
  }

  function orderWords(count) {
    if (!count) return siger.text("units.none");
    return siger.text(incident() ? "units.nearest" : "units.by_name");
  }

  function unitRow() {
    const part = (name) => siger.el("span", { class: name });
    const [mark, name, state, age] = ["unit-mark", "unit-name", "unit-state", "unit-age"].map(part);
    const button = siger.el("button", { class: "unit-row", type: "button", "data-testid": "unit" }, mark, name, state, age);
    button.addEventListener("click", () => siger.chooseUnit(button.dataset.id));
    let dressed = "";
    function show({ unit, name: callsign, away }) {
      const { agency, kind, state: does } = unit;
      const key = `${agency} ${kind} ${does} ${document.documentElement.dataset.theme}`;
      if (key !== dressed) mark.replaceChildren(siger.unitPicture(agency, kind, siger.UNIT_STATES.indexOf(does || "")));
      dressed = key;
      button.dataset.id = unit.id;
      button.setAttribute("aria-pressed", String(siger.chosenUnit() === unit.id));
      button.classList.toggle("is-silent", siger.now() - unit.observed_ms >= siger.UNIT_AGES.STALE_AFTER_MS);
      siger.write(name, callsign);
      siger.write(state, [siger.names.agency(agency), does && siger.text(`unit.${does}`)].filter(Boolean).join(" · "));
      siger.write(age, away === null ? siger.format.ago(unit.observed_ms) : siger.format.distance(away));
    }
    return { item: siger.el("li", {}, button), show };
  }
})();
