/* The live socket: connects for ever, resumes where it stood, asks again when a frame is missing.

   A wall display gets no visitor who could press reload: no number of failures makes this file give up. It hands
   frames to the store and nothing else; what the page shows is not its business. */
(function (siger) {
  "use strict";

  const LADDER_MS = [500, 1000, 2000]; // then the last one always: a screen is back soon after the service is
  const JITTER = 0.25; // so that five hundred screens do not come back in the same instant
  const CONNECT_LIMIT_MS = 6000; // a try into nothing: until then it may still get through
  const SILENCE_LIMIT_MS = 15000; // ticks come every 2 s: this long without one is a dead line
  const RESYNC_AGAIN_MS = 5000;
  const MISTRUST_EVERY_MS = 30000; // how often a differing hash may ask for a snapshot

  const state = {
    socket: null,
    openedMs: null, // performance.now() of the open socket
    closedMs: performance.now(),
    lastFrameMs: null,
    attempt: 0, // failures in a row
    code: null, // why the server closed last: 4401 asks to log in first
    timer: null,
    resyncMs: null,
    mistrustMs: -Infinity,
    mismatches: 0,
    checked: null, // the last comparison of the page's hash with the server's
    frames: 0,
    started: false,
    log: null,
    engine: true, // whether anybody computes levels
    offsetMs: -Infinity,
    synced: false,
  };

  function url() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    return `${scheme}//${location.host}/live`;
  }

  /** Opens the socket and keeps it open until the page goes. Calling it again changes nothing. */
  function start() {
    if (state.started) return;
    state.started = true;
    connect();
    setInterval(watch, 1000);
    window.addEventListener("online", hurry);
    document.addEventListener("visibilitychange", () => document.hidden || hurry());
  }

  function connect() {
    clearTimeout(state.timer);
    const socket = new WebSocket(url());
    socket.binaryType = "arraybuffer";
    state.socket = socket;
    state.timer = setTimeout(() => lost(socket), CONNECT_LIMIT_MS);
    socket.onopen = () => opened(socket);
    socket.onmessage = (message) => received(socket, message.data);
    socket.onclose = (event) => lost(socket, event.code);
  }

  function opened(socket) {
    if (socket !== state.socket) return;
    clearTimeout(state.timer);
    state.openedMs = state.lastFrameMs = performance.now();
    state.resyncMs = null;
    const { lastId, boot, waiting } = siger.store;
    send({ since: waiting ? null : lastId, boot: waiting ? null : boot });
    siger.status.refresh();
  }

  function lost(socket, code = null) {
    if (socket !== state.socket) return;
    state.socket = null;
    state.code = code;
    if (state.openedMs !== null) state.closedMs = performance.now();
    state.openedMs = null;
    clearTimeout(state.timer);
    abandon(socket);
    state.timer = setTimeout(connect, delayMs(state.attempt++));
    siger.status.refresh();
  }

  function abandon(socket) {
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /** The wait before the next try, after `failures` in a row. @param {number} failures @returns {number} */
  function delayMs(failures) {
    const base = LADDER_MS[Math.min(failures, LADDER_MS.length - 1)];
    return base * (1 + JITTER * (2 * Math.random() - 1));
  }

  /** The network or the viewer came back: try now rather than when the ladder says. */
  function hurry() {
    if (state.socket === null) connect();
    else watch();
  }

  function watch() {
    const now = performance.now();
    if (state.openedMs !== null && now - state.lastFrameMs > SILENCE_LIMIT_MS) lost(state.socket);
    else if (state.resyncMs !== null && now - state.resyncMs > RESYNC_AGAIN_MS) resync();
    siger.status.refresh();
  }

  function received(socket, data) {
    if (socket !== state.socket) return;
    state.lastFrameMs = performance.now();
    state.frames++;
    let frame;
    try {
      frame = siger.wire.decode(data);
    } catch (error) {
      refuse(error);
      return;
    }
    take(frame);
  }

  function refuse(error) {
    siger.store.dropped++;
    console.error("siger: a frame could not be read:", error.message);
    if (state.resyncMs === null) resync();
  }

  function take(frame) {
    heed(frame);
    const { applied, resync: missing } = siger.store.apply(frame);
    if (missing) resync();
    if (applied) {
      state.attempt = 0;
      state.synced = true;
      if (frame.type === "snapshot") state.resyncMs = null;
      if (frame.hash) check(frame);
    }
    siger.status.refresh();
  }

  /** The server's clock and the log's last sign of life. */
  function heed(frame) {
    if (frame.log) state.log = frame.log;
    state.engine = frame.engine !== false;
    if (typeof frame.now !== "number") return;
    const sampleMs = frame.now - Date.now(); // too small by the way's delay: the largest sample is the best
    const driftMs = sampleMs - state.offsetMs;
    if (!(driftMs <= 0 && driftMs >= -2000)) state.offsetMs = sampleMs;
    else state.offsetMs += driftMs * 0.02;
    siger.clock.sync(Date.now() + state.offsetMs);
  }

  function check(frame) {
    const match = frame.hash === siger.store.hash();
    state.checked = { match, server: frame.hash, at_ms: siger.now() };
    if (match) return;
    state.mismatches++;
    const now = performance.now();
    if (now - state.mistrustMs < MISTRUST_EVERY_MS) return;
    state.mistrustMs = now;
    resync();
  }

  function resync() {
    state.resyncMs = performance.now();
    send({ resync: true });
  }

  function send(message) {
    if (state.openedMs !== null) state.socket.send(JSON.stringify(message));
  }

  siger.live = { start, state, delayMs };

  if (document.documentElement.dataset.live !== "off") {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
    else setTimeout(start, 0);
  }
})((window.siger = window.siger || {}));
