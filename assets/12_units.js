/* The units' last known positions in typed arrays, one row (slot) a unit: twenty thousand of them make no garbage.
   Slots are given by the server and hold for one server run. Positions only move forward in time: an older one than
   the known is not taken over. Nothing here draws or interpolates; `43_motion.js` does. */
(function (siger) {
  "use strict";

  const FIRST_CAPACITY = 1024;
  const MAX_SLOT = 1 << 20; // a slot above this is a broken frame, not a unit
  const UNKNOWN = 65535;
  const STATES = ["", "siaga", "patroli", "menuju", "di_tkp", "istirahat"];
  const ARRAYS = {
    observedMs: Float64Array,
    lonE6: Int32Array,
    latE6: Int32Array,
    headingDeg: Uint16Array,
    speedDkmh: Uint16Array,
    state: Uint8Array,
    known: Uint8Array,
  };

  class Units {
    constructor() {
      this.capacity = 0;
      this.clear();
    }

    clear() {
      this.count = 0; // units with a position
      this.size = 0; // highest slot in use + 1
      /** @type {Array<{id: string, callsign: ?string, agency: ?string, kind: ?string}|undefined>} */
      this.meta = [];
      /** @type {Map<string, number>} unit id -> slot */
      this.slots = new Map();
      this.allocate(Math.max(FIRST_CAPACITY, this.capacity), false);
    }

    /** Takes the units' names in. @param {Array<[number, string, ?string, ?string, ?string]>} rows */
    introduce(rows) {
      for (const [slot, id, callsign, agency, kind] of rows) {
        if (!(slot >= 0 && slot < MAX_SLOT)) continue;
        this.meta[slot] = { id, callsign, agency, kind };
        this.slots.set(id, slot);
      }
    }

    /**
     * Takes the columns' positions in; returns the slots whose position moved forward.
     * @param {object} columns as decoded by siger.wire
     * @returns {Uint32Array}
     */
    move(columns) {
      const moved = new Uint32Array(columns.slot.length);
      let count = 0;
      for (let row = 0; row < columns.slot.length; row++) {
        if (this.take(columns, row)) moved[count++] = columns.slot[row];
      }
      return moved.subarray(0, count);
    }

    take(columns, row) {
      const slot = columns.slot[row];
      if (this.meta[slot] === undefined) return false;
      if (slot >= this.capacity) this.allocate(slot + 1, true);
      if (this.known[slot] && columns.observedMs[row] < this.observedMs[slot]) return false;
      if (!this.known[slot]) this.count++;
      if (slot >= this.size) this.size = slot + 1;
      this.known[slot] = 1;
      this.observedMs[slot] = columns.observedMs[row];
      this.lonE6[slot] = columns.lonE6[row];
      this.latE6[slot] = columns.latE6[row];
      this.headingDeg[slot] = columns.headingDeg[row];
      this.speedDkmh[slot] = columns.speedDkmh[row];
      this.state[slot] = columns.state[row];
      return true;
    }

    /** The unit's line of the state hash. */
    line(slot) {
      const id = this.meta[slot].id;
      return `u|${id}|${this.observedMs[slot]}|${this.lonE6[slot]}|${this.latE6[slot]}`;
    }

    /** One unit as an object for people to look at; undefined where it is not known. */
    get(id) {
      const slot = this.slots.get(id);
      if (slot === undefined || !this.known[slot]) return undefined;
      return {
        ...this.meta[slot],
        slot,
        observed_ms: this.observedMs[slot],
        lon: this.lonE6[slot] / 1e6,
        lat: this.latE6[slot] / 1e6,
        heading_deg: this.headingDeg[slot] === UNKNOWN ? null : this.headingDeg[slot],
        speed_kmh: this.speedDkmh[slot] === UNKNOWN ? null : this.speedDkmh[slot] / 10,
        state: STATES[this.state[slot]] || null,
      };
    }

    allocate(needed, keep) {
      let capacity = Math.max(FIRST_CAPACITY, this.capacity);
      while (capacity < needed) capacity *= 2;
      for (const [name, Type] of Object.entries(ARRAYS)) {
        const array = new Type(capacity);
        if (keep) array.set(this[name]);
        this[name] = array;
      }
      this.capacity = capacity;
    }
  }

  siger.Units = Units;
  siger.UNIT_STATES = STATES;
  siger.UNKNOWN_U16 = UNKNOWN;
})((window.siger = window.siger || {}));
