/* The incidents on their canvas: drawn when one changes or the view does, critical last. News is drawn with the next
   frame; where a drawing is dear, the page then rests for some time of its cost. The slow ring around a critical one that
   nobody has taken up is an element of its own: the style sheet moves it, no script does. */
(function (siger) {
  "use strict";

  const MOST_RINGS = 12; // where everything rings nothing is heard
  const RING_MS = 2400; // as the style sheet has it: a negative delay puts all rings in step
  const UNHANDLED = "baru";
  const CRITICAL = 5;
  const BADGE_R = 9;
  const REST = 2.5; // after a drawing the page has this many times its cost for itself
  const LONGEST_REST_MS = 1000;
  const MARGIN_PX = 40;
  const MOST_SPRITES = 800;
  const LAYERS = 8; // what is drawn over what: by severity, numbers, the critical, the chosen one
  const [NUMBERS, CRITICALS, CHOSEN] = [5, 6, 7];

  class IncidentLayer {
    /** @param {L.Map} map @param {siger.LabelLayer} labels the names on the map, which numbers make room for */
    constructor(map, labels) {
      this.map = map;
      this.labels = labels;
      this.taken = new siger.Taken(); // by marks, numbers and names, while `isSeated`
      this.isSeated = false;
      this.seatSign = 0; // differs when numbers stand elsewhere: those of units make room anew
      this.canvas = siger.canvasLayer(map, "siger-incidents", (context, view) => this.paint(context, view));
      this.sprites = new Map();
      this.placed = []; // marks with their pixels as last drawn
      this.rings = [];
      this.selected = null;
      this.drawnMs = -Infinity;
      this.costMs = 0; // of a drawing, until the screen's next frame; smoothed
      this.drewLast = false;
      this.want("news");
    }

    /** @param {"news"|"view"} how news may wait until the page has rested, the view may not */
    want(how) {
      if (this.wanted !== "view") this.wanted = how;
    }

    /** Time has passed: what the filter's hours no longer hold goes. */
    age() {
      const window_ms = siger.filter.window_ms();
      if (window_ms !== null && siger.incidentCells.forget(siger.now() - window_ms)) this.want("news");
    }

    select(id) {
      this.selected = id;
      siger.incidentCells.select((id && siger.store.incidents.get(id)) || null);
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
      if (!this.canvas.draw()) return;
      this.wanted = null;
      this.drawnMs = now;
      this.drewLast = true;
      this.ring();
    }

    paint(context, view) {
      this.placed = [];
      const layers = this.layers(view);
      // While the map is pulled the names stand still, and so do numbers.
      this.isSeated = this.labels.isSettled(view);
      if (this.isSeated) this.seat(view, layers);
      for (const marks of layers) for (const mark of marks) this.put(context, view, mark);
    }

    /** Numbers stand aside of single marks and of names where their cell has room. */
    seat(view, layers) {
      this.taken = new siger.Taken();
      this.seatSign = 0;
      const scale = siger.look.scale();
      for (const marks of layers) {
        for (const mark of marks) {
          if (mark.counts) continue;
          const { x, y } = pixelOf(view, mark, scale);
          const { reach, wide } = mark.severity ? this.sprite(mark, view.ratio) : badgeSize(scale);
          this.taken.add(siger.boxAround(x, y, wide, reach));
        }
      }
      for (const { variant, x, y } of this.labels.placed) this.taken.add(siger.boxAround(x, y, variant.w / 2, variant.h / 2));
      for (const mark of [...layers[CRITICALS], ...layers[NUMBERS]]) {
        if (!mark.counts) continue;
        const { reach, wide } = this.sprite(mark, view.ratio);
        const middles = mark.places.map(([x, y]) => [x * view.k - view.left, y * view.k - view.top]);
        const at = this.taken.seat(middles, wide, reach);
        [mark.x, mark.y] = mark.places[at];
        this.seatSign = (Math.imul(this.seatSign, 31) + Math.round(middles[at][0]) * 8192 + Math.round(middles[at][1])) | 0;
      }
    }

    /** The marks of the window, in the order in which they are drawn. */
    layers(view) {
      const cells = siger.incidentCells;
      cells.fit(view.k, siger.look.scale(), view.zoom < this.map.getMaxZoom());
      const layers = Array.from({ length: LAYERS }, () => []);
      let isChosenThere = false;
      cells.each(view, (mark) => {
        const isChosen = mark.incident !== null && mark.incident.id === this.selected;
        isChosenThere ||= isChosen;
        layers[isChosen ? CHOSEN : layerOf(mark)].push(mark);
      });
      const chosen = !isChosenThere && this.selected && siger.store.incidents.get(this.selected);
      if (chosen) layers[CHOSEN].push(markOf(chosen));
      layers[CRITICALS].sort((a, b) => newsOf(a) - newsOf(b));
      return layers;
    }

    put(context, view, mark) {
      const scale = siger.look.scale();
      const { x, y } = pixelOf(view, mark, scale);
      if (x < -MARGIN_PX || y < -MARGIN_PX || x > view.width + MARGIN_PX || y > view.height + MARGIN_PX) return;
      const { reach, wide } = mark.severity ? this.stamp(context, mark, x, y, view.ratio) : badge(context, mark, x, y, scale);
      this.placed.push({ mark, x, y, reach, wide });
      if (mark.incident && mark.incident.id === this.selected) choose(context, x, y, reach, scale);
    }

    stamp(context, mark, x, y, ratio) {
      const sprite = this.sprite(mark, ratio);
      const { canvas, half, high } = sprite;
      context.drawImage(canvas, x - half, y - high, 2 * half, 2 * high);
      return sprite;
    }

    sprite({ severity, counts, more }, ratio) {
      const key = counts ? `${severity} ${more}` : severity;
      if (this.ratio !== ratio || this.sprites.size > MOST_SPRITES) this.sprites.clear();
      this.ratio = ratio;
      let sprite = this.sprites.get(key);
      if (!sprite) {
        const { incidentSprite, numberSprite } = siger.sprites;
        const scale = siger.look.scale();
        sprite = counts ? numberSprite(severity, siger.format.number(more), scale, ratio) : incidentSprite(severity, scale, ratio);
        this.sprites.set(key, sprite);
      }
      return sprite;
    }

    /** One slow ring for each unhandled critical incident, newest first where there are too many. */
    ring() {
      const ringing = this.placed.filter(
        ({ mark }) => mark.severity >= CRITICAL && mark.incident && mark.incident.status === UNHANDLED,
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
        const aside = Math.max(0, Math.abs(placed.x - x) - placed.wide + placed.reach);
        const distance = Math.max(0, Math.hypot(aside, placed.y - y) - placed.reach);
        if (distance <= within && (!best || distance <= best.distance)) best = { ...placed, distance };
      }
      return best;
    }

    remove() {
      this.canvas.remove();
      for (const ring of this.rings) ring.remove();
    }
  }

  const layerOf = ({ severity, counts }) => (severity >= CRITICAL ? CRITICALS : counts ? NUMBERS : severity);

  /** Numbers first, then the oldest: the newest lies on top. */
  const newsOf = ({ incident }) => (incident ? incident.occurred_ms : 0);

  /** A mark for one that the map does not show by itself: it is closed, or outside the choice. */
  function markOf(incident) {
    const point = { x: siger.plane.planeX(incident.lon), y: siger.plane.planeY(incident.lat) };
    return siger.marks.mark(point, 0, { incident, severity: incident.severity });
  }

  /** What does not fit into a spiral. */
  function badge(context, { more }, x, y, scale) {
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
    context.fillText(`+${more}`, x, y + 0.5 * scale);
    return badgeSize(scale);
  }

  const badgeSize = (scale) => ({ reach: BADGE_R * scale, wide: BADGE_R * scale });

  /** Where a mark's middle is in the window. */
  const pixelOf = ({ k, left, top }, { x, y, dx, dy }, scale) => ({ x: x * k - left + dx * scale, y: y * k - top + dy * scale });

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
