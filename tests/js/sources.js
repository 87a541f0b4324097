"use strict";

const { answer, browser } = require("./browser.js");

/** Who is alive and who silent, of sources as the frames carry them. */
answer(({ sources, now }) => {
  const { siger } = browser("00_");
  siger.panel = () => {};
  const window = { siger };
  const fs = require("node:fs");
  const path = require("node:path");
  const file = path.join(__dirname, "..", "..", "assets", "53_sources.js");
  new Function("window", fs.readFileSync(file, "utf8"))(window);
  return window.siger.sources.judge(sources, now);
});
