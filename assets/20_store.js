/* What this browser knows: incidents, levels, alarms, readiness, units and sources, as the server's frames made them.

   The store is a mirror, never a source. It takes a frame only if it follows the last one (`prev`), says so when one
   is missing, and can prove by its hash that it shows what the server shows. It draws nothing. */
(function (siger) {
  "use strict";

  const units = new siger.Units();
  const incidents = new Map();
  const levels = new Map();
  const sources = new Map();
  const alarms = new Map();
  const sums = { units: new siger.digest.LineSum(), rest: new siger.digest.LineSum() };
  const unhashed = new Set(); // slots whose line has changed since the hash was last asked for

  const store = {
    incidents,
    levels,
    sources,
    alarms,
    readiness: [],
    units,
    lastId: null,
    boot: null,
    simulated: false,
    gaps: 0,
    dropped: 0,
    waiting: true, // for a snapshot: deltas mean nothing until it comes
    apply,
    hash,
    order,
    reset,
  };

  /**
   * A log id `ms-seq` as a pair that compares as the log orders.
   * @param {?string} id @returns {[number, number]}
   */
  function order(id) {
    const [ms, seq] = (id || "0-0").split("-");
    return [Number(ms), Number(seq || 0)];
  }

  function isBefore(left, right) {
    const [leftMs, leftSeq] = order(left);
    const [rightMs, rightSeq] = order(right);
    return leftMs < rightMs || (leftMs === rightMs && leftSeq < rightSeq);
  }

  /**
   * Takes one frame in. `resync` in the answer: a frame is missing, ask the server for a snapshot.
   * @param {object} frame as decoded by siger.wire @returns {{applied: boolean, resync: boolean}}
   */
  function apply(frame) {
    const verdict = judge(frame);
    if (verdict !== "take") {
      store.dropped++;
      return { applied: false, resync: verdict === "gap" };
    }
    const snapshot = frame.type === "snapshot";
    if (snapshot) forget();
    const change = takeIn(frame, snapshot);
    store.lastId = frame.id;
    store.boot = frame.boot;
    if (snapshot || change.any) siger.emit("change", change);
    if (frame.tps !== undefined) siger.emit("tps-mark", frame.tps);
    return { applied: true, resync: false };
  }

  function judge(frame) {
    if (frame.type === "snapshot") return "take";
    if (store.waiting) return "wait";
    if (frame.boot === store.boot && frame.prev === store.lastId) return "take";
    if (frame.boot === store.boot && !isBefore(store.lastId, frame.id)) return "repeat";
    store.gaps++;
    store.waiting = true;
    return "gap";
  }

  function forget() {
    incidents.clear();
    levels.clear();
    sources.clear();
    alarms.clear();
    store.readiness = [];
    units.clear();
    sums.units.clear();
    sums.rest.clear();
    unhashed.clear();
    store.waiting = false;
  }

  function takeIn(frame, snapshot) {
    if (frame.units && frame.units.meta) units.introduce(frame.units.meta);
    const slots = units.move(frame.columns);
    for (let i = 0; i < slots.length; i++) unhashed.add(slots[i]);
    const told = (frame.incidents || []).map(takeIncident).filter((one) => one !== null);
    const change = {
      snapshot,
      incidents: told.map(({ after }) => after.id),
      told,
      levels: (frame.levels || []).map(takeLevel),
      units: slots.length > 0,
      slots,
      sources: (frame.sources || []).map(takeSource),
      alarms: (frame.alarms || []).map(takeAlarm),
      readiness: Boolean(frame.readiness),
    };
    if (frame.readiness) store.readiness = frame.readiness;
    if (typeof frame.simulated === "boolean") store.simulated = frame.simulated;
    const { levels: moved, sources: heard, alarms: called } = change;
    change.any = change.units || change.readiness || [told, moved, heard, called].some((ids) => ids.length > 0);
    return change;
  }

  /** @returns {?{before: ?object, after: object}} what the incident was and is now; null where this is older news */
  function takeIncident(incident) {
    const known = incidents.get(incident.id) || null;
    if (known && isBefore(incident.rev, known.rev)) return null;
    incidents.set(incident.id, incident);
    sums.rest.set(`i${incident.id}`, incidentLine(incident));
    return { before: known, after: incident };
  }

  function incidentLine(incident) {
    const { id, rev, status, severity, category, lon, lat, regency, district, title } = incident;
    const place = `${Math.round(lon * 1e6)}|${Math.round(lat * 1e6)}|${regency || ''}|${district || ''}`;
    return `i|${id}|${rev}|${status}|${severity}|${category}|${place}|${title}`;
  }

  function takeLevel(level) {
    levels.set(level.code, level);
    const aside = level.override ? `|${level.override.level}|${level.override.until_ms}` : "";
    sums.rest.set(`l${level.code}`, `l|${level.code}|${level.level}|${level.since_ms}${aside}`);
    return level.code;
  }

  function takeSource(source) {
    sources.set(source.source, source);
    return source.source;
  }

  function takeAlarm(alarm) {
    alarms.set(alarm.id, alarm);
    return alarm.id;
  }

  /** The state hash: equal to the server's when both show the same. @returns {string} 16 hex digits */
  function hash() {
    for (const slot of unhashed) sums.units.set(slot, units.line(slot));
    unhashed.clear();
    const total = new siger.digest.LineSum();
    total.crc = (sums.units.crc + sums.rest.crc) >>> 0;
    total.adler = (sums.units.adler + sums.rest.adler) >>> 0;
    return total.hex();
  }

  /** Forgets everything, as a page that was just opened. */
  function reset() {
    forget();
    Object.assign(store, { lastId: null, boot: null, gaps: 0, dropped: 0, waiting: true, simulated: false });
  }

  siger.store = store;
})((window.siger = window.siger || {}));
