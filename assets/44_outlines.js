/* Outlines of marks around (0, 0), all of about the same weight to the eye, and which of them an agency's units wear.
   Shape says what colour says: police round, army square. */
(function (siger) {
  "use strict";

  const OUTLINES = {
    circle: (path, r) => path.arc(0, 0, r, 0, 2 * Math.PI),
    square: (path, r) => path.rect(-0.88 * r, -0.88 * r, 1.76 * r, 1.76 * r),
    triangle: (path, r) => polygon(path, r * 1.12, 3, -90, r * 0.16),
    diamond: (path, r) => polygon(path, r * 1.15, 4, -90, 0),
    down: (path, r) => polygon(path, r * 1.2, 3, 90, -r * 0.16),
    hexagon: (path, r) => polygon(path, r * 1.1, 6, 0, 0),
    plus: (path, r) => cross(path, r * 1.1, r * 0.42),
    bar: (path, r) => path.rect(-1.15 * r, -0.6 * r, 2.3 * r, 1.2 * r),
    upright: (path, r) => path.rect(-0.6 * r, -1.15 * r, 1.2 * r, 2.3 * r),
  };
  const AGENCY_SHAPES = {
    polri: "circle",
    tni: "square",
    bawaslu: "down",
    kpu: "hexagon",
    pemda: "bar",
    linmas: "upright",
    bpbd: "plus",
    lain: "circle",
  };

  function polygon(path, r, corners, fromDeg, down) {
    for (let i = 0; i < corners; i++) {
      const angle = ((fromDeg + (i * 360) / corners) * Math.PI) / 180;
      path[i ? "lineTo" : "moveTo"](r * Math.cos(angle), r * Math.sin(angle) + down);
    }
    path.closePath();
  }

  function cross(path, r, half) {
    const corners = [[-half, -r], [half, -r], [half, -half], [r, -half], [r, half], [half, half]];
    for (const [x, y] of corners.concat(corners.map(([x, y]) => [-x, -y]))) path.lineTo(x, y);
    path.closePath();
  }

  /** @param {string} shape a key of OUTLINES @param {number} r @returns {Path2D} */
  function outline(shape, r) {
    const path = new Path2D();
    OUTLINES[shape](path, r);
    return path;
  }

  siger.outlines = { outline, AGENCY_SHAPES, AGENCIES: Object.keys(AGENCY_SHAPES) };
})((window.siger = window.siger || {}));
