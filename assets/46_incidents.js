/* The incidents on their canvas: drawn when one changes or the view does, critical last. News is drawn with the next
   frame; where ten thousand are open and a drawing is dear, the page then rests for some time of its cost. The slow ring
   around a critical one that nobody has taken up is an element of its own: the style sheet moves it, no script does. */
(function (siger) {
  "use strict";

  const MOST_RINGS = 12; // where everything rings nothing is heard
  const RING_MS = 2400; // as the style sheet has it: a negative delay puts all rings in step
  const UNHANDLED = "baru";
  const BADGE_R = 9;
  const REST = 2.5; // after a drawing the page has this many times its cost for itself
  const LONGEST_REST_MS = 1000;

  class IncidentLayer {
    /** @param {L.Map} map */
    constructor(map) {
      this.map = map;
      this.canvas = siger.canvasLayer(map, "siger-incidents", (context, view) => this.paint(context, view));
      this.sprites = new Map();
      this.marks = [];
      this.placed = []; // marks with their pixels as last drawn
      this.rings = [];
      this.selected = null;
      this.drawnMs = -Infinity;
      this.costMs = 0; // of a drawing, until the screen's next frame; smoothed
      this.drewLast = false;
      this.sort();
    }

    /** Which incidents are shown is to be decided anew, before the next drawing. */
    sort() {
      this.isSorted = false;
      this.want("news");
    }

    /** @param {"news"|"view"} how news may wait until the page has rested, the view may not */
    want(how) {
      if (this.wanted !== "view") this.wanted = how;
    }

    arrange() {
      const now = siger.now();
      const shown = [];
      for (const incident of siger.store.incidents.values()) {
        if (siger.marks.isShown(incident, now, this.selected)) shown.push(incident);
      }
      this.marks = siger.marks.marks(shown);
      this.isSorted = true;
    }

    select(id) {
      this.selected = id;
      this.sort();
      this.want("view");
    }

    /** The theme or the scale has changed. */
    restyle() {
      this.sprites.clear();
      this.want("view");
    }

    /** Called at every frame of the screen. */
    tick(now) {
      if (this.drewLast) this.costMs += (now - this.drawnMs - this.costMs) * 0.5;
      this.drewLast = false;
      const restMs = this.wanted === "news" ? Math.min(LONGEST_REST_MS, this.costMs * REST) : 0;
      if (!this.wanted || document.hidden || now - this.drawnMs < restMs) return;
      if (!this.isSorted) this.arrange();
      if (!this.canvas.draw()) return;
      this.wanted = null;
      this.drawnMs = now;
      this.drewLast = true;
      this.ring();
    }

    paint(context, view) {
      const scale = siger.look.scale();
      this.placed = [];
      for (const mark of this.marks) {
        const x = mark.x * view.k - view.left + mark.dx * scale;
        const y = mark.y * view.k - view.top + mark.dy * scale;
        if (x < -40 || y < -40 || x > view.width + 40 || y > view.height + 40) continue;
        const reach = mark.more ? this.badge(context, mark, x, y, scale) : this.stamp(context, mark, x, y, view.ratio);
        this.placed.push({ mark, x, y, reach });
        if (mark.incident && mark.incident.id === this.selected) choose(context, x, y, reach, scale);
      }
    }

    stamp(context, mark, x, y, ratio) {
      const key = `${mark.severity}@${ratio}`;
      if (!this.sprites.has(key)) {
        this.sprites.set(key, siger.sprites.incidentSprite(mark.severity, siger.look.scale(), ratio));
      }
      const { canvas, half, reach } = this.sprites.get(key);
      context.drawImage(canvas, x - half, y - half, 2 * half, 2 * half);
      return reach;
    }

    badge(context, mark, x, y, scale) {
      const { token } = siger.look;
      context.beginPath();
      context.arc(x, y, BADGE_R * scale, 0, 2 * Math.PI);
      context.fillStyle = token("--raised");
      context.fill();
      context.lineWidth = 1.2 * scale;
      context.strokeStyle = token("--text-3");
      context.stroke();
      context.font = `600 ${9.5 * scale}px ${token("--family")}`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillStyle = token("--text");
      context.fillText(`+${mark.more}`, x, y + 0.5 * scale);
      return BADGE_R * scale;
    }

    /** One slow ring for each unhandled critical incident, newest first where there are too many. */
    ring() {
      const ringing = this.placed.filter(
        ({ mark }) => mark.severity >= 5 && mark.incident && mark.incident.status === UNHANDLED,
      );
      const wanted = ringing.slice(-MOST_RINGS);
      while (this.rings.length > wanted.length) this.rings.pop().remove();
      while (this.rings.length < wanted.length) this.rings.push(this.newRing());
      wanted.forEach(({ x, y }, index) => {
        window.L.DomUtil.setPosition(this.rings[index], this.map.containerPointToLayerPoint([x, y]));
      });
    }

    newRing() {
      const ring = document.createElement("div");
      ring.className = "siger-ring";
      ring.style.setProperty("--ring-delay", `${-(performance.now() % RING_MS)}ms`);
      this.map.getPane("siger-rings").append(ring);
      return ring;
    }

    /** The mark nearest to a pixel of the window; the later drawn one where two are as near. */
    nearest(x, y, within) {
      let best = null;
      for (const placed of this.placed) {
        const distance = Math.max(0, Math.hypot(placed.x - x, placed.y - y) - placed.reach);
        if (distance <= within && (!best || distance <= best.distance)) best = { ...placed, distance };
      }
      return best;
    }

    remove() {
      this.canvas.remove();
      for (const ring of this.rings) ring.remove();
    }
  }

  function choose(context, x, y, reach, scale) {
    for (const [width, name] of [[5, "--label-halo"], [2.2, "--text"]]) {
      context.beginPath();
      context.arc(x, y, reach + 5 * scale, 0, 2 * Math.PI);
      context.lineWidth = width * scale;
      context.strokeStyle = siger.look.token(name);
      context.stroke();
    }
  }

  siger.IncidentLayer = IncidentLayer;
})((window.siger = window.siger || {}));
