/* The marks of incidents that lie on one point: many reports name a district and no place. They are spread in a small
   spiral around it, the most severe in the middle, and what does not fit is counted. Pure: no canvas, no map. */
(function (siger) {
  "use strict";

  const MOST_ON_A_POINT = 8;
  const GAP_PX = 17;
  const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

  /** The most urgent first: by severity, then the newest, then by id so that the order never flickers. */
  function byUrgency(left, right) {
    const [a, b] = [left.id, right.id];
    return right.severity - left.severity || right.occurred_ms - left.occurred_ms || (a < b ? -1 : a > b ? 1 : 0);
  }

  /** How many marks so many incidents on one point make. */
  const marksOf = (count) => Math.min(count, MOST_ON_A_POINT);

  /**
   * @typedef {object} Mark
   * @property {?object} incident null where the mark stands for several
   * @property {number} severity of the worst that it stands for; 0: the rest of a spiral
   * @property {number} x on the plane
   * @property {number} y
   * @property {number} dx beside it, in unscaled pixels
   * @property {number} dy
   * @property {number} more how many it stands for beside a spiral
   * @property {?number[]} counts how many of each severity it stands for, where it is a cell's number
   * @property {?Array<[number, number]>} places where on the plane that number may stand, the best first
   */

  /** @param {object[]} incidents of one point, the most urgent first @param {{x: number, y: number}} point @returns {Mark[]} */
  function spiral(incidents, point) {
    const shown = incidents.length > MOST_ON_A_POINT ? MOST_ON_A_POINT - 1 : incidents.length;
    const made = incidents.slice(0, shown).map((incident, place) => mark(point, place, { incident, severity: incident.severity }));
    if (incidents.length > shown) made.push(mark(point, shown, { more: incidents.length - shown }));
    return made;
  }

  function mark({ x, y }, place, what) {
    const radius = GAP_PX * Math.sqrt(place);
    const beside = { dx: radius * Math.sin(place * GOLDEN_ANGLE), dy: -radius * Math.cos(place * GOLDEN_ANGLE) };
    return { incident: null, severity: 0, x, y, ...beside, more: 0, counts: null, places: null, ...what };
  }

  siger.marks = { byUrgency, marksOf, mark, spiral };
})((window.siger = window.siger || {}));
