/* Where units stand so thick that marks would lie on marks, they are counted together: one number a cell of the map.

   A cell becomes a group at one number and stops being one at a smaller, so that nothing flickers. Incidents are never
   part of this. Pure: cells in typed arrays, filled anew at every drawing. */
(function (siger) {
  "use strict";

  const CELL_PX = 46;
  const GROUPED_FROM = 17; // so many marks cover a third of a cell
  const GROUPED_UNTIL = 12;
  const STEPS = [0, 0.5, 1].flatMap((x) => [0, 0.5, 1].map((y) => [x, y]));
  const POLICE = "polri";
  const ARMY = "tni";
  const COUNTS = { count: Uint32Array, police: Uint32Array, army: Uint32Array, stale: Uint32Array };
  const ARRAYS = { ...COUNTS, x: Float64Array, y: Float64Array, grouped: Uint8Array };

  class Groups {
    constructor() {
      this.key = "";
      this.isOn = true;
      this.hidden = 0; // units that are shown as part of a number only
      this.used = 0; // groups
      this.allocate(0);
    }

    allocate(cells) {
      for (const [name, Type] of Object.entries(ARRAYS)) this[name] = new Type(cells);
    }

    /** Begins a picture of the map's window. @param {object} view as of siger.plane.windowOf @param {number} scale */
    begin({ left, top, width, height, zoom }, scale) {
      this.cell = CELL_PX * scale;
      this.column0 = Math.floor(left / this.cell) - 1;
      this.row0 = Math.floor(top / this.cell) - 1;
      this.wide = Math.ceil(width / this.cell) + 3;
      this.high = Math.ceil(height / this.cell) + 3;
      this.offset = { x: left, y: top };
      const key = `${zoom} ${this.column0} ${this.row0} ${this.wide} ${this.high}`;
      if (key !== this.key) this.allocate(this.wide * this.high);
      else for (const name of ["x", "y", ...Object.keys(COUNTS)]) this[name].fill(0);
      this.key = key;
    }

    /** Counts a unit at a pixel of the window; gives its cell. */
    add(x, y, agency, isStale) {
      const column = Math.floor((x + this.offset.x) / this.cell) - this.column0;
      const row = Math.floor((y + this.offset.y) / this.cell) - this.row0;
      const cell = Math.max(0, Math.min(this.high - 1, row)) * this.wide + Math.max(0, Math.min(this.wide - 1, column));
      this.count[cell]++;
      this.x[cell] += x;
      this.y[cell] += y;
      if (isStale) this.stale[cell]++;
      else if (agency === POLICE) this.police[cell]++;
      else if (agency === ARMY) this.army[cell]++;
      return cell;
    }

    /** Decides which cells are shown as a number. */
    settle() {
      this.hidden = this.used = 0;
      for (let cell = 0; cell < this.count.length; cell++) {
        const least = this.grouped[cell] ? GROUPED_UNTIL : GROUPED_FROM;
        this.grouped[cell] = this.isOn && this.count[cell] >= least ? 1 : 0;
        if (!this.grouped[cell]) continue;
        this.hidden += this.count[cell];
        this.used++;
      }
    }

    /** One unit of a grouped cell is shown by itself after all: it is the chosen one. */
    release(cell) {
      if (this.grouped[cell]) this.hidden--;
    }

    /** Where a group's number may stand in its cell, nearest to the middle of its units first. @param {number} reach */
    places(cell, reach) {
      const [column, row] = [cell % this.wide, Math.floor(cell / this.wide)];
      const [left, top] = [(column + this.column0) * this.cell - this.offset.x, (row + this.row0) * this.cell - this.offset.y];
      const within = (value, from) => Math.max(from + reach, Math.min(from + this.cell - reach, value));
      const home = [within(this.x[cell] / this.count[cell], left), within(this.y[cell] / this.count[cell], top)];
      const others = STEPS.map(([x, y]) => [within(left + x * this.cell, left), within(top + y * this.cell, top)]);
      const far = ([x, y]) => Math.hypot(x - home[0], y - home[1]);
      return [home, ...others.sort((a, b) => far(a) - far(b))];
    }

    /** A cell's number that holds while the map is pulled. */
    keyOf(cell) {
      return (Math.floor(cell / this.wide) + this.row0) * 0x200000 + (cell % this.wide) + this.column0;
    }

    /** @param {(cell: number) => void} work for each group */
    each(work) {
      for (let cell = 0; cell < this.grouped.length; cell++) if (this.grouped[cell]) work(cell);
    }

    /** A number that differs when what is to be seen of the groups does. */
    signature() {
      let sign = 0;
      this.each((cell) => {
        const shares = (this.police[cell] << 20) ^ (this.army[cell] << 10) ^ this.stale[cell];
        sign = (Math.imul(sign ^ cell, 0x9e3779b1) + Math.imul(this.count[cell] ^ shares, 0x85ebca6b)) | 0;
      });
      return sign;
    }
  }

  siger.Groups = Groups;
})((window.siger = window.siger || {}));
