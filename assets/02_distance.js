/* How far apart two places are, and how a distance is written. Pure. */
(function (root) {
  "use strict";

  const siger = root.siger;
  const EARTH_M = 6371008.8; // the mean radius, as geo/measure.py has it
  const RADIAN = Math.PI / 180;

  /** Metres along the great circle. @param {{lon: number, lat: number}} a @param {{lon: number, lat: number}} b */
  siger.distanceM = function (a, b) {
    const north = Math.sin(((b.lat - a.lat) * RADIAN) / 2);
    const east = Math.sin(((b.lon - a.lon) * RADIAN) / 2);
    const part = north * north + Math.cos(a.lat * RADIAN) * Math.cos(b.lat * RADIAN) * east * east;
    return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(part)));
  };

  /** "350 m", "4,2 km", "38 km". */
  siger.format.distance = function (m) {
    if (m < 995) return `${siger.format.number(Math.round(m / 10) * 10)} m`;
    return `${siger.format.number(m / 1000, m < 9950 ? 1 : 0)} km`;
  };
})(typeof window === "undefined" ? globalThis : window);
