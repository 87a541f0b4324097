/* The marks of units and incidents, drawn once and copied ever after. A unit's mark depends on agency, state, age and
   heading; an incident's on its severity. Shape always says what colour says. */
(function (siger) {
  "use strict";

  const HEADINGS = 32; // and one column for "unknown"
  const UNKNOWN_HEADING = HEADINGS;
  const UNIT_R = 3.7;
  const HEADING_R = 11;
  const UNIT_CELL = 2 * (HEADING_R + 2);
  const INCIDENT_R = 7.6;
  const AGENCIES = ["polri", "tni", "bawaslu", "kpu", "pemda", "linmas", "bpbd", "lain"];
  const BUSY = new Set([3, 4]); // menuju, di_tkp
  const KINDS_PER_AGENCY = 3; // at ease, busy, stale

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

  /** Columns are headings, rows are agency and kind; a cell is drawn when it is first needed. */
  class UnitSprites {
    constructor(scale, ratio) {
      this.scale = scale;
      this.ratio = ratio;
      this.cell = Math.ceil(UNIT_CELL * scale * ratio);
      this.canvas = document.createElement("canvas");
      this.canvas.width = this.cell * (HEADINGS + 1);
      this.canvas.height = this.cell * AGENCIES.length * KINDS_PER_AGENCY;
      this.context = this.canvas.getContext("2d");
      this.drawn = new Uint8Array((HEADINGS + 1) * AGENCIES.length * KINDS_PER_AGENCY);
    }

    /** The column for a heading in degrees; UNKNOWN (65535) and standing units have none. */
    static column(headingDeg) {
      return headingDeg > 360 ? UNKNOWN_HEADING : Math.round((headingDeg * HEADINGS) / 360) % HEADINGS;
    }

    /** The row for an agency and a state, before age: `row + 2` (busy: `row + 1`) is the same mark gone stale. */
    static row(agency, state) {
      const known = AGENCIES.indexOf(agency);
      const index = known < 0 ? AGENCIES.length - 1 : known;
      return index * KINDS_PER_AGENCY + (BUSY.has(state) ? 1 : 0);
    }

    static stale(row) {
      return row - (row % KINDS_PER_AGENCY) + 2;
    }

    ensure(column, row) {
      const index = row * (HEADINGS + 1) + column;
      if (this.drawn[index]) return;
      this.drawn[index] = 1;
      const { context } = this;
      const size = this.scale * this.ratio;
      context.setTransform(size, 0, 0, size, (column + 0.5) * this.cell, (row + 0.5) * this.cell);
      paintUnit(context, AGENCIES[Math.floor(row / KINDS_PER_AGENCY)], row % KINDS_PER_AGENCY, column);
    }
  }

  function paintUnit(context, agency, kind, column) {
    const { token } = siger.look;
    const isStale = kind === 2;
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

  siger.sprites = { UnitSprites, incidentSprite };
})((window.siger = window.siger || {}));
