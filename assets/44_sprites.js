/* The marks of units and incidents, drawn once and copied ever after. A unit's mark depends on agency, state, age and
   heading; an incident's on its severity. Shape always says what colour says. */
(function (siger) {
  "use strict";

  const HEADINGS = 32; // and one column for "unknown"
  const UNKNOWN_HEADING = HEADINGS;
  const COLUMNS = HEADINGS + 1;
  const UNIT_R = 3.7;
  const CROWDED_SIZE = 0.72;
  const HEADING_R = 11;
  const INCIDENT_R = 7.6;
  const AGENCIES = ["polri", "tni", "bawaslu", "kpu", "pemda", "linmas", "bpbd", "lain"];
  const BUSY = new Set([3, 4]); // menuju, di_tkp
  const KINDS_PER_AGENCY = 3; // at ease, busy, stale
  const STALE = 2;

  /** Outlines around (0, 0), all of about the same weight to the eye. */
  const OUTLINES = {
    circle: (path, r) => path.arc(0, 0, r, 0, 2 * Math.PI),
    square: (path, r) => path.rect(-0.88 * r, -0.88 * r, 1.76 * r, 1.76 * r),
    triangle: (path, r) => polygon(path, r * 1.12, 3, -90, r * 0.16),
    diamond: (path, r) => polygon(path, r * 1.15, 4, -90, 0),
    down: (path, r) => polygon(path, r * 1.2, 3, 90, -r * 0.16),
    hexagon: (path, r) => polygon(path, r * 1.1, 6, 0, 0),
    plus: (path, r) => cross(path, r * 1.1, r * 0.42),
    bar: (path, r) => path.rect(-1.15 * r, -0.6 * r, 2.3 * r, 1.2 * r),
    post: (path, r) => path.rect(-0.6 * r, -1.15 * r, 1.2 * r, 2.3 * r),
  };
  const AGENCY_SHAPES = {
    polri: "circle",
    tni: "square",
    bawaslu: "down",
    kpu: "hexagon",
    pemda: "bar",
    linmas: "post",
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

  function outline(shape, r) {
    const path = new Path2D();
    OUTLINES[shape](path, r);
    return path;
  }

  /** Units' marks by number: `row * COLUMNS + column`; rows are agency and kind, columns are headings. */
  class UnitMarks {
    /** @param {number} scale @param {number} ratio device pixels @param {boolean} crowded small and without headings */
    constructor(scale, ratio, crowded) {
      this.crowded = crowded;
      this.size = scale * ratio * (crowded ? CROWDED_SIZE : 1);
      this.cell = 2 * Math.ceil((crowded ? UNIT_R + 2.5 : HEADING_R + 2) * this.size) + 1;
      this.canvas = document.createElement("canvas");
      this.canvas.width = this.canvas.height = this.cell;
      this.context = this.canvas.getContext("2d", { willReadFrequently: true });
      this.made = new Array(COLUMNS * AGENCIES.length * KINDS_PER_AGENCY);
    }

    /** The column for a heading in degrees; "unknown" (65535) has its own. */
    static column(headingDeg) {
      return headingDeg > 360 ? UNKNOWN_HEADING : Math.round((headingDeg * HEADINGS) / 360) % HEADINGS;
    }

    /** The row for an agency and a state, before age. */
    static row(agency, state) {
      const known = AGENCIES.indexOf(agency);
      const index = known < 0 ? AGENCIES.length - 1 : known;
      return index * KINDS_PER_AGENCY + (BUSY.has(state) ? 1 : 0);
    }

    /** A mark's number. */
    index(row, heading, isStale) {
      const column = this.crowded ? UNKNOWN_HEADING : heading;
      return (isStale ? row - (row % KINDS_PER_AGENCY) + STALE : row) * COLUMNS + column;
    }

    /** The mark of a number; drawn when it is first asked for. */
    get(index) {
      return this.made[index] || (this.made[index] = this.make(Math.floor(index / COLUMNS), index % COLUMNS));
    }

    make(row, column) {
      const { context, size, cell } = this;
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, cell, cell);
      context.setTransform(size, 0, 0, size, cell / 2, cell / 2);
      const heading = this.crowded ? UNKNOWN_HEADING : column;
      paintUnit(context, AGENCIES[Math.floor(row / KINDS_PER_AGENCY)], row % KINDS_PER_AGENCY, heading);
      return siger.markFrom(context.getImageData(0, 0, cell, cell));
    }
  }

  function paintUnit(context, agency, kind, column) {
    const { token } = siger.look;
    const isStale = kind === STALE;
    const color = token(isStale ? "--unit-stale" : `--unit-${agency}`) || token("--unit-lain");
    const body = outline(AGENCY_SHAPES[agency], UNIT_R);
    context.lineCap = "round";
    context.lineJoin = "round";
    if (column !== UNKNOWN_HEADING) paintHeading(context, column, color);
    context.lineWidth = 2.4;
    context.strokeStyle = token("--unit-outline");
    context.stroke(body);
    context.lineWidth = 1.4;
    context.strokeStyle = color;
    context.fillStyle = isStale ? token("--sea") : color;
    context.fill(body);
    if (isStale) context.stroke(body);
    if (kind === 1) paintBusy(context, body);
  }

  function paintBusy(context, body) {
    context.lineWidth = 1.3;
    context.strokeStyle = siger.look.token("--text");
    context.stroke(body);
  }

  function paintHeading(context, column, color) {
    const angle = (column * 2 * Math.PI) / HEADINGS;
    const [x, y] = [HEADING_R * Math.sin(angle), -HEADING_R * Math.cos(angle)];
    for (const [width, style] of [[3, siger.look.token("--unit-outline")], [1.3, color]]) {
      context.beginPath();
      context.moveTo(0, 0);
      context.lineTo(x, y);
      context.lineWidth = width;
      context.strokeStyle = style;
      context.stroke();
    }
  }

  /** An incident's mark as a canvas of its own; `reach` is its half width in CSS pixels. */
  function incidentSprite(severity, scale, ratio) {
    const { shape, size, token } = siger.severity(severity);
    const r = INCIDENT_R * size;
    const half = Math.ceil((r * 1.3 + 3) * scale * ratio) / ratio;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 2 * half * ratio;
    const context = canvas.getContext("2d");
    context.setTransform(scale * ratio, 0, 0, scale * ratio, half * ratio, half * ratio);
    paintIncident(context, severity, outline(shape, r), siger.look.token(token));
    return { canvas, half, reach: r * 1.15 * scale };
  }

  function paintIncident(context, severity, body, color) {
    const critical = severity >= 5;
    context.lineJoin = "round";
    context.strokeStyle = siger.look.token(critical ? "--severity-outline-critical" : "--severity-outline");
    context.lineWidth = critical ? 4.2 : 3.4;
    context.stroke(body);
    context.fillStyle = color;
    context.fill(body);
    if (severity > 1) return;
    context.fillStyle = siger.look.token("--severity-outline"); // the least is hollow: told from "low" without colour
    context.fill(outline("circle", INCIDENT_R * 0.36));
  }

  siger.sprites = { UnitMarks, incidentSprite };
})((window.siger = window.siger || {}));
