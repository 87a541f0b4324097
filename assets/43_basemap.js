/* The base map under the areas, where the operator has named one: raster tiles, muted, under everything. Without one,
   or when it does not come, Siger's own ground is the map; that the base map is missing is said in the line of sources
   and nowhere else. */
(function (siger) {
  "use strict";

  const ABOUT = "/api/v1/basemap";
  const RETRY_MS = 30000;
  let about = null; // the server's answer
  let isMissing = false;

  /** @param {L.Map} map @param {() => void} changed called when `words` say something else */
  function mount(map, changed) {
    let layer = null;
    let timer = null;
    let isGone = false;
    const container = map.getContainer();

    async function start() {
      about = await siger.areas.fetchJson(ABOUT).catch(() => null);
      if (isGone || !about) return;
      if (about.problem) say(true);
      if (about.tiles) add();
      else if (about.problem) timer = setTimeout(start, RETRY_MS); // a file may still be put there
    }

    function add() {
      layer = window.L.tileLayer(about.tiles, {
        pane: "siger-base",
        minZoom: 0,
        maxZoom: 22,
        minNativeZoom: about.min_zoom,
        maxNativeZoom: about.max_zoom,
        bounds: boundsOf(about.bounds),
      });
      let loaded = 0;
      layer.on("tileload", () => {
        loaded += 1;
        if (loaded === 1 || isMissing) say(false);
      });
      layer.on("tileerror", () => loaded === 0 && say(true));
      layer.addTo(map);
    }

    /** The areas let the base map through only once there is one to see. */
    function say(missing) {
      isMissing = missing;
      container.classList.toggle("has-basemap", !missing);
      changed();
    }

    start();
    return () => {
      isGone = true;
      clearTimeout(timer);
      if (layer) layer.remove();
      container.classList.remove("has-basemap");
    };
  }

  function boundsOf(box) {
    if (!box) return undefined;
    const [west, south, east, north] = box;
    return window.L.latLngBounds(siger.plane.latLng(west, south), siger.plane.latLng(east, north));
  }

  /** What the line of sources says of it; "" where none is named. */
  function words() {
    if (isMissing) return siger.text("basemap.missing");
    return (about && about.tiles && about.attribution) || "";
  }

  siger.basemap = { mount, words };
})((window.siger = window.siger || {}));
