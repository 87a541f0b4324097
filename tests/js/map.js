"use strict";

const { answer, browser } = require("./browser.js");

/** A mask made of plain boxes: `areas` by number, `marks` that labels avoid. */
function mask(areas, marks) {
  const inside = (box, area) => {
    const wide = Math.min(box.right, area.right) - Math.max(box.left, area.left);
    const high = Math.min(box.bottom, area.bottom) - Math.max(box.top, area.top);
    return wide > 0 && high > 0 ? (wide * high) / ((box.right - box.left) * (box.bottom - box.top)) : 0;
  };
  return {
    share: (box, owner) => inside(box, areas[owner - 1]),
    land: (box) => areas.reduce((sum, area) => sum + inside(box, area), 0),
    isTaken: (box, strict) => strict && marks.some((mark) => inside(box, mark) > 0),
  };
}

function layout(siger, { items, areas, marks, width, height }) {
  const room = { width, height, scale: 1, mask: mask(areas, marks), was: new Map() };
  return siger.layout(items, room).map(({ item, variant, x, y, leader }) => ({
    key: item.key,
    variant: item.variants.indexOf(variant),
    leader,
    box: [x - variant.w / 2, y - variant.h / 2, x + variant.w / 2, y + variant.h / 2],
  }));
}

function glide(siger, steps) {
  const units = new siger.Units();
  units.introduce([[0, "P1", null, null, null]]);
  const motion = new siger.Motion();
  return steps.map(({ at, lon, see, glides }) => {
    const observedMs = Float64Array.of(at);
    const lonE6 = Int32Array.of(lon * 1e6);
    const one = { slot: Uint32Array.of(0), latE6: Int32Array.of(0), headingDeg: [0], speedDkmh: [0], state: [0] };
    const slots = units.move({ observedMs, lonE6, ...one });
    const visible = motion.take(slots, units, at, 2 ** 16, glides);
    const lonAt = (now) => (motion.x(0, now) / 256 - 0.5) * 360;
    return { visible, seen: see.map((now) => Math.round(lonAt(now) * 1e6) / 1e6) };
  });
}

answer(({ labels, reports, steps }) => {
  const { siger } = browser("00_", "01_", "12_", "25_", "40_", "43_", "45_", "47_layout");
  siger.filter.set({ categories: ["curat", "hoaks"] });
  const shown = reports.filter((one) => siger.marks.isShown(one, 10_000, "chosen"));
  return {
    labels: labels.map((one) => layout(siger, one)),
    marks: siger.marks.marks(shown).map(({ incident, ...mark }) => ({ id: incident && incident.id, ...mark })),
    glide: glide(siger, steps),
    equator: [siger.plane.planeX(0), siger.plane.planeY(0), siger.plane.planeX(105), siger.plane.planeY(-5)],
  };
});
