/* A polling station's mark: a ballot box whose filling says its class, so that no colour is needed to read it.

   0 no data: a small ring; 1 kurang rawan: an empty box; 2 rawan: half full; 3 sangat rawan: full; 4 khusus: crossed.
   A box without its lid stands where only the village or the district is known. Quieter than any incident. */
(function (siger) {
  "use strict";

  const R = 3.5;
  const SIZES = [0.8, 0.85, 1, 1.3, 1.15];
  const TOKENS = ["--tps-0", "--tps-1", "--tps-2", "--tps-3", "--tps-4"];
  const REACH = 7;

  function box(context, klass) {
    const [w, h] = [R, R * 0.75];
    context.beginPath();
    context.rect(-w, -h + 1.2, 2 * w, 2 * h);
    context.fillStyle = siger.look.token("--tps-ground");
    context.fill();
    context.fillStyle = siger.look.token(TOKENS[klass]);
    if (klass === 3) context.fill();
    if (klass === 2) context.fillRect(-w, 1.2, 2 * w, h);
    context.stroke();
    if (klass !== 4) return;
    context.beginPath();
    context.moveTo(-w * 0.6, -h * 0.6 + 1.2);
    context.lineTo(w * 0.6, h * 0.6 + 1.2);
    context.moveTo(w * 0.6, -h * 0.6 + 1.2);
    context.lineTo(-w * 0.6, h * 0.6 + 1.2);
    context.stroke();
  }

  function lid(context) {
    context.beginPath();
    context.moveTo(-R * 1.25, -R * 0.85);
    context.lineTo(R * 1.25, -R * 0.85);
    context.stroke();
  }

  function ring(context, isNear) {
    context.beginPath();
    context.arc(0, 0, R * 0.62, 0, 2 * Math.PI);
    context.fillStyle = siger.look.token(isNear ? "--tps-ground" : TOKENS[0]);
    context.fill();
    context.stroke();
  }

  /** Draws a mark around (0, 0), in unscaled pixels. @param {number} klass 0 to 4 @param {boolean} isNear not its own point */
  function paint(context, klass, isNear) {
    const size = SIZES[klass];
    context.scale(size, size);
    context.lineWidth = 1.15 / size;
    context.strokeStyle = siger.look.token(TOKENS[klass]);
    if (!klass) {
      ring(context, isNear);
      return;
    }
    box(context, klass);
    if (!isNear) lid(context);
  }

  /** A mark as a canvas. @returns {{canvas: HTMLCanvasElement, half: number}} half its width in CSS pixels */
  function sprite(klass, isNear, scale, ratio) {
    const half = Math.ceil(REACH * scale * ratio) / ratio;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Math.round(2 * half * ratio);
    const context = canvas.getContext("2d");
    context.setTransform(scale * ratio, 0, 0, scale * ratio, half * ratio, half * ratio);
    paint(context, klass, isNear);
    return { canvas, half };
  }

  siger.tpsMark = { sprite, REACH, CLASSES: TOKENS.length };
})((window.siger = window.siger || {}));
