"use strict";

const { answer, browser } = require("./browser.js");

/** What the browser fetches as the feed's mark and the viewer's switch change. */
async function fetches(file, steps) {
  const { siger, window } = browser("00_", "25_", "40_", "22_");
  const asked = [];
  let version = 1;
  let broken = false;
  window.fetch = async (url) => {
    asked.push(url);
    if (broken) return { ok: false, status: 503 };
    const body = url.endsWith("/tps") ? { mark: `${version}-0`, url: `${url}/v${version}`, count: 3 } : file;
    return { ok: true, json: async () => body };
  };
  const settle = () => new Promise((done) => setImmediate(done));
  const seen = [];
  for (const step of steps) {
    if (step.version) version = step.version;
    broken = Boolean(step.broken);
    if (step.tps !== undefined) siger.filter.set({ tps: step.tps });
    if (step.mark !== undefined) siger.emit("tps-mark", step.mark);
    for (let i = 0; i < 8; i++) await settle();
    seen.push([asked.splice(0), siger.tps.data && siger.tps.data.mark]);
  }
  return seen;
}

answer(async ({ file, steps }) => {
  const { siger } = browser("00_", "25_", "40_", "22_");
  const data = (siger.tps.data = siger.tps.unpack(file));
  const lon = (x) => Math.round((x / 256 - 0.5) * 360 * 1e6);
  return {
    ids: [0, 1, 2].map((slot) => siger.tps.id(slot)),
    lon_e6: Array.from(data.x, lon),
    isNear: Array.from(data.isNear),
    voters: Array.from(data.voters),
    seen: await fetches(file, steps),
  };
});
