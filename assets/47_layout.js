/* Where labels stand: inside their own area, never over another label, never over an incident; where an area is too
   small, beside it with a line to it. Greedy, the most urgent first; each label tries its variants from the fullest to
   the shortest and takes the cheapest free place. Pure: boxes in, boxes out. */
(function (siger) {
  "use strict";

  const STEP = { x: 9, y: 7 }; // how finely places are tried, in unscaled pixels
  const OUTSIDE_COST = 160; // a label half outside its area against one 80 px off its best place
  const LEAST_INSIDE = 0.66;
  const MOVED_COST = 10; // labels stay where they were unless it gains something
  const LEADER = { from: 16, to: 150, step: 9, turns: 24 };
  const OTHER_LAND_COST = 70;

  /**
   * @typedef {object} Item
   * @property {string} key
   * @property {number} owner the area's number in the mask; 0: none, the label may stand anywhere near
   * @property {number} x the best place of the label's middle, in pixels
   * @property {number} y
   * @property {{x: number, y: number}} reach how far from it may be tried
   * @property {number} rank higher comes first
   * @property {Array<{w: number, h: number}>} variants from the fullest to the shortest
   * @property {boolean} leader whether it may stand outside with a line to (x, y)
   * @property {boolean} must shown over an incident mark rather than not at all
   * @property {Array<{dx: number, dy: number}>} [spots] the only places to try, where given
   */

  /**
   * @param {Item[]} items
   * @param {{width: number, height: number, scale: number, mask: object, was: Map}} room
   * @returns {Array<{item: Item, variant: object, x: number, y: number, leader: boolean}>}
   */
  function layout(items, room) {
    const placed = [];
    for (const item of [...items].sort((a, b) => b.rank - a.rank)) {
      const found = place(item, room, placed);
      if (found) placed.push({ item, ...found });
    }
    return placed;
  }

  function place(item, room, placed) {
    for (const strict of item.must ? [true, false] : [true]) {
      const found = inside(item, room, placed, strict) || (item.leader && beside(item, room, placed, strict));
      if (found) return found;
    }
    return null;
  }

  function inside(item, room, placed, strict) {
    for (const variant of item.variants) {
      const best = cheapest(spots(item, room), (dx, dy, limit) => {
        const middle = { x: item.x + dx, y: item.y + dy };
        const near = Math.hypot(dx, dy * 1.5) + moved(item, room, dx, dy);
        if (near >= limit || !isFree(box(middle, variant), room, placed, strict)) return Infinity;
        return near + outside(item, box(middle, variant), room);
      });
      if (best) return { variant, x: item.x + best.dx, y: item.y + best.dy, leader: false };
    }
    return null;
  }

  function outside(item, box, room) {
    if (!item.owner) return 0;
    const share = room.mask.share(box, item.owner);
    return share < LEAST_INSIDE ? Infinity : (1 - share) * OUTSIDE_COST;
  }

  function moved(item, room, dx, dy) {
    const was = room.was.get(item.key);
    return was && Math.abs(was.dx - dx) < 1 && Math.abs(was.dy - dy) < 1 ? 0 : MOVED_COST;
  }

  function* spots(item, room) {
    if (item.spots) {
      yield* item.spots;
      return;
    }
    const was = room.was.get(item.key);
    if (was) yield was;
    const [stepX, stepY] = [STEP.x * room.scale, STEP.y * room.scale];
    const columns = Math.floor(item.reach.x / stepX);
    const rows = Math.floor(item.reach.y / stepY);
    for (let row = -rows; row <= rows; row++) {
      for (let column = -columns; column <= columns; column++) yield { dx: column * stepX, dy: row * stepY };
    }
  }

  function beside(item, room, placed, strict) {
    for (const variant of item.variants) {
      const best = cheapest(around(variant, room.scale), (dx, dy, limit) => {
        const middle = { x: item.x + dx, y: item.y + dy };
        const long = Math.hypot(dx, dy);
        if (long >= limit || !isFree(box(middle, variant), room, placed, strict)) return Infinity;
        if (placed.some((other) => lineHits(item, middle, boxOf(other)) || meets(item, middle, other))) return Infinity;
        return long + room.mask.land(box(middle, variant)) * OTHER_LAND_COST * room.scale;
      });
      if (best) return { variant, x: item.x + best.dx, y: item.y + best.dy, leader: true };
    }
    return null;
  }

  /** Places in rings around the point, the label's edge at the ring. */
  function* around(variant, scale) {
    for (let gap = LEADER.from; gap <= LEADER.to; gap += LEADER.step) {
      for (let turn = 0; turn < LEADER.turns; turn++) {
        const angle = (turn * 2 * Math.PI) / LEADER.turns;
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        yield { dx: cos * (gap * scale + variant.w / 2), dy: sin * (gap * scale + variant.h / 2) };
      }
    }
  }

  function cheapest(places, price) {
    let best = null;
    let least = Infinity;
    for (const { dx, dy } of places) {
      const cost = price(dx, dy, least);
      if (cost < least) [least, best] = [cost, { dx, dy }];
    }
    return best;
  }

  const box = ({ x, y }, { w, h }) => ({ left: x - w / 2, top: y - h / 2, right: x + w / 2, bottom: y + h / 2 });

  function isFree(box, room, placed, strict) {
    if (box.left < 2 || box.top < 2 || box.right > room.width - 2 || box.bottom > room.height - 2) return false;
    if (placed.some((other) => overlap(box, boxOf(other)) || leaderHits(other, box))) return false;
    return !room.mask.isTaken(box, strict);
  }

  const boxOf = (placed) => box(placed, placed.variant);

  function overlap(a, b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  }

  const leaderHits = (placed, box) => placed.leader && lineHits(placed.item, placed, box);

  /** Whether the line between two points runs through a box. */
  function lineHits(from, to, { left, top, right, bottom }) {
    for (let part = 0; part <= 1; part += 0.08) {
      const x = from.x + (to.x - from.x) * part;
      const y = from.y + (to.y - from.y) * part;
      if (x > left && x < right && y > top && y < bottom) return true;
    }
    return false;
  }

  /** Whether two labels' lines would cross. */
  function meets(from, to, other) {
    if (!other.leader) return false;
    const side = (a, b, c) => Math.sign((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x));
    const { item } = other;
    return side(from, to, item) !== side(from, to, other) && side(item, other, from) !== side(item, other, to);
  }

  siger.layout = layout;
})((window.siger = window.siger || {}));
