"use strict";

const { answer, browser } = require("./browser.js");

const VIEW = { left: 0, top: 0, width: 460, height: 460, zoom: 9 };

const middle = (made, cell) => { const [x, y] = made.places(cell, 12)[0]; return { x, y }; };

/** How many units stand in one cell, step after step; what is grouped then. */
function groups(siger, steps) {
  const made = new siger.Groups();
  return steps.map(({ count, isOn = true }) => {
    made.isOn = isOn;
    made.begin(VIEW, 1);
    for (let i = 0; i < count; i++) made.add(100 + (i % 5), 100, i % 3 ? "polri" : "tni", i === 1);
    made.add(300, 300, "polri", false);
    made.settle();
    const shown = [];
    made.each((cell) => shown.push({ ...middle(made, cell), police: made.police[cell], army: made.army[cell], stale: made.stale[cell] }));
    return { hidden: made.hidden, used: made.used, shown, signature: made.signature() };
  });
}

function trail(siger, reports, older) {
  const units = new siger.Units();
  units.introduce([[0, "P1", null, null, null]]);
  const trails = new siger.Trails();
  for (const [at, lon] of reports) {
    const one = { slot: Uint32Array.of(0), latE6: Int32Array.of(0), headingDeg: [0], speedDkmh: [0], state: [0] };
    trails.take(units.move({ observedMs: Float64Array.of(at), lonE6: Int32Array.of(lon), ...one }), units);
  }
  if (older) trails.remember(0, older);
  const seen = [];
  trails.walk(0, reports.at(-1)[0], (lonE6, _, ms) => seen.push([ms, lonE6]));
  return seen;
}

answer(({ steps, trails, crowds, names, apart }) => {
  const { siger } = browser("00_", "01_", "02_", "12_", "25_", "40_", "46_groups", "46_trails", "46_callsigns");
  return {
    groups: groups(siger, steps),
    trails: trails.map(({ reports, older }) => trail(siger, reports, older)),
    placed: crowds.map(({ items, obstacles, room }) =>
      siger.placeNames(items, obstacles, room).map(({ item, box, side }) => ({ slot: item.slot, side, ...box })),
    ),
    names: names.map((unit) => siger.callsign(unit)),
    apart: apart.map(([a, b]) => siger.distanceM(a, b)),
    written: [4, 350, 994, 996, 4230, 38_400].map((m) => siger.format.distance(m)),
  };
});
