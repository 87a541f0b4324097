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

const plain = ({ incident, ...mark }) => ({ ...mark, id: incident && incident.id });

/** What cells show after each step that is taken one by one, and what cells that are filled with the same show. */
function walk(siger, { windows, steps }) {
  const kept = new siger.IncidentCells();
  const there = new Map();
  const shown = (cells, { k, left, top, isOn = true }) => {
    const found = [];
    cells.fit(k, 1, isOn);
    cells.each({ left: left * k, top: top * k, width: 900, height: 700 }, (mark) => found.push(plain(mark)));
    return found;
  };
  return steps.map(({ add = [], remove = [], select, forget, window }) => {
    for (const id of remove) {
      kept.remove(there.get(id));
      there.delete(id);
    }
    for (const one of add) {
      if (there.has(one.id)) kept.remove(there.get(one.id));
      there.set(one.id, one);
      kept.add(one);
    }
    if (select !== undefined) kept.select(there.get(select) || null);
    if (forget !== undefined) {
      kept.forget(forget);
      for (const [id, one] of there) if (one.occurred_ms <= forget) there.delete(id);
    }
    const anew = new siger.IncidentCells();
    anew.fill([...there.values()]);
    anew.select(kept.selected);
    return { kept: shown(kept, windows[window]), anew: shown(anew, windows[window]), open: there.size };
  });
}

function seats(siger, { boxes, middles, wide, high }) {
  const taken = new siger.Taken();
  for (const box of boxes) taken.add(box);
  return middles.map((some) => some[taken.seat(some, wide, high)]);
}

answer(({ labels, reports, steps, walks, crowd }) => {
  const { siger } = browser("00_", "01_", "12_", "21_", "40_", "43_", "45_", "47_layout");
  return {
    labels: labels.map((one) => layout(siger, one)),
    spiral: siger.marks.spiral(reports.sort(siger.marks.byUrgency), { x: 0, y: 0 }).map(plain),
    cells: walk(siger, walks),
    seats: seats(siger, crowd),
    glide: glide(siger, steps),
    equator: [siger.plane.planeX(0), siger.plane.planeY(0), siger.plane.planeX(105), siger.plane.planeY(-5)],
  };
});
