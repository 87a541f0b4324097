"use strict";

const { answer, browser, frame } = require("./browser.js");

const HOUR_MS = 3600 * 1000;

/** What lists and counts say now. */
function said({ kept, filter, now }, limit) {
  const { tally, openByArea, openQueue } = kept;
  const window_ms = filter.window_ms();
  const queue = kept.queue();
  return {
    first: queue.first(limit, now()).map(({ id }) => id),
    size: queue.size,
    open: openQueue.first(limit, now()).map(({ id }) => id),
    shown: tally.shown(now(), window_ms),
    fresh: tally.fresh(now(), 10 * 60 * 1000, window_ms === null ? undefined : now() - window_ms),
    board: tally.board(now()),
    trend: tally.trend(now(), 24 * HOUR_MS),
    areas: Object.fromEntries([...openByArea.counts].filter(([, n]) => n)),
  };
}

/** A page that hears of everything as it comes. Each step: what is reported, what is chosen, how much time passes. */
answer(({ names, start_ms, steps, limit }) => {
  const { siger, clock } = browser("00_", "01_", "10_", "11_", "12_", "20_", "21_", "25_", "26_", "27_", "28_");
  clock.now = start_ms;
  siger.names.load(names);
  let id = "0-0";
  const give = (header) => siger.store.apply(siger.wire.decode(frame({ boot: "b", ...header })));
  give({ type: "snapshot", id, prev: null, incidents: [] });
  return steps.map(({ incidents = [], filter, pass_ms = 0, snapshot }, number) => {
    clock.now += pass_ms;
    if (filter) siger.filter.set(filter);
    const prev = id;
    id = `${number + 1}-0`;
    give(snapshot ? { type: "snapshot", id, prev: null, incidents } : { type: "delta", id, prev, incidents });
    return said(siger, limit);
  });
});
