/* The names of districts: those of the chosen area first, as many as fit, with their level; the others quietly, once
   the map is near enough. A name much wider than its district waits for the next zoom. */
(function (siger) {
  "use strict";

  const FROM = 1.75; // zoom steps beyond the province's own for those outside the chosen area
  const WIDER = 1.45; // how far a name may stand out of its district
  const WIDER_CHOSEN = 2.2; // ... where the district is one of those that were asked for
  const sizes = new Map(); // code -> extent on the plane

  /** @param {{k: number}} view @param {Lettering} pen @param {(place: number[]) => {x: number, y: number}} at */
  function districtItems(view, pen, at, beyond) {
    const { regencies, districts: chosen } = siger.filter ? siger.filter.current : {};
    return [...siger.areas.districts.values()].flatMap(({ feature }) => {
      const { code, parent, label } = feature.properties;
      const isInside = Boolean(regencies && regencies.includes(parent));
      if (!isInside && beyond < FROM) return [];
      const size = sizeOf(code, feature.geometry);
      const point = at(label);
      if (point.x < 0 || point.y < 0 || point.x > view.width || point.y > view.height) return [];
      const isChosen = Boolean(chosen && chosen.includes(code));
      const room = size.w * view.k * (isInside ? WIDER_CHOSEN : WIDER);
      const variants = pen.district(feature.properties.name, isInside ? siger.paint.words(code) : [], isChosen);
      const fitting = isChosen ? variants : variants.filter(({ w }) => w <= room);
      if (!fitting.length) return [];
      const rank = (isChosen ? 2e9 : isInside ? 1e6 : -2e6) + size.w * size.h;
      const reach = { x: Math.max(10, (size.w * view.k) / 4), y: Math.max(8, (size.h * view.k) / 4) };
      return { key: `district ${code}`, owner: 0, ...point, reach, rank, variants: fitting, leader: false, must: isChosen };
    });
  }

  /** How wide and high the district is on the plane. */
  function sizeOf(code, geometry) {
    if (!sizes.has(code)) {
      const { planeX, planeY, rings } = siger.plane;
      const points = rings(geometry).flat();
      const xs = points.map(([lon]) => planeX(lon));
      const ys = points.map(([, lat]) => planeY(lat));
      sizes.set(code, { w: Math.max(...xs) - Math.min(...xs), h: Math.max(...ys) - Math.min(...ys) });
    }
    return sizes.get(code);
  }

  siger.districtItems = districtItems;
})((window.siger = window.siger || {}));
