/* The marks of units, drawn once and copied ever after. Agency is the shape and the colour, state how the shape is
   filled, heading a short line, kind a small picture where there is room for one.

   Three sizes: a dot where the window is crowded, a mark with its heading, and a larger one with its kind. None is as
   large as the smallest incident. */
(function (siger) {
  "use strict";

  const { outline, AGENCY_SHAPES, AGENCIES } = siger.outlines;
  const HEADINGS = 32; // and one column for "unknown"
  const UNKNOWN_HEADING = HEADINGS;
  const COLUMNS = HEADINGS + 1;
  const KINDS = ["", "car", "motorcycle", "foot", "boat", "post"];
  const [SIAGA, MENUJU, DI_TKP, ISTIRAHAT] = [1, 3, 4, 5]; // as the wire numbers the states
  const STALE = 6; // beside them
  const LOOKS = 7;
  const SIZES = {
    crowded: { r: 2.7, heading: null, glyph: false },
    plain: { r: 3.7, heading: 11, glyph: false },
    roomy: { r: 6.1, heading: 14, glyph: true },
  };

  /** Units' marks by number: `row * COLUMNS + column`; rows are agency, kind and state, columns are headings. */
  class UnitMarks {
    /** @param {number} scale @param {number} ratio device pixels @param {"crowded"|"plain"|"roomy"} size */
    constructor(scale, ratio, size) {
      this.size = size;
      this.shape = SIZES[size];
      this.zoom = scale * ratio;
      this.cell = 2 * Math.ceil(((this.shape.heading || this.shape.r) + 3) * this.zoom) + 1;
      this.canvas = document.createElement("canvas");
      this.canvas.width = this.canvas.height = this.cell;
      this.context = this.canvas.getContext("2d", { willReadFrequently: true });
      this.made = new Array(COLUMNS * AGENCIES.length * KINDS.length * LOOKS);
    }

    /** The column for a heading in degrees; "unknown" (65535) has its own. */
    static column(headingDeg) {
      return headingDeg > 360 ? UNKNOWN_HEADING : Math.round((headingDeg * HEADINGS) / 360) % HEADINGS;
    }

    /** The row for what a unit is and does, before age. */
    static row(agency, kind, state) {
      const known = AGENCIES.indexOf(agency);
      const index = known < 0 ? AGENCIES.length - 1 : known;
      return (index * KINDS.length + Math.max(0, KINDS.indexOf(kind))) * LOOKS + Math.min(state, STALE - 1);
    }

    /** A mark's number. */
    index(row, heading, isStale) {
      const column = this.shape.heading ? heading : UNKNOWN_HEADING;
      return (isStale ? row - (row % LOOKS) + STALE : row) * COLUMNS + column;
    }

    /** The mark of a number; drawn when it is first asked for. */
    get(index) {
      return this.made[index] || (this.made[index] = this.make(Math.floor(index / COLUMNS), index % COLUMNS));
    }

    make(row, column) {
      const { context, cell, zoom } = this;
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, cell, cell);
      context.setTransform(zoom, 0, 0, zoom, cell / 2, cell / 2);
      paint(context, partsOf(row), this.shape.heading ? column : UNKNOWN_HEADING, this.shape);
      return siger.markFrom(context.getImageData(0, 0, cell, cell));
    }
  }

  function partsOf(row) {
    const kind = Math.floor(row / LOOKS) % KINDS.length;
    return { agency: AGENCIES[Math.floor(row / LOOKS / KINDS.length)], kind: KINDS[kind], look: row % LOOKS };
  }

  function paint(context, { agency, kind, look }, column, { r, heading, glyph }) {
    const { token } = siger.look;
    const color = look === STALE ? token("--unit-stale") : token(`--unit-${agency}`) || token("--unit-lain");
    const body = outline(AGENCY_SHAPES[agency], r);
    context.lineCap = context.lineJoin = "round";
    if (column !== UNKNOWN_HEADING && kind !== "post") paintHeading(context, column, color, heading, look === MENUJU);
    context.lineWidth = 2.4;
    context.strokeStyle = token("--unit-outline");
    context.stroke(body);
    (FILLS[look] || solid)(context, body, { color, r, shape: AGENCY_SHAPES[agency] });
    const isHollow = look === STALE || look === ISTIRAHAT;
    if (glyph && GLYPHS[kind]) paintGlyph(context, kind, isHollow ? color : token("--unit-outline"));
    else if (MIDDLES[look]) MIDDLES[look](context, r, color);
  }

  const solid = (context, body, { color }) => {
    context.fillStyle = color;
    context.fill(body);
  };
  const hollow = (context, body, { color }) => {
    context.fillStyle = siger.look.token("--unit-outline");
    context.fill(body);
    context.lineWidth = 1.4;
    context.strokeStyle = color;
    context.stroke(body);
  };
  /** Standing by: a full mark with a line around it. */
  const ringed = (context, body, { color, r, shape }) => {
    hollow(context, body, { color });
    context.fillStyle = color;
    context.fill(outline(shape, r * 0.62));
  };
  /** On the way or on the scene: the brightest line around it. */
  const bright = (context, body, parts) => {
    solid(context, body, parts);
    context.lineWidth = 1.4;
    context.strokeStyle = siger.look.token("--text");
    context.stroke(body);
  };
  const FILLS = { [SIAGA]: ringed, [MENUJU]: bright, [DI_TKP]: bright, [ISTIRAHAT]: hollow, [STALE]: hollow };

  /** What stands in the middle where no kind does: a dot on the scene, a stroke at rest. */
  const MIDDLES = {
    [DI_TKP](context, r) {
      context.fillStyle = siger.look.token("--unit-outline");
      context.fill(outline("circle", r * 0.42));
    },
    [ISTIRAHAT](context, r, color) {
      context.fillStyle = color;
      context.fillRect(-0.55 * r, -0.22 * r, 1.1 * r, 0.44 * r);
    },
  };

  function paintHeading(context, column, color, length, hasHead) {
    context.save();
    context.rotate((column * 2 * Math.PI) / HEADINGS);
    for (const [width, style] of [[3, siger.look.token("--unit-outline")], [1.4, color]]) {
      context.lineWidth = width;
      context.strokeStyle = style;
      context.stroke(new Path2D(`M0 0V${-length}${hasHead ? `M-2.6 ${3 - length}L0 ${-length}L2.6 ${3 - length}` : ""}`));
    }
    context.restore();
  }

  const GLYPHS = {
    car: "M-3.6 1.9V-.2L-2.3-.6-1.4-2.5H1.4L2.3-.6 3.6-.2V1.9ZM-2.9 2.2a.9.9 0 1 0 1.8 0a.9.9 0 1 0-1.8 0M1.1 2.2a.9.9 0 1 0 1.8 0a.9.9 0 1 0-1.8 0",
    motorcycle: "M-3.9 1.3a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0M.9 1.3a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0M-2.4 1.6L-1.6-1.1H1L.4-2.4H1.9L2.9 1.6Z",
    foot: "M-1.2-2.6a1.2 1.2 0 1 0 2.4 0a1.2 1.2 0 1 0-2.4 0M-1.5-1H1.5L1.1 1.1 1.7 3.6H.5L0 1.8-.5 3.6H-1.7L-1.1 1.1Z",
    boat: "M-3.7.7H3.7L2.4 3H-2.4ZM-.4 0V-3.4L2.7 0Z",
    post: "M-2.8 2.9V-.4L0-3.1 2.8-.4V2.9H.9V.6H-.9V2.9Z",
  };

  function paintGlyph(context, kind, color) {
    context.fillStyle = color;
    context.fill(new Path2D(GLYPHS[kind]));
  }

  /** A unit's mark for the page (a legend, a list), as a canvas with nothing to say to screen readers. */
  function picture(agency, kind, state, px = 18) {
    const ratio = window.devicePixelRatio || 1;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Math.round(px * ratio);
    canvas.style.width = canvas.style.height = `${px}px`;
    canvas.setAttribute("aria-hidden", "true");
    const context = canvas.getContext("2d");
    const zoom = (px * ratio) / 18;
    context.setTransform(zoom, 0, 0, zoom, (px * ratio) / 2, (px * ratio) / 2);
    paint(context, partsOf(UnitMarks.row(agency, kind, state)), UNKNOWN_HEADING, SIZES.roomy);
    return canvas;
  }

  siger.UnitMarks = UnitMarks;
  siger.unitPicture = picture;
})((window.siger = window.siger || {}));
