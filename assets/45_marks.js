/* Which incidents the map shows, and where each mark stands.

   Many reports name a district and no place, so that many lie on one point: they are spread in a small spiral around
   it, the most severe in the middle, and what does not fit is counted. Pure: no canvas, no map. */
(function (siger) {
  "use strict";

  const MOST_ON_A_POINT = 8;
  const GAP_PX = 17;
  const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

  /** Whether the map shows this incident: it matches the filter, and is open or chosen. */
  function isShown(incident, now, selected) {
    if (incident.id === selected) return true;
    const open = !siger.names || siger.names.isOpen(incident.status);
    return open && (!siger.filter || siger.filter.matches(incident, now));
  }

  /** The most urgent first: by severity, then the newest, then by id so that the order never flickers. */
  function byUrgency(left, right) {
    return (
      right.severity - left.severity || right.occurred_ms - left.occurred_ms || (left.id < right.id ? -1 : 1)
    );
  }

  function groups(incidents) {
    const points = new Map();
    for (const incident of incidents) {
      const key = `${Math.round(incident.lon * 1e5)},${Math.round(incident.lat * 1e5)}`;
      if (points.has(key)) points.get(key).push(incident);
      else points.set(key, [incident]);
    }
    return points.values();
  }

  /**
   * The marks to draw, low first and critical last.
   * @param {Iterable<object>} incidents
   * @returns {Array<{incident: ?object, severity: number, x: number, y: number, dx: number, dy: number, more: number}>}
   *   x, y on the plane; dx, dy in unscaled pixels; `more` counts what a badge stands for
   */
  function marks(incidents) {
    const made = [];
    for (const group of groups(incidents)) {
      group.sort(byUrgency);
      const shown = group.length > MOST_ON_A_POINT ? MOST_ON_A_POINT - 1 : group.length;
      for (let i = 0; i < shown; i++) made.push(mark(group[i], i, 0));
      if (group.length > shown) made.push(mark(group[shown], shown, group.length - shown));
    }
    return made.sort((left, right) => left.severity - right.severity || left.more - right.more);
  }

  function mark(incident, place, more) {
    const radius = GAP_PX * Math.sqrt(place);
    return {
      incident: more ? null : incident,
      severity: more ? 0 : incident.severity,
      x: siger.plane.planeX(incident.lon),
      y: siger.plane.planeY(incident.lat),
      dx: radius * Math.sin(place * GOLDEN_ANGLE),
      dy: -radius * Math.cos(place * GOLDEN_ANGLE),
      more,
    };
  }

  siger.marks = { isShown, marks, MOST_ON_A_POINT };
})((window.siger = window.siger || {}));
