/* Which units the map's window holds now, and how each is shown: by itself, or as part of a group's number. Typed
   arrays, filled anew at every drawing: twenty thousand units make no garbage. */
(function (siger) {
  "use strict";

  const STALE_AFTER_MS = 120000; // the API says the same (dashboard/api/shapes.py); a test compares
  const EXPIRED_AFTER_MS = 900000;
  const MARGIN_PX = 16;
  const ARRAYS = { slot: Uint32Array, x: Float32Array, y: Float32Array, cell: Uint32Array, isStale: Uint8Array };

  class InWindow {
    /** @param {object} units the store's @param {object} motion */
    constructor(units, motion) {
      this.units = units;
      this.motion = motion;
      this.groups = new siger.Groups();
      this.visible = new siger.Visible(); // those that are shown by themselves
      this.reserve(1024);
    }

    reserve(capacity) {
      for (const [name, Type] of Object.entries(ARRAYS)) this[name] = new Type(capacity);
      this.visible.allocate(capacity);
      this.count = 0;
    }

    /**
     * Finds the units of the window. An expired unit has left; the chosen one is never hidden in a group.
     * @param {object} view as of siger.plane.windowOf @param {number} now performance.now() @param {number} chosen slot
     */
    gather(view, now, chosen) {
      this.groups.begin(view, siger.look.scale());
      this.count = 0;
      this.find(view, now);
      this.groups.settle();
      this.visible.clear();
      for (let i = 0; i < this.count; i++) {
        const isHidden = this.groups.grouped[this.cell[i]] === 1;
        if (isHidden && this.slot[i] !== chosen) continue;
        if (isHidden) this.groups.release(this.cell[i]);
        this.visible.add(this.slot[i], this.x[i], this.y[i], this.isStale[i] === 1);
      }
    }

    find({ k, left, top, width, height }, now) {
      const { units, motion } = this;
      const clock = siger.now();
      for (let slot = 0; slot < units.size; slot++) {
        if (!units.known[slot]) continue;
        const x = motion.x(slot, now) * k - left;
        const y = motion.y(slot, now) * k - top;
        if (x < -MARGIN_PX || y < -MARGIN_PX || x > width + MARGIN_PX || y > height + MARGIN_PX) continue;
        const age = clock - units.observedMs[slot];
        if (age < EXPIRED_AFTER_MS) this.add(slot, x, y, age >= STALE_AFTER_MS);
      }
    }

    add(slot, x, y, isStale) {
      const i = this.count++;
      this.slot[i] = slot;
      this.x[i] = x;
      this.y[i] = y;
      this.isStale[i] = isStale ? 1 : 0;
      this.cell[i] = this.groups.add(x, y, this.units.meta[slot].agency, isStale);
    }
  }

  siger.InWindow = InWindow;
  siger.UNIT_AGES = { STALE_AFTER_MS, EXPIRED_AFTER_MS };
})((window.siger = window.siger || {}));
