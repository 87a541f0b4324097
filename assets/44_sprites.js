/* The marks of incidents, drawn once a severity and copied ever after: shape, size and colour together. */
(function (siger) {
  "use strict";

  const INCIDENT_R = 7.6;
  const [NUMBER_PX, NUMBER_HIGH_PX, GLYPH_PX, AIR_PX] = [10.5, 17, 9, 4];
  const { outline } = siger.outlines;

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
    return { canvas, half, high: half, reach: r * 1.15 * scale, wide: r * 1.15 * scale };
  }

  /** How many incidents a cell of the map holds, behind the mark of the worst of them. */
  function numberSprite(severity, text, scale, ratio) {
    const { shape, size, token } = siger.severity(severity);
    const canvas = document.createElement("canvas");
    const font = `600 ${NUMBER_PX}px ${siger.look.token("--family")}`;
    const measure = canvas.getContext("2d");
    measure.font = font;
    const wide = (measure.measureText(text).width + GLYPH_PX + 3 * AIR_PX) / 2;
    const [half, high] = [wide + 2, NUMBER_HIGH_PX / 2 + 2].map((px) => Math.ceil(px * scale * ratio) / ratio);
    canvas.width = 2 * half * ratio;
    canvas.height = 2 * high * ratio;
    const context = canvas.getContext("2d");
    context.setTransform(scale * ratio, 0, 0, scale * ratio, half * ratio, high * ratio);
    context.beginPath();
    context.roundRect(-wide, -NUMBER_HIGH_PX / 2, 2 * wide, NUMBER_HIGH_PX, NUMBER_HIGH_PX / 2);
    context.fillStyle = siger.look.token("--raised");
    context.fill();
    context.lineWidth = severity >= 5 ? 2 : 1.2;
    context.strokeStyle = siger.look.token(severity >= 5 ? "--severity-outline-critical" : "--text-3");
    context.stroke();
    context.translate(-wide + AIR_PX + GLYPH_PX / 2, 0);
    context.fillStyle = siger.look.token(token);
    context.fill(outline(shape, (GLYPH_PX / 2) * Math.min(1, size * 0.85)));
    context.font = font;
    context.textBaseline = "middle";
    context.fillStyle = siger.look.token("--text");
    context.fillText(text, GLYPH_PX / 2 + AIR_PX, 0.5);
    return { canvas, half, high, reach: (NUMBER_HIGH_PX / 2) * scale, wide: wide * scale };
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

  siger.sprites = { incidentSprite, numberSprite };
})((window.siger = window.siger || {}));
