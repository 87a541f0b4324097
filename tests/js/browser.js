/* A browser as far as Siger's scripts need one: assets are run as the page runs them, in one global `window`.
   Time and sockets are in the test's hands. */
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const ASSETS = path.join(__dirname, "..", "..", "assets");

/** Timers that fire when the test says so. */
class Clock {
  constructor() {
    this.now = 1_000_000;
    this.due = [];
  }

  set(fn, ms, again) {
    const timer = { at: this.now + ms, fn, again };
    this.due.push(timer);
    return timer;
  }

  clear(timer) {
    this.due = this.due.filter((one) => one !== timer);
  }

  pass(ms) {
    const end = this.now + ms;
    for (;;) {
      const [next] = this.due.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.clear(next);
      this.now = next.at;
      if (next.again) this.due.push({ ...next, at: this.now + next.again });
      next.fn();
    }
    this.now = end;
  }
}

class Socket {
  static made = [];

  constructor(url) {
    this.url = url;
    this.sent = [];
    this.closed = false;
    Socket.made.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
  }
}

/** A window in which the assets whose names start with `prefixes` have run. */
function browser(...prefixes) {
  const clock = new Clock();
  Socket.made = [];
  const heard = {};
  const page = { hidden: false, readyState: "complete", documentElement: { dataset: { live: "off" } } };
  page.addEventListener = (name, fn) => (heard[name] = fn);
  class FixedDate extends Date {
    static now() {
      return clock.now;
    }
  }
  const window = {
    console,
    TextDecoder,
    TextEncoder,
    Date: FixedDate,
    Math: Object.create(Math), // its own, so that a test may say what chance does
    document: page,
    location: { protocol: "https:", host: "siger.test" },
    WebSocket: Socket,
    performance: { now: () => clock.now },
    setTimeout: (fn, ms) => clock.set(fn, ms),
    clearTimeout: (timer) => clock.clear(timer),
    setInterval: (fn, ms) => clock.set(fn, ms, ms),
    requestAnimationFrame: () => 0,
    matchMedia: () => ({ matches: false }),
    addEventListener: (name, fn) => (heard[name] = fn),
  };
  window.window = window;
  const context = vm.createContext(window);
  for (const prefix of prefixes) {
    for (const name of fs.readdirSync(ASSETS).filter((file) => file.startsWith(prefix) && file.endsWith(".js")).sort()) {
      vm.runInContext(fs.readFileSync(path.join(ASSETS, name), "utf8"), context, { filename: name });
    }
  }
  return { siger: window.siger, window, clock, heard, sockets: Socket.made };
}

/** A frame as it comes from the socket. */
function buffer(base64) {
  const bytes = Buffer.from(base64, "base64");
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
}

/** A frame without positions, made here. */
function frame(header) {
  const text = Buffer.from(JSON.stringify({ units: { n: 0, meta: [] }, ...header }));
  const head = Buffer.alloc(4);
  head.writeUInt32LE(text.length);
  return buffer(Buffer.concat([head, text]).toString("base64"));
}

/** Runs a test's script, which may be async: JSON in on stdin, JSON out on stdout. */
async function answer(work) {
  const asked = JSON.parse(fs.readFileSync(0, "utf8"));
  process.stdout.write(JSON.stringify(await work(asked)));
}

module.exports = { browser, buffer, frame, answer };
