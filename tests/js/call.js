"use strict";

const { answer, browser } = require("./browser.js");

/* Calls functions of `siger` by their path: {text, names, filter, incidents, calls: [["format.clock", [0]], ...]}. */
answer(({ text, names, filter, incidents, calls }) => {
  const { siger, window } = browser("00_", "01_", "25_", "51_", "52_");
  window.siger_text = text;
  if (names) siger.names.load(names);
  siger.store = { incidents: new Map((incidents || []).map((incident) => [incident.id, incident])) };
  if (filter) siger.filter.set(filter);
  return calls.map(([path, args]) => {
    const steps = path.split(".");
    const owner = steps.slice(0, -1).reduce((part, step) => part[step], siger);
    return owner[steps.at(-1)](...args);
  });
});
