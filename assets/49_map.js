/* The map as a whole: mounted into dash-leaflet's Leaflet map, fed by the bus, drawn at the screen's own pace.

   `siger.map.mount` is the handler of `dl.LayerGroup(eventHandlers={"add": ...})`, the one hook that hands Leaflet over.
   Mounting twice changes nothing; removing the group takes everything away again. */
(function (siger) {
  "use strict";

  const PANES = {
    "siger-base": 200,
    "siger-ground": 250,
    "siger-areas": 400,
    "siger-districts": 410,
    "siger-outline": 415,
    "siger-tps": 420,
    "siger-trails": 445,
    "siger-units": 450,
    "siger-callsigns": 455,
    "siger-labels": 460,
    "siger-rings": 465,
    "siger-incidents": 470,
  };
  const AGE_MS = 30000; // a time filter lets incidents go though nothing arrives
  let mounted = null; // everything that belongs to the mounted map
  let hasFailed = false;

  /** Mounts the layers. A fault must not go out to Dash, which would mount anew, fail anew, and so on for ever: it is
      said once, on the page too, and the lists go on. @param {object} event Leaflet's "add" @param {object} [context] */
  function mount(event, context) {
    const map = (context && context.map) || event.target._map;
    if (hasFailed || (mounted && mounted.map === map)) return;
    try {
      if (mounted) unmount();
      build(map, event.target);
    } catch (error) {
      hasFailed = true;
      console.error("siger: the map could not be mounted", error);
      sayFailed(map.getContainer());
    }
  }

  function sayFailed(container) {
    const note = document.createElement("p");
    note.className = "siger-map-failed";
    note.dataset.testid = "map-failed";
    note.setAttribute("role", "alert");
    note.textContent = siger.text("map.failed");
    container.append(note);
    if (!mounted) return;
    cancelAnimationFrame(mounted.request);
    for (const off of mounted.offs) off();
    mounted = null;
  }

  function build(map, group) {
    prepare(map);
    mounted = { map, offs: [], levels: new Map(), labels: new siger.LabelLayer(map) };
    mounted.view = siger.mapView(map);
    mounted.outline = siger.outlining(map);
    mounted.stopBase = siger.basemap.mount(map, mounted.view.credit);
    mounted.tps = new siger.TpsLayer(map, mounted.labels);
    mounted.card = siger.tpsCard(map);
    mounted.units = new siger.UnitLayer(map);
    mounted.incidents = new siger.IncidentLayer(map, mounted.labels);
    mounted.pick = siger.picking(map, mounted);
    mounted.stopAreas = siger.areas.mount(map, arrived);
    listen(map);
    group.once("remove", () => mounted && mounted.map === map && unmount());
    frame(performance.now());
  }

  function prepare(map) {
    map.getContainer().classList.add("siger-map");
    siger.look.refresh();
    siger.look.fit(map.getContainer());
    for (const [name, z] of Object.entries(PANES)) {
      const pane = map.getPane(name) || map.createPane(name);
      pane.style.zIndex = z;
      if (name !== "siger-areas") pane.style.pointerEvents = "none";
    }
    if (map.attributionControl) map.attributionControl.remove(); // ours says where the boundaries are from
  }

  function listen(map) {
    const { tps, units, incidents, labels, offs, view, outline } = mounted;
    const moved = () => {
      units.want("glide");
      incidents.want("view");
      tps.want();
      labels.want("view");
    };
    map.on("move zoomend viewreset resize", moved);
    const resized = () => siger.look.fit(map.getContainer()) && restyle();
    map.on("resize", resized);
    const timer = setInterval(() => incidents.age(), AGE_MS);
    offs.push(() => map.off("move zoomend viewreset resize", moved).off("resize", resized));
    offs.push(() => clearInterval(timer));
    offs.push(siger.on("change", changed), siger.on("theme", restyle), siger.on("names", restyle), siger.on("paint", restyle));
    offs.push(
      siger.on("filter", (chosen) => {
        siger.areas.restyle();
        incidents.want("news");
        labels.want("levels");
        view.focus(chosen.area);
        outline.show(chosen.area);
      }),
    );
  }

  function changed(change) {
    const { units, incidents, labels } = mounted;
    if (change.snapshot || change.slots.length) units.take(change);
    if (change.snapshot || change.incidents.length) {
      incidents.want("news");
      labels.want("marks");
    }
    if (change.levels.filter(differs).length || change.snapshot) {
      siger.areas.restyle();
      labels.want("levels");
    }
  }

  /** Whether an area looks other than before: most changes are of its score alone, which the map does not show. */
  function differs(code) {
    const { level, override } = siger.store.levels.get(code);
    const looks = override ? `${level}|${override.level}|${override.until_ms}` : String(level);
    const was = mounted.levels.get(code);
    mounted.levels.set(code, looks);
    return was !== looks;
  }

  function arrived(name) {
    if (name === "regency") mounted.view.home();
    if (name === "district") mounted.view.again();
    mounted.outline.show(siger.filter.current.area);
    mounted.labels.want("levels");
    mounted.view.credit();
    siger.areas.restyle();
  }

  function restyle() {
    siger.look.refresh();
    siger.look.fit(mounted.map.getContainer());
    siger.areas.restyle();
    for (const layer of [mounted.tps, mounted.units, mounted.incidents, mounted.labels]) layer.restyle();
  }

  function frame(now) {
    if (!mounted) return;
    mounted.incidents.tick(now);
    if (mounted.labels.tick(now, mounted.incidents.placed)) makeRoom();
    mounted.units.tick(now);
    mounted.tps.tick(now);
    mounted.request = requestAnimationFrame(frame);
  }

  /** The names stand elsewhere: numbers make room for them. */
  function makeRoom() {
    mounted.incidents.want("view");
    mounted.units.want("now");
  }

  function unmount() {
    const { request, offs, stopAreas, stopBase, tps, card, units, incidents, labels, pick, view, outline } = mounted;
    cancelAnimationFrame(request);
    mounted = null;
    for (const off of offs) off();
    stopAreas();
    stopBase();
    for (const part of [tps, card, units, incidents, labels, pick, view, outline]) part.remove();
  }

  siger.map = {
    mount,
    /** Shows an area's bounds; null: the whole province. @param {?string} code */
    focus: (code) => mounted && mounted.view.focus(code),
    /** Marks an incident and brings it into view; null lets it go. @param {?string} id */
    select(id) {
      if (!mounted) return;
      mounted.incidents.select(id);
      mounted.labels.want("marks");
      const incident = id && siger.store.incidents.get(id);
      if (incident) mounted.view.reveal(incident.lon, incident.lat);
    },
    /** Marks a unit, shows its trail and brings it into view; null lets it go. @param {?string} id */
    chooseUnit(id) {
      if (!mounted) return;
      mounted.units.choose(id);
      const unit = id && siger.store.units.get(id);
      if (unit) mounted.view.reveal(unit.lon, unit.lat);
    },
    mounted: () => mounted,
  };
})((window.siger = window.siger || {}));
