/* What stands around the units: their trails below, their callsigns beside, a ring around the chosen one. Drawn four
   times a second at most, and with the view; a canvas on which there is nothing takes no part in the page. */
(function (siger) {
  "use strict";

  const EVERY_MS = 250;
  const MOST_TRAILS = 400; // units in the window: above it trails are a scribble
  const MOST_NAMED = 150; // and names a wall of text
  const FADES = 4; // steps in which a trail fades with its age
  const TRAIL_PX = 2.2;

  class UnitNotes {
    /** @param {L.Map} map @param {object} layer the units' */
    constructor(map, layer) {
      this.map = map;
      this.layer = layer;
      this.trails = new siger.Trails();
      this.boot = null;
      this.showsTrails = false; // of all units; the chosen one's is always shown
      this.below = siger.canvasLayer(map, "siger-trails", (context, view) => this.paintTrails(context, view));
      this.beside = siger.canvasLayer(map, "siger-callsigns", (context, view) => this.paintNames(context, view));
      this.callsigns = new siger.Callsigns();
      this.ring = ringElement(map);
      this.drawnMs = -Infinity;
      this.key = "";
    }

    /** Takes a change of the store over. Slots hold within one run of the server; trails go with them. */
    take({ slots }) {
      if (siger.store.boot !== this.boot) this.trails.clear();
      this.boot = siger.store.boot;
      this.trails.take(slots, this.layer.units);
    }

    restyle() {
      this.key = "";
    }

    /** After each drawing of the units. @param {number} now */
    tick(now) {
      const { min } = this.map.getPixelBounds();
      const { chosen, visible, marks } = this.layer;
      this.circle();
      const count = visible.count();
      const trails = chosen >= 0 || (this.showsTrails && count <= MOST_TRAILS);
      const names = count > 0 && (chosen >= 0 || (marks.size === "roomy" && count <= MOST_NAMED));
      const key = `${this.map.getZoom()} ${min.x} ${min.y} ${chosen} ${trails} ${names} ${this.showsTrails}`;
      if (key === this.key && now - this.drawnMs < EVERY_MS) return;
      this.key = key;
      this.drawnMs = now;
      show(this.below, trails);
      show(this.beside, names);
    }

    circle() {
      const { chosen, visible } = this.layer;
      const at = chosen < 0 ? null : visible.find(chosen);
      this.ring.hidden = at === null;
      if (at) window.L.DomUtil.setPosition(this.ring, this.map.containerPointToLayerPoint([at.x, at.y]));
    }

    paintTrails(context, view) {
      const { visible, chosen } = this.layer;
      const scale = siger.look.scale();
      context.lineJoin = context.lineCap = "round";
      if (this.showsTrails && visible.count() <= MOST_TRAILS) {
        visible.each((slot, x, y) => slot !== chosen && this.trail(context, view, slot, { x, y, scale, strong: false }));
      }
      const at = chosen < 0 ? null : visible.find(chosen);
      if (at) this.trail(context, view, chosen, { ...at, scale, strong: true });
    }

    /** One unit's way to where it is shown now; what is older is fainter. */
    trail(context, { k, left, top }, slot, { x, y, scale, strong }) {
      const now_ms = siger.now();
      const points = [];
      this.trails.walk(slot, now_ms, (lonE6, latE6, ms) => {
        const age = Math.min(FADES - 1, Math.floor(((now_ms - ms) / (siger.TRAIL_MINUTES * 60000)) * FADES));
        points.push([siger.plane.planeX(lonE6 / 1e6) * k - left, siger.plane.planeY(latE6 / 1e6) * k - top, age]);
      });
      points.push([x, y, 0]);
      if (strong) this.stroke(context, points, "--label-halo", (TRAIL_PX + 2.6) * scale, 0.7);
      const color = siger.look.token(`--unit-${this.layer.units.meta[slot].agency}`) ? `--unit-${this.layer.units.meta[slot].agency}` : "--unit-lain";
      this.stroke(context, points, color, (strong ? TRAIL_PX : 1.4) * scale, strong ? 1 : 0.75);
      context.globalAlpha = 1;
    }

    stroke(context, points, color, width, alpha) {
      context.strokeStyle = siger.look.token(color);
      context.lineWidth = width;
      for (let i = 1; i < points.length; ) {
        const age = points[i][2];
        context.globalAlpha = alpha * (1 - age / (FADES + 1));
        context.beginPath();
        context.moveTo(points[i - 1][0], points[i - 1][1]);
        for (; i < points.length && points[i][2] === age; i++) context.lineTo(points[i][0], points[i][1]);
        context.stroke();
      }
    }

    paintNames(context, view) {
      const { visible, chosen, units, marks } = this.layer;
      const everybody = marks.size === "roomy" && visible.count() <= MOST_NAMED;
      const wanted = [];
      visible.each((slot, x, y) => {
        if (!everybody && slot !== chosen) return;
        wanted.push({ slot, x, y, text: siger.callsign(units.meta[slot]), urgent: slot === chosen });
      });
      this.callsigns.paint(context, view, wanted, this.layer.obstacles());
    }

    remove() {
      for (const part of [this.below, this.beside, this.ring]) part.remove();
    }
  }

  function show(canvas, isWanted) {
    canvas.canvas.hidden = !isWanted;
    if (isWanted) canvas.draw();
  }

  function ringElement(map) {
    const ring = document.createElement("div");
    ring.className = "siger-unit-ring";
    ring.hidden = true;
    map.getPane("siger-rings").append(ring);
    return ring;
  }

  siger.UnitNotes = UnitNotes;
})((window.siger = window.siger || {}));
