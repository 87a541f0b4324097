/* Where each unit has been in the last minutes: a bounded ring of places a unit, in typed arrays. What was before the
   page opened comes from the log when somebody asks for one unit (`remember`).

   A place is kept every ten seconds at most, and only where the unit has moved: what stands needs no trail. */
(function (siger) {
  "use strict";

  const PLACES = 64; // ten minutes at one in ten seconds
  const LEAST_S = 9;
  const LEAST_E6 = 90; // ten metres: a receiver that stands still wanders as far
  const KEEP_MS = 10 * 60 * 1000;
  const ARRAYS = { lonE6: Int32Array, latE6: Int32Array, atS: Uint32Array }; // seconds since 1970

  class Trails {
    constructor() {
      this.capacity = 0;
      this.clear();
    }

    clear() {
      this.older = new Map(); // slot -> [[lonE6, latE6, ms], ...] from the log, oldest first
      this.allocate(Math.max(1024, this.capacity), false);
    }

    allocate(capacity, keep) {
      for (const [name, Type] of Object.entries(ARRAYS)) {
        const array = new Type(capacity * PLACES);
        if (keep) array.set(this[name]);
        this[name] = array;
      }
      for (const name of ["next", "filled"]) {
        const array = new Uint8Array(capacity);
        if (keep) array.set(this[name]);
        this[name] = array;
      }
      this.capacity = capacity;
    }

    /** Takes new reports over. @param {Uint32Array} slots @param {object} units the store's */
    take(slots, units) {
      if (units.size > this.capacity) this.allocate(units.capacity, true);
      for (let i = 0; i < slots.length; i++) this.note(slots[i], units);
    }

    note(slot, { lonE6, latE6, observedMs }) {
      if (this.filled[slot]) {
        const last = slot * PLACES + ((this.next[slot] + PLACES - 1) % PLACES);
        const moved = Math.abs(lonE6[slot] - this.lonE6[last]) + Math.abs(latE6[slot] - this.latE6[last]);
        if (moved < LEAST_E6 || observedMs[slot] / 1000 - this.atS[last] < LEAST_S) return;
      }
      const at = slot * PLACES + this.next[slot];
      this.lonE6[at] = lonE6[slot];
      this.latE6[at] = latE6[slot];
      this.atS[at] = observedMs[slot] / 1000;
      this.next[slot] = (this.next[slot] + 1) % PLACES;
      this.filled[slot] = Math.min(PLACES, this.filled[slot] + 1);
    }

    /** Sets what the log knows of a unit's way. Kept for one unit alone. @param {Array<[number, number, number]>} places */
    remember(slot, places) {
      this.older.clear();
      this.older.set(slot, places);
    }

    /**
     * Walks the places of the last minutes, oldest first.
     * @param {number} slot @param {number} now_ms @param {(lonE6: number, latE6: number, ms: number) => void} step
     */
    walk(slot, now_ms, step) {
      const since = now_ms - KEEP_MS;
      const count = this.filled[slot];
      const first = slot * PLACES;
      const begin = this.next[slot] + PLACES - count;
      const ownFrom = count ? this.atS[first + (begin % PLACES)] * 1000 : Infinity;
      for (const [lonE6, latE6, ms] of this.older.get(slot) || []) {
        if (ms >= since && ms < ownFrom) step(lonE6, latE6, ms);
      }
      for (let i = 0; i < count; i++) {
        const at = first + ((begin + i) % PLACES);
        const ms = this.atS[at] * 1000;
        if (ms >= since) step(this.lonE6[at], this.latE6[at], ms);
      }
    }
  }

  siger.Trails = Trails;
  siger.TRAIL_MINUTES = KEEP_MS / 60000;
})((window.siger = window.siger || {}));
