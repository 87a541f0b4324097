/* How many units are in the chosen area: active, and silent for a quarter of an hour.

   Units carry no area code over the wire (they move), so that the chosen area's outlines are asked. Counted at most
   every few seconds: twenty thousand units against an outline are not free. */
(function (root) {
  "use strict";

  const siger = root.siger;
  const SILENT_AFTER_MS = 15 * 60 * 1000;
  const KEEP_MS = 3000;
  let kept = { key: null, at_ms: 0, counts: null };

  /** {active, silent} in the chosen area, no older than three seconds; null while its outline is not there yet. */
  siger.unitsHere = function () {
    const { districts, regencies } = siger.filter.current;
    const codes = districts || regencies;
    const key = `${codes}|${siger.store.units.count}`;
    const now_ms = Date.now();
    const old = kept.key !== key || kept.counts === null || now_ms - kept.at_ms > KEEP_MS;
    if (old) kept = { key, at_ms: now_ms, counts: count(codes) };
    return kept.counts;
  };

  function count(codes) {
    const { observedMs } = siger.store.units;
    const before_ms = siger.now() - SILENT_AFTER_MS;
    const counts = { active: 0, silent: 0 };
    const isKnown = siger.eachUnitHere(codes, (slot) => (counts[observedMs[slot] < before_ms ? "silent" : "active"] += 1));
    return isKnown ? counts : null;
  }

  /** Calls `work(slot)` for each unit in the areas of these codes (null: everywhere); false while an outline is missing. */
  siger.eachUnitHere = function (codes, work) {
    const { units } = siger.store;
    const shapes = codes && codes.map(outlineOf);
    if (shapes && shapes.includes(null)) return false;
    for (let slot = 0; slot < units.size; slot++) {
      if (!units.known[slot]) continue;
      if (!shapes || isInAny(shapes, units.lonE6[slot] / 1e6, units.latE6[slot] / 1e6)) work(slot);
    }
    return true;
  };

  function outlineOf(code) {
    const known = siger.areas && (siger.areas.districts.get(code) || siger.areas.regencies.get(code));
    return known ? siger.outline(known.feature.geometry) : null;
  }

  const isInAny = (shapes, lon, lat) => shapes.some((shape) => shape.holds(lon, lat));

  /** A GeoJSON (Multi)Polygon that can be asked: `holds(lon, lat)`. Even-odd over all rings, so that holes are out. */
  siger.outline = function ({ type, coordinates }) {
    const rings = type === "Polygon" ? coordinates : coordinates.flat();
    const boxes = rings.map(boxOf);
    return {
      holds(lon, lat) {
        let inside = false;
        rings.forEach((ring, i) => {
          const [west, south, east, north] = boxes[i];
          if (lon < west || lon > east || lat < south || lat > north) return;
          if (crossings(ring, lon, lat) % 2 === 1) inside = !inside;
        });
        return inside;
      },
    };
  };

  function boxOf(ring) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (const [lon, lat] of ring) {
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
    }
    return box;
  }

  /** How many edges a ray from the point to the east crosses. */
  function crossings(ring, lon, lat) {
    let crossed = 0;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [x1, y1] = ring[i];
      const [x2, y2] = ring[j];
      if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) crossed += 1;
    }
    return crossed;
  }
})(typeof window === "undefined" ? globalThis : window);
