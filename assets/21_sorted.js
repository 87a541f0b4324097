/* Rows that stay sorted: to put one in, take one out or count those beyond a value is a binary search, however long the
   row is. Lists and counts that are asked anew at every report are made of these. Pure. */
(function (root) {
  "use strict";

  const siger = root.siger;

  class Sorted {
    /** @param {(a: T, b: T) => number} compare 0 only for two of the same @template T */
    constructor(compare) {
      this.compare = compare;
      this.items = [];
    }

    get size() {
      return this.items.length;
    }

    /** @param {Iterable<T>} items instead of what is there */
    fill(items) {
      this.items = [...items].sort(this.compare);
    }

    /** How many stand before `item`, were it there. */
    before(item) {
      let [low, high] = [0, this.items.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.compare(this.items[middle], item) < 0) low = middle + 1;
        else high = middle;
      }
      return low;
    }

    add(item) {
      this.items.splice(this.before(item), 0, item);
    }

    /** Takes one out that is as `item`; what is not there stays away. */
    remove(item) {
      const at = this.before(item);
      if (at < this.items.length && this.compare(this.items[at], item) === 0) this.items.splice(at, 1);
    }
  }

  /** Moments in milliseconds, the same one as often as it was put in. */
  class Moments extends Sorted {
    constructor() {
      super((a, b) => a - b);
    }

    /** How many lie at `ms` or later. */
    from(ms) {
      return this.items.length - this.before(ms);
    }

    /** How many lie after `ms`. */
    after(ms) {
      return this.from(Math.floor(ms) + 1);
    }
  }

  Object.assign(siger, { Sorted, Moments });
})(typeof window === "undefined" ? globalThis : window);
