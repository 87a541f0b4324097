/* The outer line of the chosen area, whatever its level: a Kodim of two regencies has one line, not two. It lies over
   all borders and under units, marks and names. Regencies and districts are on the map already; a Polres or Kodim is
   asked of the server, and asked again until it comes. */
(function (siger) {
  "use strict";

  const RETRY_MS = 5000;
  const LINES = ["siger-outline-halo", "siger-outline"]; // a dark line under a light one is seen on every ground
  const levels = new Map(); // "polres" -> Promise of code -> geometry

  /** @param {L.Map} map */
  function outlining(map) {
    const pane = "siger-outline";
    const renderer = window.L.svg({ pane, padding: 0.25 });
    let layers = [];
    let shown = null;
    let timer = null;

    /** Outlines `code`; null takes the line away. */
    async function show(code) {
      if (code === shown) return;
      clear();
      shown = code;
      if (!code) return;
      try {
        const geometry = await geometryOf(code);
        if (shown !== code) return;
        if (geometry) draw(code, geometry);
        else shown = null; // its layer has not come yet: whoever brings it asks again
      } catch (error) {
        console.warn("siger: the outline is not there yet:", error.message);
        if (shown === code) retry(code);
      }
    }

    function retry(code) {
      shown = null;
      timer = setTimeout(show, RETRY_MS, code);
    }

    function draw(code, geometry) {
      layers = LINES.map((className) => {
        const style = { renderer, pane, smoothFactor: 0.4, interactive: false, fill: false, className };
        const coordsToLatLng = ([lon, lat]) => siger.plane.latLng(lon, lat);
        return window.L.geoJSON({ type: "Feature", properties: {}, geometry }, { coordsToLatLng, style }).addTo(map);
      });
      layers[1].eachLayer((layer) => {
        const path = layer.getElement();
        path.dataset.testid = "area-outline";
        path.dataset.code = code;
      });
    }

    function clear() {
      clearTimeout(timer);
      for (const layer of layers) layer.remove();
      layers = [];
      shown = null;
    }

    return { show, remove: clear };
  }

  async function geometryOf(code) {
    const { regencies, districts } = siger.areas;
    const own = regencies.get(code) || districts.get(code);
    if (own) return own.feature.geometry;
    const level = code.split(":")[0];
    return level === code ? null : (await outlinesOf(level)).get(code) || null;
  }

  function outlinesOf(level) {
    if (!levels.has(level)) {
      const asked = siger.areas.fetchJson(`/api/v1/areas?level=${level}&detail=mid`).then(
        (data) => new Map((data ? data.features : []).map(({ properties, geometry }) => [properties.code, geometry])),
      );
      levels.set(level, asked);
      asked.catch(() => levels.delete(level));
    }
    return levels.get(level);
  }

  siger.outlining = outlining;
})((window.siger = window.siger || {}));
