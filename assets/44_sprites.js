/* The marks of incidents, drawn once a severity and copied ever after: shape, size and colour together. */
(function (siger) {
  "use strict";

  const INCIDENT_R = 7.6;
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

  siger.sprites = { incidentSprite };
})((window.siger = window.siger || {}));
