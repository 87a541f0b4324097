/* The one global of Siger's browser side: the bus, the server's clock, the texts, and how figures and times are written.

   Every other script in this folder hangs its part on `window.siger` and speaks to the others through the bus alone.
   Nothing here touches the page's elements, so that all of it also runs in Node, where its tests are.

   Names on the bus: "status", "change", "pick" (live layer and map), "filter", "theme", "names", "select" (pages). */
(function (root) {
  "use strict";

  const siger = (root.siger = root.siger || {});
  const listeners = new Map();

  /** Calls `fn(data)` at every `emit(name, data)`; returns what takes it off again. */
  siger.on = function (name, fn) {
    if (!listeners.has(name)) listeners.set(name, new Set());
    listeners.get(name).add(fn);
    return () => listeners.get(name).delete(fn);
  };

  /** One listener's fault must not silence the others: it is reported and the rest still hear. */
  siger.emit = function (name, data) {
    for (const fn of listeners.get(name) || []) {
      try {
        fn(data);
      } catch (error) {
        console.error(`siger: a listener of "${name}" failed`, error);
      }
    }
  };

  /* The server's clock. A wall's own clock may be minutes off; ages are counted by the server's time. */
  let offset_ms = 0;
  siger.clock = {
    sync(server_ms) {
      if (Number.isFinite(server_ms)) offset_ms = server_ms - Date.now();
    },
  };
  siger.now = () => Date.now() + offset_ms;

  /* Texts: `window.siger_text = {lang, messages}` comes from /text.js before this file. */
  const text = () => root.siger_text || { lang: "id", messages: {} };
  siger.lang = () => text().lang;

  /** The message with its `{name}`s filled in; `{n|incident|incidents}` chooses by whether n is 1. */
  siger.text = function (key, vars = {}) {
    const message = text().messages[key];
    if (message === undefined) return key;
    return message.replace(/\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g, (whole, name, one, many) => {
      if (!(name in vars)) return whole;
      if (one !== undefined) return Number(vars[name]) === 1 ? one : many;
      return typeof vars[name] === "number" ? siger.format.number(vars[name]) : String(vars[name]);
    });
  };

  const WIB_OFFSET_MS = 7 * 3600 * 1000;
  const two = (n) => String(n).padStart(2, "0");
  const wib = (ms) => new Date(ms + WIB_OFFSET_MS);
  const known = (ms) => typeof ms === "number" && Number.isFinite(ms);
  const DASH = "–";

  siger.format = {
    /** "14.05" (WIB); "14:05" in English. */
    clock(ms) {
      if (!known(ms)) return DASH;
      const at = wib(ms);
      return two(at.getUTCHours()) + (siger.lang() === "en" ? ":" : ".") + two(at.getUTCMinutes());
    },
    /** "Senin, 25/11/2024". */
    day(ms) {
      if (!known(ms)) return DASH;
      const at = wib(ms);
      const name = siger.text("days").split(" ")[at.getUTCDay()];
      return `${name}, ${two(at.getUTCDate())}/${two(at.getUTCMonth() + 1)}/${at.getUTCFullYear()}`;
    },
    /** "Senin, 25/11/2024 14.05 WIB": how orders and reports write a moment. */
    stamp(ms) {
      return known(ms) ? `${this.day(ms)} ${this.clock(ms)} WIB` : DASH;
    },
    /** "14.05" today, "25/11 14.05" on another day: for rows, where a bare hour of yesterday would lie. */
    moment(ms, now_ms = siger.now()) {
      if (!known(ms)) return DASH;
      const at = wib(ms);
      if (wib(now_ms).toISOString().slice(0, 10) === at.toISOString().slice(0, 10)) return this.clock(ms);
      const year = wib(now_ms).getUTCFullYear() === at.getUTCFullYear() ? "" : "/" + at.getUTCFullYear();
      return `${two(at.getUTCDate())}/${two(at.getUTCMonth() + 1)}${year} ${this.clock(ms)}`;
    },
    /** How long, in one unit: "5 dtk", "12 mnt", "3 jam", "2 hari". */
    span(ms) {
      if (!known(ms)) return DASH;
      const s = Math.max(0, Math.floor(ms / 1000));
      if (s < 60) return siger.text("span.s", { n: s });
      if (s < 3600) return siger.text("span.min", { n: Math.floor(s / 60) });
      if (s < 48 * 3600) return siger.text("span.h", { n: Math.floor(s / 3600) });
      return siger.text("span.d", { n: Math.floor(s / 86400) });
    },
    /** "12 mnt lalu". */
    ago(ms, now_ms = siger.now()) {
      return known(ms) ? siger.text("ago", { span: this.span(now_ms - ms) }) : DASH;
    },
    /** Dot for thousands and comma for decimals; the other way round in English. */
    number(n, decimals) {
      if (!known(n)) return DASH;
      const plain = decimals === undefined ? String(Math.round(n * 100) / 100) : Math.abs(n).toFixed(decimals);
      const [whole, fraction] = plain.replace("-", "").split(".");
      const [group, point] = siger.lang() === "en" ? [",", "."] : [".", ","];
      const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group);
      return (n < 0 ? "−" : "") + grouped + (fraction ? point + fraction : "");
    },
  };

  /* How a severity (1-5) is drawn, everywhere: shape, size against the smallest, and the token of its colour. */
  const SEVERITIES = {
    1: { shape: "circle", size: 0.85, token: "--severity-1" },
    2: { shape: "circle", size: 1.0, token: "--severity-2" },
    3: { shape: "square", size: 1.15, token: "--severity-3" },
    4: { shape: "triangle", size: 1.35, token: "--severity-4" },
    5: { shape: "diamond", size: 1.7, token: "--severity-5" },
  };
  siger.severity = (n) => SEVERITIES[Math.min(5, Math.max(1, Math.round(n) || 1))];
})(typeof window === "undefined" ? globalThis : window);
