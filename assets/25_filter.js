/* What the viewer has chosen, as the live objects are filtered by it. Pure, but for the one "filter" it emits.

   The server resolves a choice (a Kodim, a group of categories) into the codes that objects carry; this only compares. */
(function (root) {
  "use strict";

  const siger = root.siger;
  const EVERYTHING = {
    area: null,
    regencies: null,
    districts: null,
    categories: null,
    chosen: [],
    hours: null,
    tps: false,
    unknown: [],
  };
  const HOUR_MS = 3600 * 1000;

  let current = EVERYTHING;
  let categories = null;

  siger.filter = {
    set(next) {
      current = { ...EVERYTHING, ...next };
      categories = current.categories === null ? null : new Set(current.categories);
      siger.emit("filter", current);
    },
    get current() {
      return current;
    },
    /** Whether an incident passes area, category and time. */
    matches(incident, now_ms) {
      return (
        this.inArea(incident) &&
        (categories === null || categories.has(incident.category)) &&
        (current.hours === null || incident.occurred_ms > now_ms - current.hours * HOUR_MS)
      );
    },
    /** How far back the chosen hours reach; null: everything. */
    window_ms: () => (current.hours === null ? null : current.hours * HOUR_MS),
    /** Whether something with these codes lies in the chosen area. */
    inArea(place) {
      if (current.districts !== null) return current.districts.includes(place.district);
      return current.regencies === null || current.regencies.includes(place.regency);
    },
    /** Area and category only: for what is compared with an earlier window. */
    matchesEver(incident) {
      return this.inArea(incident) && (categories === null || categories.has(incident.category));
    },
    /** Whether a regency is part of the chosen area. */
    hasRegency: (code) => current.regencies === null || current.regencies.includes(code),
  };
})(typeof window === "undefined" ? globalThis : window);
