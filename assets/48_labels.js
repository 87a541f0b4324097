/* The names on the map: regencies with their level, further in capitals and districts, and quietly the seas and the
   neighbours. Laid out anew when the view, a level or the marks change; drawn on a canvas under the incidents. */
(function (siger) {
  "use strict";

  const MARKS_MS = 400; // marks may come in bursts; labels follow at this pace
  const VIEW_MS = 70; // while the map is pulled the labels move with it
  const MARK_AIR_PX = 2;
  const CAPITALS_FROM = 1.0; // zoom steps beyond the province's own
  const LEAST_SCALE = 0.8; // marks may be smaller on a phone; letters must still be read
  const ROOMY_PX = 520; // on a window this large every name may stand beside its area, else only
  const SMALL_SHARE = 0.025; // ... that of an area smaller than this part of what is seen

  class LabelLayer {
    /** @param {L.Map} map */
    constructor(map) {
      this.map = map;
      this.canvas = siger.canvasLayer(map, "siger-labels", (context, view) => this.paint(context, view));
      this.rings = new Map();
      this.was = new Map();
      this.dueMs = Infinity; // when to lay out anew
      this.checkMs = Infinity; // when to see whether marks have come to lie on labels
      this.marks = [];
      this.placed = [];
    }

    /** @param {"view"|"levels"|"marks"} why */
    want(why) {
      const now = performance.now();
      if (why === "view") this.dueMs = now + VIEW_MS;
      else if (why === "levels") this.dueMs = Math.min(this.dueMs, now);
      else this.checkMs = Math.min(this.checkMs, now + MARKS_MS);
    }

    restyle() {
      this.was.clear();
      this.want("levels");
    }

    /** Called at every frame. @param {number} now @param {Array<object>} marks the incidents as placed last
        @returns {boolean} whether the names stand elsewhere now */
    tick(now, marks) {
      if (document.hidden) return false;
      if (now >= this.checkMs) this.check(now, marks);
      if (now < this.dueMs) return false;
      this.marks = fixed(marks);
      if (!this.canvas.draw()) return false;
      this.dueMs = Infinity;
      return true;
    }

    /** Whether the names are laid out for this window of the map. */
    isSettled(view) {
      return this.key === keyOf(view);
    }

    /** Marks have changed: the labels move only if one of them is now covered. */
    check(now, marks) {
      this.checkMs = Infinity;
      const single = fixed(marks);
      const isCovered = ({ variant, x, y }) =>
        single.some(
          (mark) =>
            Math.abs(mark.x - x) < variant.w / 2 + mark.wide && Math.abs(mark.y - y) < variant.h / 2 + mark.reach,
        );
      if (this.placed.some(isCovered)) this.dueMs = Math.min(this.dueMs, now);
    }

    paint(context, view) {
      const { regencies } = siger.areas;
      if (!regencies.size) return;
      const scale = Math.max(LEAST_SCALE, siger.look.scale());
      const mask = this.mask(view, siger.look.scale());
      const pen = new siger.Lettering(context, scale);
      const items = this.items(view, mask, pen);
      if (view.zoom !== this.zoom) this.was.clear();
      this.zoom = view.zoom;
      this.key = keyOf(view);
      const room = { width: view.width, height: view.height, scale, mask, was: this.was };
      this.placed = siger.layout(items, room);
      for (const { item, x, y } of this.placed) this.was.set(item.key, { dx: x - item.x, dy: y - item.y });
      for (const label of this.placed) if (label.leader) pen.leader(label);
      for (const label of this.placed) pen.write(label);
    }

    mask(view, scale) {
      const mask = new siger.Mask(view, scale);
      mask.paint([...siger.areas.regencies].map(([code, { feature }]) => this.ring(code, feature.geometry)));
      const air = MARK_AIR_PX * scale;
      for (const { x, y, reach, wide } of this.marks) {
        mask.take({ left: x - wide - air, top: y - reach - air, right: x + wide + air, bottom: y + reach + air }, true);
      }
      for (const box of this.panels()) mask.take(box, false);
      return mask;
    }

    /** An area's rings on the plane, flat: x, y, x, y ... */
    ring(code, geometry) {
      if (!this.rings.has(code)) {
        const { planeX, planeY, rings } = siger.plane;
        const flat = rings(geometry).map((ring) => Float64Array.from(ring.flatMap(([x, y]) => [planeX(x), planeY(y)])));
        this.rings.set(code, flat);
      }
      return this.rings.get(code);
    }

    /** Boxes of what lies over the map: Leaflet's controls and the page's own panels beside the map. */
    panels() {
      const container = this.map.getContainer();
      const own = container.getBoundingClientRect();
      const frame = container.closest(".map-frame");
      const parts = frame ? [...frame.children].filter((element) => !element.contains(container)) : [];
      // Several panels in one column: each covers what it covers, the column itself nothing.
      const beside = parts.flatMap((element) => ("column" in element.dataset ? [...element.children] : [element]));
      const over = [...container.querySelectorAll(".leaflet-control, .siger-credit"), ...beside];
      return over
        .map((element) => element.getBoundingClientRect())
        .filter((box) => box.width > 0 && box.height > 0)
        .map(({ left, top, right, bottom }) => ({
          left: left - own.left,
          top: top - own.top,
          right: right - own.left,
          bottom: bottom - own.top,
        }));
    }

    items(view, mask, pen) {
      const beyond = view.zoom - this.map.getMinZoom() - 1;
      const at = ([lon, lat]) => ({
        x: siger.plane.planeX(lon) * view.k - view.left,
        y: siger.plane.planeY(lat) * view.k - view.top,
      });
      const made = regencyItems(view, mask, pen, at);
      if (beyond >= CAPITALS_FROM) made.push(...capitalItems(pen, at));
      made.push(...siger.districtItems(view, pen, at, beyond));
      return made.concat(groundItems(pen, at));
    }

    remove() {
      this.canvas.remove();
    }
  }

  /** Marks that stand where they must; numbers make room for names. */
  const fixed = (marks) => marks.filter(({ mark }) => !mark.counts);
  const keyOf = ({ zoom, left, top, width, height }) => [zoom, left, top, width, height].join();

  function regencyItems(view, mask, pen, at) {
    const extents = [...siger.areas.regencies].map((_, index) => mask.extent(index + 1));
    const seen = extents.reduce((sum, extent) => sum + (extent ? extent.area : 0), 0);
    const isRoomy = Math.min(view.width, view.height) > ROOMY_PX;
    return [...siger.areas.regencies].flatMap(([code, { feature }], index) => {
      const extent = extents[index];
      if (!extent || isEntered(code)) return [];
      const { level, override, name } = siger.level(code);
      const best = at(feature.properties.label);
      const isSeen = best.x > 0 && best.y > 0 && best.x < view.width && best.y < view.height;
      return {
        key: code,
        owner: index + 1,
        ...(isSeen ? best : { x: extent.x, y: extent.y }),
        reach: { x: Math.min(400, extent.width / 2), y: Math.min(300, extent.height / 2) },
        rank: 1e9 * level + extent.area,
        variants: pen.regency(name, siger.paint.words(code)),
        leader: !isAside(code) && (level >= 1 || override !== null || isRoomy || extent.area < SMALL_SHARE * seen),
        must: (level >= 1 || override !== null) && !isAside(code),
      };
    });
  }

  /** Outside the chosen area a name only helps to find one's way: it stands in its area or nowhere. */
  const isAside = (code) => siger.filter.current.regencies !== null && !siger.filter.current.regencies.includes(code);

  /** Whether one is inside this regency: its districts are named then, and its own name stands over the map. Its level
      stays where it has one: its districts may all be calm when reports name the regency alone. */
  function isEntered(code) {
    const { regencies, districts } = siger.filter.current;
    const isOnly = siger.areas.districts.size > 0 && regencies !== null && regencies.length === 1 && regencies[0] === code;
    return isOnly && (districts !== null || (siger.level(code).level === 0 && siger.level(code).override === null));
  }

  function capitalItems(pen, at) {
    return [...siger.areas.regencies.values()].flatMap(({ feature }) => {
      const { capital, capital_at: point, code, name } = feature.properties;
      return capital && !isEntered(code) && point && capital !== name ? pen.beside(`capital ${code}`, capital, at(point), -1) : [];
    });
  }

  const GROUND = [
    ["sea.java", [106.15, -4.75]],
    ["sea.indian", [103.95, -5.85]],
    ["sea.sunda", [105.45, -6.05]],
    ["land.sumsel", [104.25, -3.8]],
    ["land.bengkulu", [103.45, -4.75]],
    ["land.banten", [106.05, -6.2]],
  ];

  function groundItems(pen, at) {
    return GROUND.map(([key, place]) => pen.spaced(key, siger.text(`map.${key}`), at(place), -3));
  }

  siger.LabelLayer = LabelLayer;
})((window.siger = window.siger || {}));
