/* The moving units on their canvas. Drawn at most 20 times a second while something glides (less often where the
   machine is slow: the rest of the page comes first), four times a second when nothing moves by a visible amount, not
   at all while the page is hidden. No object is made per frame. */
(function (siger) {
  "use strict";

  const FRAME_MS = { now: 0, glide: 50, quiet: 250 };
  const URGENCY = { now: 3, glide: 2, quiet: 1 };
  const REST = 2.5; // after a drawing the page has this many times its cost for itself
  const LONGEST_REST_MS = 400;
  const EARLY_MS = 4; // a screen's frames do not fall exactly on ours
  const STALE_AFTER_MS = 120000; // the API says the same (dashboard/api/shapes.py); a test compares
  const EXPIRED_AFTER_MS = 900000;
  const MARGIN_PX = 16;
  const CROWDED_BELOW_PX = 600; // square pixels of the window for each unit in it

  class UnitLayer {
    /** @param {L.Map} map */
    constructor(map) {
      this.map = map;
      this.units = siger.store.units;
      this.motion = new siger.Motion();
      this.visible = new siger.Visible();
      this.canvas = siger.canvasLayer(map, "siger-units", (context, view) => this.paint(context, view), { kept: true });
      this.columns = new Uint8Array(0);
      this.rows = new Uint8Array(0);
      this.marks = null;
      this.painter = new siger.TilePainter((index) => this.marks.get(index));
      this.drawnMs = -Infinity;
      this.costMs = 0; // of a drawing, until the screen's next frame; smoothed
      this.drewLast = false;
      this.wanted = null; // how soon the canvas must be drawn anew: a key of FRAME_MS
      this.away = document.hidden;
      this.take({ snapshot: true, slots: this.known() });
    }

    known() {
      const { size, known } = this.units;
      return Uint32Array.from({ length: size }, (_, slot) => slot).filter((slot) => known[slot]);
    }

    /** Takes a change of the store over. */
    take({ snapshot, slots }) {
      if (snapshot) this.motion.reset();
      const glide = !snapshot && !this.away && !siger.look.calm();
      const k = 2 ** this.map.getZoom();
      const visible = this.motion.take(slots, this.units, performance.now(), k, glide);
      if (this.columns.length < this.units.capacity) this.grow();
      for (let i = 0; i < slots.length; i++) this.dress(slots[i]);
      if (snapshot) this.want("now");
      else if (slots.length) this.want(visible ? "glide" : "quiet");
    }

    grow() {
      for (const name of ["columns", "rows"]) {
        const larger = new Uint8Array(this.units.capacity);
        larger.set(this[name]);
        this[name] = larger;
      }
      this.visible.allocate(this.units.capacity);
    }

    /** Which sprite a unit wears: a standing unit shows no heading. */
    dress(slot) {
      const { UnitMarks } = siger.sprites;
      const { speedDkmh, headingDeg, meta, state } = this.units;
      this.columns[slot] = UnitMarks.column(speedDkmh[slot] === 0 ? siger.UNKNOWN_U16 : headingDeg[slot]);
      this.rows[slot] = UnitMarks.row(meta[slot].agency, state[slot]);
    }

    /** @param {"now"|"glide"|"quiet"} how */
    want(how) {
      if (!this.wanted || URGENCY[how] > URGENCY[this.wanted]) this.wanted = how;
    }

    /** Called at every frame of the screen. */
    tick(now) {
      if (this.away && !document.hidden) this.want("now");
      this.away = document.hidden;
      if (this.drewLast) this.costMs += (now - this.drawnMs - this.costMs) * 0.2;
      this.drewLast = false;
      if (now < this.motion.glidingUntil + FRAME_MS.glide) this.want("glide");
      if (!this.wanted || this.away || now - this.drawnMs < this.gapMs() || !this.canvas.draw()) return;
      this.drawnMs = now;
      this.drewLast = true;
      this.wanted = null;
    }

    gapMs() {
      const rest = Math.min(LONGEST_REST_MS, this.costMs * REST);
      return Math.max(FRAME_MS[this.wanted], this.wanted === "now" ? 0 : rest) - EARLY_MS;
    }

    /** The theme or the scale has changed. */
    restyle() {
      this.marks = null;
      this.want("now");
    }

    paint(context, view) {
      this.gather(view, performance.now());
      this.outfit(context, view);
      const { stale, fresh, capacity } = this.visible;
      this.painter.begin(this.units.count);
      // Grey first: what is known to be old never covers what is fresh.
      for (let i = 0; i < stale; i++) this.put(i, true);
      for (let i = capacity - 1; i >= fresh; i--) this.put(i, false);
      this.painter.end(context);
    }

    /** Marks that suit the screen; small ones without headings where many units share the window. */
    outfit(context, { ratio, width, height, isNew }) {
      const { canvas } = context;
      if (isNew) this.painter.resize(canvas.width, canvas.height);
      const scale = siger.look.scale();
      const roomPx = (width * height) / (scale * scale * this.visible.count());
      const wasCrowded = Boolean(this.marks && this.marks.crowded);
      const crowded = roomPx < (wasCrowded ? CROWDED_BELOW_PX * 1.2 : CROWDED_BELOW_PX);
      if (this.marks && this.ratio === ratio && crowded === wasCrowded) return;
      this.marks = new siger.sprites.UnitMarks(scale, ratio, crowded);
      this.ratio = ratio;
      this.painter.forget();
    }

    gather({ k, left, top, width, height }, now) {
      const { units, motion, visible } = this;
      const clock = siger.now();
      visible.clear();
      for (let slot = 0; slot < units.size; slot++) {
        if (!units.known[slot]) continue;
        const x = motion.x(slot, now) * k - left;
        const y = motion.y(slot, now) * k - top;
        if (x < -MARGIN_PX || y < -MARGIN_PX || x > width + MARGIN_PX || y > height + MARGIN_PX) continue;
        const age = clock - units.observedMs[slot];
        if (age < EXPIRED_AFTER_MS) visible.add(slot, x, y, age >= STALE_AFTER_MS);
      }
    }

    put(index, isStale) {
      const { visible, ratio } = this;
      const slot = visible.slot[index];
      const mark = this.marks.index(this.rows[slot], this.columns[slot], isStale);
      this.painter.add(mark, Math.round(visible.x[index] * ratio), Math.round(visible.y[index] * ratio));
    }

    /**
     * The unit nearest to a pixel of the window, as last drawn.
     * @returns {?{unit: string, slot: number, x: number, y: number, distance: number}}
     */
    nearest(x, y, within) {
      const found = this.visible.nearest(x, y, within);
      if (!found) return null;
      const { visible } = this;
      const slot = visible.slot[found.index];
      const unit = this.units.meta[slot].id;
      return { unit, slot, x: visible.x[found.index], y: visible.y[found.index], distance: found.distance };
    }

    remove() {
      this.canvas.remove();
    }
  }

  siger.UnitLayer = UnitLayer;
  siger.UNIT_AGES = { STALE_AFTER_MS, EXPIRED_AFTER_MS };
})((window.siger = window.siger || {}));
