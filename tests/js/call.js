"use strict";

const { answer, browser } = require("./browser.js");

/* Calls functions of `siger` by their path: {text, names, filter, incidents, calls: [["format.clock", [0]], ...]}; those
   of "tally" and "queue" take the incidents that they are filled with first. */
answer(({ text, names, filter, incidents, calls }) => {
  const { siger, window } = browser("00_", "01_", "21_", "25_", "26_", "27_", "52_told");
  window.siger_text = text;
  if (names) siger.names.load(names);
  siger.store = { incidents: new Map((incidents || []).map((incident) => [incident.id, incident])) };
  if (filter) siger.filter.set(filter);
  const filled = { tally: siger.Tally, queue: siger.Queue };
  return calls.map(([path, args]) => {
    const steps = path.split(".");
    if (steps[0] in filled) {
      const part = new filled[steps[0]]();
      part.fill(args[0]);
      return part[steps[1]](...args.slice(1));
    }
    const owner = steps.slice(0, -1).reduce((part, step) => part[step], siger);
    return owner[steps.at(-1)](...args);
  });
});
