/* What the viewer points at: the nearest incident, else the nearest unit, else a group of units, else a polling
   station, else the area under the pointer. Pointing shows a note, pressing emits "pick"; a pressed group opens: the map
   goes in. Escape goes one step out. Feed text is set as text, never as markup. */
(function (siger) {
  "use strict";

  const REACH_PX = { mouse: 10, touch: 22 };
  const NOTE_MS = 4000; // a touched note goes by itself
  const OPEN_ZOOM = 1.5; // steps that a pressed group takes the map in

  /** @param {L.Map} map @param {{units: object, incidents: object}} layers */
  function picking(map, layers) {
    const container = map.getContainer();
    const note = document.createElement("div");
    note.className = "siger-note";
    note.hidden = true;
    container.append(note);
    let pointer = null;
    let timer = null;

    function find({ x, y }, reach) {
      const far = reach * siger.look.scale();
      const near = layers.incidents.nearest(x, y, far);
      if (near) return { ...near, lines: near.mark.incident ? incidentLines(near.mark.incident) : moreLines(near.mark), group: near.mark.counts };
      const unit = layers.units.nearest(x, y, far);
      if (unit && unit.group) return { ...unit, lines: groupLines(unit.group) };
      if (unit) return { ...unit, reach: 6, lines: unitLines(siger.store.units.get(unit.unit)) };
      const station = layers.tps.nearest(x, y, far);
      return station && { ...station, lines: siger.tpsLines(station) };
    }

    function show(found) {
      container.classList.toggle("siger-pointing", Boolean(found));
      note.hidden = !found;
      if (!found) return;
      note.replaceChildren(...found.lines.filter(Boolean).map(lineElement));
      const { width, height } = note.getBoundingClientRect();
      const size = map.getSize();
      const left = Math.max(8, Math.min(size.x - width - 8, found.x - width / 2));
      const above = found.y - found.reach - height - 8;
      note.style.transform = `translate(${Math.round(left)}px, ${Math.round(above > 8 ? above : found.y + found.reach + 8)}px)`;
    }

    function look() {
      if (!pointer) return;
      show(find(pointer, REACH_PX.mouse));
      pointer = null;
    }

    const on = {
      mousemove: (event) => {
        if (event.originalEvent.pointerType === "touch") return;
        if (!pointer) requestAnimationFrame(look);
        pointer = event.containerPoint;
      },
      mouseout: () => show(null),
      movestart: () => show(null),
      click: (event) => {
        const touched = event.originalEvent.pointerType === "touch";
        const found = find(event.containerPoint, touched ? REACH_PX.touch : REACH_PX.mouse);
        if (touched) flash(found);
        if (found && found.group) return open(found);
        return siger.emit("pick", picked(found, event.originalEvent.target));
      },
    };
    map.on(on);
    document.addEventListener("keydown", escape);

    function flash(found) {
      clearTimeout(timer);
      show(found);
      timer = setTimeout(show, NOTE_MS, null);
    }

    function open({ x, y }) {
      map.setZoomAround([x, y], map.getZoom() + OPEN_ZOOM, { animate: !siger.look.calm() });
    }

    function remove() {
      map.off(on);
      document.removeEventListener("keydown", escape);
      clearTimeout(timer);
      note.remove();
    }

    return { remove };
  }

  function picked(found, target) {
    if (found && found.mark) return found.mark.incident ? { incident: found.mark.incident.id } : {};
    if (found && found.unit) return { unit: found.unit };
    if (found && found.tps !== null) return { tps: found.tps };
    const path = target.closest ? target.closest("[data-code]") : null;
    return path ? { area: path.dataset.code } : {}; // the sea is nobody's: a slip there changes nothing
  }

  /** One step out of the chosen area, unless Escape has an incident to let go first. */
  function escape(event) {
    if (event.key !== "Escape" || event.defaultPrevented || event.target.closest("input, select, textarea")) return;
    const hasIncident = siger.selected && siger.selected();
    if (hasIncident || !siger.filter || !siger.filter.current.area) return;
    siger.emit("pick", { area: null });
    if (siger.choose) siger.choose("area", siger.places.out(siger.filter.current.area));
  }

  const name = (kind, code) => (siger.names ? siger.names[kind](code) : String(code || ""));

  function incidentLines(incident) {
    const age = siger.format.ago(incident.occurred_ms);
    return [
      incident.title,
      `${incident.severity} ${name("severity", incident.severity)} · ${name("status", incident.status)} · ${age}`,
      siger.names ? siger.names.place(incident) : "",
    ];
  }

  function groupLines({ count, police, army, other, stale }) {
    const parts = Object.entries({ police, army, other, stale }).filter(([, n]) => n > 0);
    return [
      siger.text("units.group", { n: count }),
      parts.map(([name, n]) => siger.text(`units.group_${name}`, { n })).join(" · "),
      siger.text("units.group_open"),
    ];
  }

  function moreLines({ more, counts }) {
    if (!counts) return [siger.text("map.more", { n: more })];
    const parts = counts.map((n, severity) => (n ? `${siger.format.number(n)} ${name("severity", severity).toLowerCase()}` : null));
    return [siger.text("map.number", { n: more }), parts.reverse().filter(Boolean).join(" · "), siger.text("units.group_open")];
  }

  function unitLines(unit) {
    const age = siger.now() - unit.observed_ms;
    const old = age >= siger.UNIT_AGES.STALE_AFTER_MS ? siger.text("map.silent") : "";
    const speed = unit.speed_kmh === null ? "" : `${siger.format.number(Math.round(unit.speed_kmh))} ${siger.lang() === "en" ? "km/h" : "km/jam"}`;
    const state = unit.state ? siger.text(`unit.${unit.state}`) : "";
    return [
      siger.callsign(unit),
      [name("agency", unit.agency), unit.kind && siger.text(`unit.kind.${unit.kind}`), state, speed].filter(Boolean).join(" · "),
      [old, siger.format.ago(unit.observed_ms)].filter(Boolean).join(" · "),
    ];
  }

  function lineElement(text) {
    const line = document.createElement("div");
    line.textContent = text;
    return line;
  }

  siger.picking = picking;
})((window.siger = window.siger || {}));
