/* What of the map's window is taken, as boxes in pixels: numbers stand aside of single marks and of names. A coarse grid
   answers, however many boxes there are. Pure. */
(function (siger) {
  "use strict";

  const CELL_PX = 64;

  class Taken {
    constructor() {
      this.cells = new Map();
    }

    /** @param {{left: number, top: number, right: number, bottom: number}} box */
    add(box) {
      for (const key of keys(box)) {
        if (this.cells.has(key)) this.cells.get(key).push(box);
        else this.cells.set(key, [box]);
      }
    }

    /** How much of a box lies over what is taken, in square pixels; enough of it is not counted on. */
    over(box, enough = Infinity) {
      let area = 0;
      const seen = new Set(); // a box stands in every cell that it touches
      for (const key of keys(box)) {
        for (const other of this.cells.get(key) || []) {
          if (seen.has(other)) continue;
          seen.add(other);
          area += shared(box, other);
          if (area >= enough) return area;
        }
      }
      return area;
    }

    /** The first of the middles around which a box is free, else where it covers least; takes it. @returns {number} */
    seat(middles, wide, high) {
      let [best, least] = [0, Infinity];
      for (let at = 0; at < middles.length && least > 0; at++) {
        const area = this.over(around(...middles[at], wide, high), least);
        if (area < least) [best, least] = [at, area];
      }
      this.add(around(...middles[best], wide, high));
      return best;
    }
  }

  function shared(a, b) {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    return wide > 0 && high > 0 ? wide * high : 0;
  }

  function keys({ left, top, right, bottom }) {
    const found = [];
    for (let row = Math.floor(top / CELL_PX); row <= Math.floor(bottom / CELL_PX); row++) {
      for (let column = Math.floor(left / CELL_PX); column <= Math.floor(right / CELL_PX); column++) found.push(row * 4096 + column);
    }
    return found;
  }

  /** A box by its middle and half its sides. */
  const around = (x, y, wide, high) => ({ left: x - wide, top: y - high, right: x + wide, bottom: y + high });

  siger.Taken = Taken;
  siger.boxAround = around;
})((window.siger = window.siger || {}));
