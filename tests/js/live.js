"use strict";

const { answer, browser, frame } = require("./browser.js");

const SECOND = 1000;

function page() {
  const made = browser("00_", "10_", "11_", "12_", "20_", "30_", "31_", "32_");
  const { siger, window } = made;
  window.Math.random = () => 0.5; // no jitter
  const said = [];
  siger.on("status", (status) => said.push(status.state));
  return { ...made, said, live: siger.live };
}

const open = (socket) => socket.onopen();
const give = (made, socket, header) => {
  const now = made.clock.now;
  socket.onmessage({ data: frame({ boot: "b", now, log: { up: true, seen_ms: now }, ...header }) });
};
const snapshot = (id) => ({ type: "snapshot", id, prev: null });

const cases = {
  /** When it tries again while nothing answers: the waits in seconds. */
  ladder() {
    const made = page();
    made.live.start();
    const waits = [];
    for (let i = 0; i < 9; i++) {
      const before = made.clock.now;
      const count = made.sockets.length;
      made.sockets.at(-1).onclose({ code: 1006 });
      while (made.sockets.length === count) made.clock.pass(100);
      waits.push((made.clock.now - before) / SECOND);
    }
    return waits;
  },

  /** A server that takes the connection and says nothing at all. */
  connectingForEver() {
    const made = page();
    made.live.start();
    made.clock.pass(12 * SECOND);
    return { sockets: made.sockets.length, firstClosed: made.sockets[0].closed };
  },

  jitter() {
    const made = page();
    const seen = [0, 1].map((chance) => {
      made.window.Math.random = () => chance;
      return made.live.delayMs(9);
    });
    return seen;
  },

  resume() {
    const made = page();
    made.live.start();
    const [first] = made.sockets;
    open(first);
    give(made, first, snapshot("5-0"));
    first.onclose({ code: 1006 });
    made.clock.pass(2 * SECOND);
    const second = made.sockets[1];
    open(second);
    return { url: first.url, first: first.sent, second: second.sent };
  },

  gap() {
    const made = page();
    made.live.start();
    const [socket] = made.sockets;
    open(socket);
    give(made, socket, snapshot("5-0"));
    give(made, socket, { type: "delta", id: "9-0", prev: "7-0" });
    give(made, socket, { type: "delta", id: "10-0", prev: "9-0" });
    const asked = socket.sent.slice(1);
    made.clock.pass(6 * SECOND); // nobody answers: ask again
    const again = socket.sent.slice(1);
    give(made, socket, snapshot("10-0"));
    const { gaps, last_event_id, connected } = made.siger.stats();
    return { asked, again: again.length, gaps, last_event_id, connected };
  },

  unreadable() {
    const made = page();
    made.window.console = { error() {} };
    made.live.start();
    const [socket] = made.sockets;
    open(socket);
    give(made, socket, snapshot("5-0"));
    socket.onmessage({ data: new ArrayBuffer(2) });
    return { sent: socket.sent.slice(1), dropped: made.siger.stats().dropped, closed: socket.closed };
  },

  wrongHash() {
    const made = page();
    made.live.start();
    const [socket] = made.sockets;
    open(socket);
    give(made, socket, snapshot("5-0"));
    for (let i = 0; i < 5; i++) give(made, socket, { type: "tick", id: "5-0", prev: "5-0", hash: "f".repeat(16) });
    return { resyncs: socket.sent.slice(1).length, mismatches: made.siger.stats().mismatches };
  },

  /** The line is dead but nobody closed it. */
  silence() {
    const made = page();
    made.live.start();
    const [socket] = made.sockets;
    open(socket);
    give(made, socket, snapshot("5-0"));
    made.clock.pass(20 * SECOND);
    return { closed: socket.closed, sockets: made.sockets.length > 1, said: made.said };
  },

  /** The socket lives, the log behind it does not. */
  logGone() {
    const made = page();
    made.live.start();
    const [socket] = made.sockets;
    open(socket);
    give(made, socket, snapshot("5-0"));
    const seen = made.clock.now;
    for (let i = 0; i < 7; i++) {
      made.clock.pass(2 * SECOND);
      give(made, socket, { type: "tick", id: "5-0", prev: "5-0", log: { up: true, seen_ms: seen } });
    }
    const age = made.siger.status.current().ageMs;
    give(made, socket, { type: "tick", id: "5-0", prev: "5-0" });
    return { said: made.said, age };
  },

  outage() {
    const made = page();
    made.live.start();
    const [socket] = made.sockets;
    open(socket);
    give(made, socket, snapshot("5-0"));
    socket.onclose({ code: 1006 });
    for (let i = 0; i < 60; i++) {
      made.clock.pass(SECOND);
      made.sockets.at(-1).onclose?.({ code: 1006 });
    }
    made.heard.online();
    const last = made.sockets.at(-1);
    open(last);
    give(made, last, snapshot("6-0"));
    return { said: made.said.filter((state, i, all) => state !== all[i - 1]), attempt: made.live.state.attempt };
  },

  hurry() {
    const made = page();
    made.live.start();
    made.sockets[0].onclose({ code: 1006 });
    const before = made.sockets.length;
    made.heard.online();
    made.clock.pass(5 * SECOND); // the old timer must not open a second one
    return { before, after: made.sockets.length };
  },

  judge() {
    const { status } = page().siger;
    const good = { open: true, closedForMs: 0, synced: true, frameAgeMs: 0, logUp: true, logAgeMs: 0 };
    const of = (facts) => status.judge({ ...good, ...facts });
    return {
      good: of({}),
      justClosed: of({ open: false, closedForMs: 2999 }),
      closed: of({ open: false, closedForMs: 3001 }),
      noPictureYet: of({ synced: false }),
      logDown: of({ logUp: false }),
      logSilent: of({ logAgeMs: 10001 }),
      noFrames: of({ frameAgeMs: 10001 }),
    };
  },
};

answer(() => Object.fromEntries(Object.entries(cases).map(([name, work]) => [name, work()])));
