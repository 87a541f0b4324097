/* The areas on the map: regencies with their level, district lines, the ground around. Leaflet draws them once as SVG;
   afterwards only attributes change, and the style sheet (20_map.css) does the rest, in either theme.

   Boundaries come from the server and may fail to: the map then asks again for ever, and everything else still works. */
(function (siger) {
  "use strict";

  const SOURCES = {
    ground: "/geo/ground.geojson",
    regency: "/api/v1/areas?level=regency&detail=mid",
    district: "/api/v1/areas?level=district&detail=mid",
  };
  const RETRY_MS = 5000;
  const SVG = "http://www.w3.org/2000/svg";
  const HATCH_PX = { 2: 9, 3: 7 };

  /** @type {Map<string, {feature: object, path: ?SVGPathElement, layer: L.Polygon}>} */
  const regencies = new Map();
  const districts = new Map();
  let credit = null;
  let hatched = { svg: null, scale: 0 };

  async function fetchJson(url) {
    const response = await fetch(url);
    if (response.status === 404) return null; // this server has no such boundaries: that is an answer
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    return response.json();
  }

  /** Fetches and draws everything, each part when it comes. @param {L.Map} map @param {() => void} ready */
  function mount(map, ready) {
    const gone = { yes: false };
    draw("ground", (data) => drawGround(map, data));
    draw("regency", (data) => drawRegencies(map, data));
    draw("district", (data) => drawDistricts(map, data));

    async function draw(name, put) {
      try {
        const data = await fetchJson(SOURCES[name]);
        if (gone.yes || !data || !data.features.length) return;
        put(data);
        ready(name);
      } catch (error) {
        console.warn("siger: boundaries not there yet:", error.message);
        if (!gone.yes) setTimeout(draw, RETRY_MS, name, put);
      }
    }
    return () => {
      gone.yes = true;
      regencies.clear();
      districts.clear();
    };
  }

  function shapes(map, data, pane, options) {
    const renderer = window.L.svg({ pane, padding: 0.25 });
    const layer = window.L.geoJSON(data, {
      coordsToLatLng: ([lon, lat]) => siger.plane.latLng(lon, lat),
      style: { renderer, pane, smoothFactor: 0.4, interactive: false, ...options },
      ...options.each,
    });
    layer.addTo(map);
    return { layer, renderer };
  }

  function drawGround(map, data) {
    shapes(map, data, "siger-ground", { className: "siger-land" });
  }

  function drawDistricts(map, data) {
    const onEachFeature = (feature, layer) => districts.set(feature.properties.code, { feature, layer, path: null });
    shapes(map, data, "siger-districts", { className: "siger-district", each: { onEachFeature } });
    for (const [code, area] of districts) enter(code, area);
    restyle();
    siger.emit("areas", null);
  }

  function drawRegencies(map, data) {
    credit = { source: data.source, licence: data.licence };
    const onEachFeature = (feature, layer) => regencies.set(feature.properties.code, { feature, layer });
    const { renderer } = shapes(map, data, "siger-areas", {
      className: "siger-area",
      interactive: true,
      each: { onEachFeature },
    });
    hatched = { svg: renderer._container, scale: 0 };
    for (const [code, area] of regencies) enter(code, area);
    restyle();
  }

  /** Makes an area's path a thing that can be pressed; `restyle` says which ones keyboards reach. */
  function enter(code, area) {
    area.path = area.layer.getElement();
    area.path.dataset.code = code;
    area.path.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      siger.emit("pick", { area: code });
    });
  }

  /** Hatching from level 2 up, as wide as the map's scale asks: the level must not live by colour alone. */
  function hatch() {
    const scale = siger.look.scale();
    if (!hatched.svg || hatched.scale === scale) return;
    hatched.scale = scale;
    const defs = document.createElementNS(SVG, "defs");
    for (const [level, px] of Object.entries(HATCH_PX)) defs.append(pattern(level, px * scale));
    hatched.svg.querySelector("defs")?.remove();
    hatched.svg.prepend(defs);
  }

  function pattern(level, size) {
    const element = document.createElementNS(SVG, "pattern");
    const attributes = { id: `siger-hatch-${level}`, width: size, height: size, patternUnits: "userSpaceOnUse" };
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    const ground = document.createElementNS(SVG, "rect");
    ground.setAttribute("width", size);
    ground.setAttribute("height", size);
    ground.setAttribute("class", `siger-hatch-ground-${level}`);
    const lines = document.createElementNS(SVG, "path");
    const half = size / 2;
    const down = `M${-half},${half}L${half},${-half}M0,${size}L${size},0M${half},${size + half}L${size + half},${half}`;
    const up = `M${-half},${half}L${half},${size + half}M0,0L${size},${size}M${half},${-half}L${size + half},${half}`;
    lines.setAttribute("d", level === "3" ? down + up : down);
    lines.setAttribute("class", `siger-hatch-line-${level}`);
    element.append(ground, lines);
    return element;
  }

  /** Gives every regency its level, its selection and its name for screen readers; touches nothing else. */
  function restyle() {
    hatch();
    const chosen = siger.filter ? siger.filter.current : {};
    for (const [code, { path }] of regencies) {
      if (!path) continue;
      const { level, override } = siger.level(code);
      const selected = Boolean(chosen.regencies && chosen.regencies.includes(code));
      set(path, "level", String(level));
      set(path, "selected", String(selected && !chosen.districts));
      set(path, "aside", String(Boolean(chosen.regencies) && !selected));
      set(path, "entered", String(selected && districts.size > 0));
      set(path, "override", override === null ? "" : String(override));
      set(path, "official", siger.paint.step(code));
      offer(path, spoken(code));
    }
    for (const [code, area] of districts) restyleDistrict(code, area, chosen);
    raise();
  }

  /** The districts of the chosen area wear their own level and can be pressed; the others are lines. */
  function restyleDistrict(code, { feature, path }, { regencies: around, districts: only }) {
    if (!path) return;
    const isInside = Boolean(around && around.includes(feature.properties.parent));
    const { level, override } = siger.level(code);
    set(path, "inside", String(isInside));
    set(path, "level", isInside || siger.paint.kind() === "district" ? String(level) : "");
    set(path, "aside", String(Boolean(only) && isInside && !only.includes(code)));
    set(path, "override", isInside && override !== null ? String(override) : "");
    offer(path, isInside ? spoken(code) : null);
  }

  /** "Tanggamus, 3 Sangat rawan", and what an officer has set beside it. */
  function spoken(code) {
    const { level, name } = siger.level(code);
    const aside = siger.asideBadge(siger.store.levels.get(code)?.override);
    const own = [`${name}, ${level} ${siger.text(`level.${level}`)}`, aside && aside.title];
    return [...own, ...(siger.paint.layer() ? siger.paint.words(code) : [])].filter(Boolean).join(", ");
  }

  /** Lets keyboards reach a path and screen readers name it; null takes it back. */
  function offer(path, label) {
    if (path.getAttribute("aria-label") === label) return;
    if (label === null) for (const name of ["tabindex", "role", "aria-label"]) path.removeAttribute(name);
    else for (const [name, value] of [["tabindex", "0"], ["role", "button"], ["aria-label", label]]) path.setAttribute(name, value);
  }

  function set(path, name, value) {
    if (path.dataset[name] !== value) path.dataset[name] = value;
  }

  /** What is outlined lies over its neighbours' borders. */
  function raise() {
    const weight = ({ path }) => Number(path.dataset.level === "3") + 2 * Number(path.dataset.selected === "true");
    const raised = [...regencies.values()].filter((area) => area.path && weight(area));
    for (const { layer } of raised.sort((a, b) => weight(a) - weight(b))) layer.bringToFront();
  }

  /**
   * What the map shows for a regency or district.
   * @param {string} code
   * @returns {{code: string, level: number, override: ?number, name: string, color: string}} `override` an officer's
   */
  siger.level = function (code) {
    const known = siger.store.levels.get(code);
    const level = known ? known.level : 0;
    const area = regencies.get(code) || districts.get(code);
    const override = known && known.override ? known.override.level : null;
    return { code, level, override, name: area ? area.feature.properties.name : code, color: siger.look.token(`--level-${level}`) };
  };

  siger.areas = { mount, restyle, regencies, districts, fetchJson, credit: () => credit };
})((window.siger = window.siger || {}));
