"use strict";

const { answer, browser, buffer } = require("./browser.js");

/* Each run is a list of frames; after each the store says what it made of it. */
answer((runs) =>
  runs.map((frames) => {
    const { siger } = browser("00_", "10_", "11_", "12_", "20_");
    const { store } = siger;
    const changes = [];
    siger.on("change", (change) => changes.push({ ...change, slots: [...change.slots] }));
    return frames.map((data) => {
      changes.length = 0;
      const { applied, resync } = store.apply(siger.wire.decode(buffer(data)));
      return {
        applied,
        resync,
        hash: store.hash(),
        lastId: store.lastId,
        gaps: store.gaps,
        dropped: store.dropped,
        waiting: store.waiting,
        units: store.units.count,
        incidents: Object.fromEntries([...store.incidents].map(([id, one]) => [id, one.status])),
        levels: Object.fromEntries([...store.levels].map(([code, one]) => [code, one.level])),
        positions: store.units.meta.map(({ id }) => store.units.get(id)).filter(Boolean),
        changes: [...changes],
      };
    });
  }),
);
