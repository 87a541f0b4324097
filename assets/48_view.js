/* What part of Lampung the map shows: the whole province, one area, or where the viewer has gone by hand. A wall's
   window may change size at any time; the view then fits anew, unless somebody has moved it. */
(function (siger) {
  "use strict";

  const FALLBACK = [[103.55, -6.0], [106.05, -3.6]]; // until the boundaries come
  const FIT_S = 0.2;
  const ROAM = 0.7; // how far beyond the province the map can be pulled, in its own size

  /** @param {L.Map} map */
  function mapView(map) {
    const container = map.getContainer();
    let shown = null; // the focused area's code; null: the province
    let byHand = false;
    let fitting = false;
    let waiting = null; // bounds that came while the map was zooming: Leaflet would forget them

    const province = () => {
      const all = window.L.latLngBounds(FALLBACK.map(([lon, lat]) => siger.plane.latLng(lon, lat)));
      const known = [...siger.areas.regencies.values()];
      return known.length ? known.reduce((sum, { layer }) => sum.extend(layer.getBounds()), known[0].layer.getBounds()) : all;
    };

    function fit(bounds, animate) {
      if (map._animatingZoom) {
        waiting = bounds;
        return;
      }
      const pad = (side) => siger.look.number(`--map-pad-${side}`);
      fitting = true;
      const snap = map.options.zoomSnap;
      map.options.zoomSnap = 0; // fill the window exactly; steps are for the viewer's own zooming
      map.fitBounds(bounds, {
        paddingTopLeft: [pad("left"), pad("top")],
        paddingBottomRight: [pad("right"), pad("bottom")],
        animate: animate && !siger.look.calm(),
        duration: FIT_S,
        maxZoom: 13,
      });
      map.options.zoomSnap = snap;
      fitting = false;
      byHand = false;
    }

    /** The whole province, without movement: the boundaries have come. */
    function home() {
      shown = null;
      map.setMaxBounds(null);
      fit(province(), false);
      map.setMinZoom(Math.max(5, map.getZoom() - 1));
      map.setMaxBounds(province().pad(ROAM));
      if (siger.filter && siger.filter.current.area) focus(siger.filter.current.area, false).catch(report);
    }

    async function focus(code, animate = true) {
      const wanted = code || null;
      if (wanted === shown && !byHand) return;
      shown = wanted;
      const bounds = wanted ? await boundsFor(wanted) : province();
      if (bounds && shown === wanted) fit(bounds, animate);
    }

    const settle = () => {
      const bounds = waiting;
      waiting = null;
      if (bounds) fit(bounds, false);
    };
    map.on("zoomend", settle);

    async function boundsFor(code) {
      const { regencies, districts } = siger.areas;
      const own = regencies.get(code) || districts.get(code);
      if (own) return own.layer.getBounds();
      const members = await membersOf(code);
      const layers = members.map((member) => regencies.get(member)).filter(Boolean);
      return layers.length ? layers.reduce((sum, { layer }) => sum.extend(layer.getBounds()), window.L.latLngBounds([])) : null;
    }

    /** The regencies of a Polres or Kodim; a district's own where its outline has not come: that is where it lies. */
    async function membersOf(code) {
      const chosen = siger.filter && siger.filter.current;
      if (chosen && chosen.area === code && chosen.regencies) return chosen.regencies;
      const level = code.split(":")[0];
      if (level !== "polres" && level !== "kodim") return [...siger.areas.regencies.keys()];
      const data = await siger.areas.fetchJson(`/api/v1/areas?level=${level}&detail=low`);
      const found = data && data.features.find((feature) => feature.properties.code === code);
      return found ? found.properties.regencies : [];
    }

    /** Brings a point into the window, if it is not there already. */
    function reveal(lon, lat) {
      const pad = 60 * siger.look.scale();
      map.panInside(siger.plane.latLng(lon, lat), { padding: [pad, pad], animate: !siger.look.calm() });
    }

    /** The chosen area's own outline has come: fit to it, if only what it lies in could be shown before. */
    const again = () => {
      if (byHand || !shown) return;
      const code = shown;
      shown = undefined;
      focus(code, false).catch(report);
    };

    const hand = () => (byHand = byHand || !fitting);
    map.on("dragstart", hand);
    container.addEventListener("wheel", hand, { passive: true });

    const watcher = new ResizeObserver(() => {
      map.invalidateSize({ pan: false, animate: false });
      if (byHand) return;
      const again = shown;
      shown = undefined;
      focus(again, false).catch(report);
    });
    watcher.observe(container);

    const report = (error) => console.warn("siger: the area could not be shown:", error.message);
    const line = document.createElement("p");
    line.className = "siger-credit";
    container.append(line);

    /** Says on the map where its boundaries are from, as their licence asks. */
    function credit() {
      const known = siger.areas.credit();
      if (!known) return;
      const source = known.source.split(/ as packed|[;(]/)[0].trim();
      const words = [`${source}, ${known.licence}`];
      const [district] = siger.areas.districts.values();
      if (district && district.feature.properties.indicative) words.push(siger.text("map.indicative"));
      const base = siger.basemap.words();
      if (base) words.push(base);
      line.textContent = words.join(" · ");
      line.title = `${known.source}. ${known.licence}`;
    }

    function remove() {
      watcher.disconnect();
      map.off("dragstart", hand).off("zoomend", settle);
      container.removeEventListener("wheel", hand);
      line.remove();
    }

    return { home, again, focus: (code) => focus(code).catch(report), reveal, credit, remove };
  }

  siger.mapView = mapView;
})((window.siger = window.siger || {}));
