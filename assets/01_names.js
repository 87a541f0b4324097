/* Codes into words: areas, categories, states, severities, and the stage of the election at a moment.

   The table comes once from the server (see dashboard/text/names.py); until then a code stands for itself. */
(function (root) {
  "use strict";

  const siger = root.siger;
  const EMPTY = { areas: {}, groups: {}, categories: {}, severities: {}, statuses: {}, stages: [] };
  const DAY_MS = 24 * 3600 * 1000;
  let table = EMPTY;

  siger.names = {
    load(next) {
      table = { ...EMPTY, ...next };
      siger.emit("names", null);
    },
    loaded: () => table !== EMPTY,
    area: (code) => (code && table.areas[code] ? table.areas[code].name : code || ""),
    areaLevel: (code) => (table.areas[code] ? table.areas[code].level : null),
    parent: (code) => (table.areas[code] ? table.areas[code].parent : null),
    /** The regencies that a Polres or Kodim is made of. */
    regenciesOf: (code) => (table.areas[code] && table.areas[code].regencies) || [],
    /** The Polres and the Kodim of a regency. */
    commandsOf: (regency) =>
      Object.keys(table.areas).filter((code) => (table.areas[code].regencies || []).includes(regency)),
    /** Codes of a level, in the server's order. */
    areas: (level) => Object.keys(table.areas).filter((code) => table.areas[code].level === level),
    group: (code) => table.groups[code] || code,
    category: (code) => (table.categories[code] ? table.categories[code].name : code || ""),
    isGroup: (code) => code in table.groups,
    severity: (n) => table.severities[n] || String(n),
    status: (code) => (table.statuses[code] ? table.statuses[code].name : code || ""),
    /** A state that the table does not know counts as open: better shown once too often. */
    isOpen: (code) => (table.statuses[code] ? table.statuses[code].open : true),
    /** Any chosen filter code, group or single category. */
    choice: (code) => (code in table.groups ? table.groups[code] : siger.names.category(code)),
    agency: (code) => (code ? siger.text(`agency.${code}`) : ""),
    /** "Sukadana · Lampung Timur"; what is not known is left out. */
    place(incident) {
      const parts = [incident.district, incident.regency].filter(Boolean).map(siger.names.area);
      return parts.join(" · ") || siger.text("place.unknown");
    },
    /** "Polres Lampung Timur · Kodim 0429/Lamtim". */
    jurisdictions(incident) {
      return [incident.polres, incident.kodim].filter(Boolean).map(siger.names.area).join(" · ");
    },
  };

  /** The stage that runs at `now_ms` and the days to voting day; null outside the calendar. */
  siger.stage = function (now_ms) {
    const running = table.stages.filter((stage) => stage.from_ms <= now_ms && now_ms < stage.until_ms);
    if (!running.length) return null;
    running.sort((a, b) => b.from_ms - a.from_ms || a.until_ms - b.until_ms);
    const voting = table.stages.find((stage) => stage.voting);
    const days_left = voting ? Math.ceil((voting.from_ms - now_ms) / DAY_MS) : null;
    return { name: running[0].name, days_left };
  };

  /** "H-2", "Hari H", "H+3". */
  siger.format.countdown = function (days_left) {
    if (days_left === null || days_left === undefined) return "";
    if (days_left === 0) return siger.text("stage.day");
    return days_left > 0 ? `H-${days_left}` : `H+${-days_left}`;
  };
})(typeof window === "undefined" ? globalThis : window);
