/* The chosen unit in words: what it is, does and said last, how far it is from the chosen incident, and its way of the
   last minutes on the map. Chosen on the map or in the list of units.

   Battery and strength are not in the live frames: they are asked for while the card is open. */
(function () {
  "use strict";

  const siger = window.siger;
  const ASK_EVERY_MS = 10000;
  const LONGEST_NAME = 80;
  const PLACES = 5; // decimals of a degree: a metre
  let chosen = null; // unit id
  let told = null; // what the API said of it: {id, properties, at}

  siger.chosenUnit = () => chosen;

  /** Chooses a unit (again: lets it go), here, in the list and on the map. @param {?string} id */
  siger.chooseUnit = function (id) {
    chosen = id === chosen ? null : id;
    told = null;
    if (siger.map) siger.map.chooseUnit(chosen);
    if (chosen) recall(chosen);
    siger.emit("unit", { unit: chosen });
  };

  siger.on("pick", ({ unit }) => unit && unit !== chosen && siger.chooseUnit(unit));

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !chosen || event.target.closest("input, select, textarea")) return;
      event.preventDefault(); // taken: it leads no further out
      event.stopImmediatePropagation();
      siger.chooseUnit(chosen);
    },
    { capture: true },
  );

  async function recall(id) {
    const [unit, track] = await Promise.all([ask(id, ""), ask(id, `/track?minutes=${siger.TRAIL_MINUTES}`)]);
    if (chosen !== id) return;
    told = { id, properties: unit ? unit.properties : {}, at: performance.now() };
    if (track) siger.map.mounted()?.units.recall(id, track.geometry.coordinates, track.properties.times);
    siger.emit("unit", { unit: chosen });
  }

  /** Null where the server refuses or does not answer: the card then says what the live feed knows. */
  async function ask(id, tail) {
    const answer = await fetch(`/api/v1/units/${encodeURIComponent(id)}${tail}`).catch(() => null);
    return answer && answer.ok ? answer.json().catch(() => null) : null;
  }

  async function refresh() {
    if (!chosen || !told || document.hidden || performance.now() - told.at < ASK_EVERY_MS) return;
    const id = chosen;
    told.at = performance.now();
    const unit = await ask(id, "");
    if (chosen === id && unit) told = { id, properties: unit.properties, at: performance.now() };
  }

  siger.panel("unit-card", (place) => {
    const name = siger.el("h3", {});
    const mark = siger.el("span", { class: "unit-mark" });
    const close = siger.el("button", {
      class: "close",
      type: "button",
      text: "×",
      "aria-label": siger.text("unit.card.close"),
      on: { click: () => siger.chooseUnit(chosen) },
    });
    const list = siger.el("dl", { class: "facts" });
    const trail = siger.el("p", { class: "quiet" });
    place.append(siger.el("div", { class: "detail-head" }, mark, name, close), list, trail);
    place.setAttribute("role", "region");
    place.setAttribute("aria-label", siger.text("unit.card.label"));
    place.dataset.testid = "unit-card";
    const rows = new Map();
    const draw = siger.soon(() => {
      place.hidden = !chosen;
      if (!chosen) return;
      const unit = siger.store.units.get(chosen);
      place.dataset.id = chosen;
      siger.write(name, siger.callsign(unit || { id: chosen }, LONGEST_NAME));
      dress(mark, unit);
      write(list, rows, unit ? facts(unit, told && told.id === chosen ? told.properties : {}) : []);
      siger.write(trail, siger.text(unit ? "unit.card.trail" : "unit.card.gone", { n: siger.TRAIL_MINUTES }));
    });
    siger.on("change", ({ snapshot, slots }) => chosen && (snapshot || slots.length) && draw());
    siger.on("second", refresh);
    siger.follow(draw, "unit", "select", "second", "theme");
    draw();
  });

  function dress(mark, unit) {
    const key = unit ? `${unit.agency} ${unit.kind} ${unit.state} ${document.documentElement.dataset.theme}` : "";
    if (mark.dataset.key === key) return;
    mark.dataset.key = key;
    mark.replaceChildren(...(unit ? [siger.unitPicture(unit.agency, unit.kind, siger.UNIT_STATES.indexOf(unit.state || ""))] : []));
  }

  /** Writes the facts into rows that stay: a reader's selection must not vanish every second. */
  function write(list, rows, pairs) {
    const wanted = new Set(pairs.map(([key]) => key));
    for (const [key, { term, value }] of rows) for (const part of [term, value]) part.hidden = !wanted.has(key);
    for (const [key, text] of pairs) {
      if (!rows.has(key)) {
        const row = { term: siger.el("dt", { text: siger.text(`unit.card.${key}`) }), value: siger.el("dd", { "data-fact": key }) };
        rows.set(key, row);
        list.append(row.term, row.value);
      }
      siger.write(rows.get(key).value, text);
    }
  }

  function facts(unit, said) {
    const unknown = siger.text("unit.card.unknown");
    const count = (n, key) => (typeof n === "number" ? siger.text(key, { n }) : unknown);
    const place = (value) => siger.format.number(value, PLACES);
    return [
      ["agency", siger.names.agency(unit.agency) || unknown],
      ["kind", unit.kind ? siger.text(`unit.kind.${unit.kind}`) : unknown],
      ["state", unit.state ? siger.text(`unit.${unit.state}`) : unknown],
      ["speed", unit.speed_kmh === null ? unknown : siger.text("unit.speed", { n: Math.round(unit.speed_kmh) })],
      ["heard", heard(unit)],
      ["battery", typeof said.battery_pct === "number" ? `${siger.format.number(said.battery_pct)}%` : unknown],
      ["strength", count(said.strength, "unit.card.people")],
      ["at", `${place(unit.lat)}, ${place(unit.lon)} (${siger.text("detail.lat_lon")})`],
      ...distance(unit),
    ];
  }

  function heard(unit) {
    const age = siger.now() - unit.observed_ms;
    const ago = siger.format.ago(unit.observed_ms);
    if (age >= siger.UNIT_AGES.EXPIRED_AFTER_MS) return siger.text("unit.card.expired", { ago });
    return age >= siger.UNIT_AGES.STALE_AFTER_MS ? siger.text("unit.card.silent", { ago }) : ago;
  }

  function distance(unit) {
    const id = siger.selected();
    const incident = id && siger.store.incidents.get(id);
    return incident ? [["distance", siger.format.distance(siger.distanceM(unit, incident))]] : [];
  }
})();
