/* Where each unit is on the screen's plane now: it glides from where it was shown to where it last said it was.

   It never runs ahead of the report, arrives within a second, and jumps where the way is impossible. Projected once
   per report; a frame only blends. */
(function (siger) {
  "use strict";

  const LONGEST_GLIDE_MS = 1000;
  const FASTEST_M_S = 120; // beyond it a unit was not driven there: it jumps
  const PLANE_PER_M = 256 / 40075016; // at the equator, where Lampung nearly is
  const VISIBLE_PX = 0.8;
  const ARRAYS = { fromX: Float64Array, fromY: Float64Array, toX: Float64Array, toY: Float64Array };

  class Motion {
    constructor() {
      this.capacity = 0;
      this.reset();
    }

    reset() {
      this.glidingUntil = 0; // performance.now() at which the last visible glide ends
      this.allocate(Math.max(1024, this.capacity), false);
    }

    allocate(capacity, keep) {
      const made = { startMs: Float64Array, glideMs: Float32Array, seenMs: Float64Array, placed: Uint8Array, ...ARRAYS };
      for (const [name, Type] of Object.entries(made)) {
        const array = new Type(capacity);
        if (keep) array.set(this[name]);
        this[name] = array;
      }
      this.capacity = capacity;
    }

    /**
     * Takes new reports over.
     * @param {Uint32Array} slots whose positions changed @param {object} units the store's
     * @param {number} now performance.now() @param {number} k pixels per plane unit
     * @param {boolean} glide false: everything jumps
     * @returns {boolean} whether any of it is to be seen at this zoom
     */
    take(slots, units, now, k, glide) {
      if (units.size > this.capacity) this.allocate(units.capacity, true);
      let visible = false;
      for (let i = 0; i < slots.length; i++) {
        if (this.aim(slots[i], units, now, k, glide)) visible = true;
      }
      return visible;
    }

    aim(slot, units, now, k, glide) {
      const x = siger.plane.planeX(units.lonE6[slot] / 1e6);
      const y = siger.plane.planeY(units.latE6[slot] / 1e6);
      const isNew = !this.placed[slot];
      const sinceMs = now - this.seenMs[slot];
      const distance = isNew ? Infinity : Math.hypot(x - this.toX[slot], y - this.toY[slot]);
      const jumps = !glide || distance > Math.max(1, sinceMs / 1000) * FASTEST_M_S * PLANE_PER_M;
      this.fromX[slot] = jumps ? x : this.x(slot, now);
      this.fromY[slot] = jumps ? y : this.y(slot, now);
      this.toX[slot] = x;
      this.toY[slot] = y;
      this.startMs[slot] = this.seenMs[slot] = now;
      this.glideMs[slot] = jumps ? 0 : Math.min(sinceMs, LONGEST_GLIDE_MS);
      this.placed[slot] = 1;
      if (isNew || (jumps && distance > 0)) return true;
      const px = Math.hypot(x - this.fromX[slot], y - this.fromY[slot]) * k;
      if (px < VISIBLE_PX) return false;
      this.glidingUntil = Math.max(this.glidingUntil, now + this.glideMs[slot]);
      return true;
    }

    part(slot, now) {
      const part = this.glideMs[slot] > 0 ? (now - this.startMs[slot]) / this.glideMs[slot] : 1;
      return part < 1 ? part : 1;
    }

    x(slot, now) {
      return this.fromX[slot] + (this.toX[slot] - this.fromX[slot]) * this.part(slot, now);
    }

    y(slot, now) {
      return this.fromY[slot] + (this.toY[slot] - this.fromY[slot]) * this.part(slot, now);
    }
  }

  siger.Motion = Motion;
})((window.siger = window.siger || {}));
