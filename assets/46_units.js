/* The moving units on their canvas. Drawn at most 20 times a second while something glides, four times a second when
   nothing moves by a visible amount, not at all while the page is hidden. No object is made per frame. */
(function (siger) {
  "use strict";

  const FRAME_MS = { now: 0, glide: 50, quiet: 250 };
  const URGENCY = { now: 3, glide: 2, quiet: 1 };
  const EARLY_MS = 4; // a screen's frames do not fall exactly on ours
  const STALE_AFTER_MS = 120000; // the API says the same (dashboard/api/shapes.py); a test compares
  const EXPIRED_AFTER_MS = 900000;
  const MARGIN_PX = 16;

  /** What of the units is inside the window: slot and pixel, stale ones from the front, fresh ones from the back. */
  class Visible {
    constructor() {
      this.allocate(1024);
    }

    allocate(capacity) {
      this.slot = new Uint32Array(capacity);
      this.x = new Float32Array(capacity);
      this.y = new Float32Array(capacity);
      this.capacity = capacity;
      this.clear();
    }

    clear() {
      this.stale = 0;
      this.fresh = this.capacity;
    }

    add(slot, x, y, isStale) {
      const index = isStale ? this.stale++ : --this.fresh;
      this.slot[index] = slot;
      this.x[index] = x;
      this.y[index] = y;
    }
  }

  class UnitLayer {
    /** @param {L.Map} map */
    constructor(map) {
      this.map = map;
      this.units = siger.store.units;
      this.motion = new siger.Motion();
      this.visible = new Visible();
      this.canvas = siger.canvasLayer(map, "siger-units", (context, view) => this.paint(context, view));
      this.columns = new Uint8Array(0);
      this.rows = new Uint8Array(0);
      this.sprites = null;
      this.drawnMs = -Infinity;
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
      const { UnitSprites } = siger.sprites;
      const { speedDkmh, headingDeg, meta, state } = this.units;
      this.columns[slot] = UnitSprites.column(speedDkmh[slot] === 0 ? siger.UNKNOWN_U16 : headingDeg[slot]);
      this.rows[slot] = UnitSprites.row(meta[slot].agency, state[slot]);
    }

    /** @param {"now"|"glide"|"quiet"} how */
    want(how) {
      if (!this.wanted || URGENCY[how] > URGENCY[this.wanted]) this.wanted = how;
    }

    /** Called at every frame of the screen. */
    tick(now) {
      if (this.away && !document.hidden) this.want("now");
      this.away = document.hidden;
      if (now < this.motion.glidingUntil + FRAME_MS.glide) this.want("glide");
      if (!this.wanted || this.away) return;
      if (now - this.drawnMs < FRAME_MS[this.wanted] - EARLY_MS || !this.canvas.draw()) return;
      this.drawnMs = now;
      this.wanted = null;
    }

    /** The theme or the scale has changed. */
    restyle() {
      this.sprites = null;
      this.want("now");
    }

    paint(context, view) {
      if (!this.sprites || this.sprites.ratio !== view.ratio) {
        this.sprites = new siger.sprites.UnitSprites(siger.look.scale(), view.ratio);
      }
      this.gather(view, performance.now());
      const { stale, fresh, capacity } = this.visible;
      context.setTransform(1, 0, 0, 1, 0, 0); // whole device pixels: copying without resampling is sharp and fast
      // Grey first: what is known to be old never covers what is fresh.
      for (let i = 0; i < stale; i++) this.stamp(context, view.ratio, i, true);
      for (let i = capacity - 1; i >= fresh; i--) this.stamp(context, view.ratio, i, false);
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

    stamp(context, ratio, index, isStale) {
      const { sprites, visible } = this;
      const slot = visible.slot[index];
      const column = this.columns[slot];
      const row = isStale ? siger.sprites.UnitSprites.stale(this.rows[slot]) : this.rows[slot];
      const { cell } = sprites;
      sprites.ensure(column, row);
      const x = (visible.x[index] * ratio - cell / 2) | 0;
      const y = (visible.y[index] * ratio - cell / 2) | 0;
      context.drawImage(sprites.canvas, column * cell, row * cell, cell, cell, x, y, cell, cell);
    }

    /**
     * The unit nearest to a pixel of the window, as last drawn.
     * @returns {?{unit: string, slot: number, x: number, y: number, distance: number}}
     */
    nearest(x, y, within) {
      const { visible } = this;
      let best = -1;
      let least = within * within;
      for (let i = 0; i < visible.capacity; i++) {
        if (i === visible.stale) i = visible.fresh;
        if (i >= visible.capacity) break;
        const distance = (visible.x[i] - x) ** 2 + (visible.y[i] - y) ** 2;
        if (distance < least) [least, best] = [distance, i];
      }
      if (best < 0) return null;
      const slot = visible.slot[best];
      const unit = this.units.meta[slot].id;
      return { unit, slot, x: visible.x[best], y: visible.y[best], distance: Math.sqrt(least) };
    }

    remove() {
      this.canvas.remove();
    }
  }

  siger.UnitLayer = UnitLayer;
  siger.UNIT_AGES = { STALE_AFTER_MS, EXPIRED_AFTER_MS };
})((window.siger = window.siger || {}));
