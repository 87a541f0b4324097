/* What of the units is inside the map's window, as last drawn: for painting, and for finding the nearest to a pointer.
   Typed arrays, filled anew at every drawing: twenty thousand units make no garbage. */
(function (siger) {
  "use strict";

  /** Slot and pixel of each; stale ones from the front, fresh ones from the back. */
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

    count() {
      return this.stale + this.capacity - this.fresh;
    }

    add(slot, x, y, isStale) {
      const index = isStale ? this.stale++ : --this.fresh;
      this.slot[index] = slot;
      this.x[index] = x;
      this.y[index] = y;
    }

    /** @param {(slot: number, x: number, y: number) => void} work for each */
    each(work) {
      for (let i = 0; i < this.stale; i++) work(this.slot[i], this.x[i], this.y[i]);
      for (let i = this.fresh; i < this.capacity; i++) work(this.slot[i], this.x[i], this.y[i]);
    }

    /** Where a slot is shown; null where it is not. @returns {?{x: number, y: number}} */
    find(slot) {
      let found = null;
      this.each((one, x, y) => {
        if (one === slot) found = { x, y };
      });
      return found;
    }

    /** The index of the one nearest to a pixel and its distance; null where none is near enough. */
    nearest(x, y, within) {
      let best = -1;
      let least = within * within;
      for (let i = 0; i < this.capacity; i++) {
        if (i === this.stale) i = this.fresh;
        if (i >= this.capacity) break;
        const distance = (this.x[i] - x) ** 2 + (this.y[i] - y) ** 2;
        if (distance < least) [least, best] = [distance, i];
      }
      return best < 0 ? null : { index: best, distance: Math.sqrt(least) };
    }
  }

  siger.Visible = Visible;
})((window.siger = window.siger || {}));
