/* Callsigns beside their units: each in the first free place of four around its mark, none over another, over an
   incident or over an area's name; where all four are taken the callsign is left out. The chosen unit comes first, then
   whoever had a place before, so that names do not jump about. */
(function (siger) {
  "use strict";

  const FONT_PX = 11;
  const LINE_PX = 14;
  const GAP_PX = 9; // from the middle of the mark to its name
  const MOST_CHARS = 24;
  // Marks that turn the direction of writing or cannot be seen: on a canvas they would only tear names apart.
  const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
  const SIDES = [[1, 0], [-1, 0], [0, -1], [0, 1]];

  /** What a unit is called: its callsign, else its id, on one line of at most `most` letters. */
  siger.callsign = function ({ callsign, id }, most = MOST_CHARS) {
    const clean = (text) => String(text || "").replace(UNSEEN, "").trim();
    const letters = Array.from(clean(callsign) || clean(id));
    return letters.length > most ? letters.slice(0, most - 1).join("") + "…" : letters.join("");
  };

  /**
   * Where names stand. Pure: boxes in, boxes out.
   * @param {Array<{key: number, x: number, y: number, w: number, h: number, gap: number, side: number}>} items in order of
   *   urgency; `side` is where it stood before (-1: nowhere)
   * @param {Array<{left: number, top: number, right: number, bottom: number}>} obstacles
   * @param {{width: number, height: number}} room
   */
  siger.placeNames = function (items, obstacles, { width, height }) {
    const taken = [...obstacles];
    const placed = [];
    for (const item of items) {
      const sides = item.side > 0 ? [item.side, ...[0, 1, 2, 3].filter((side) => side !== item.side)] : [0, 1, 2, 3];
      const found = sides.map((side) => ({ side, box: boxAt(item, side) })).find(({ box }) => isFree(box, taken, width, height));
      if (!found) continue;
      taken.push(found.box);
      placed.push({ item, ...found });
    }
    return placed;
  };

  function boxAt({ x, y, w, h, gap }, side) {
    const [dx, dy] = SIDES[side];
    const middleX = x + dx * (gap + w / 2);
    const middleY = y + dy * (gap + h / 2);
    return { left: middleX - w / 2, top: middleY - h / 2, right: middleX + w / 2, bottom: middleY + h / 2 };
  }

  function isFree(box, taken, width, height) {
    if (box.left < 0 || box.top < 0 || box.right > width || box.bottom > height) return false;
    return !taken.some((other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom);
  }

  class Callsigns {
    constructor() {
      this.widths = new Map();
      this.sides = new Map(); // slot -> where its name stood
      this.placed = [];
    }

    paint(context, view, wanted, obstacles) {
      const scale = siger.look.scale();
      context.font = `500 ${(FONT_PX * scale).toFixed(1)}px ${siger.look.token("--family")}`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.lineJoin = "round";
      if (this.font !== context.font || this.widths.size > 2000) this.widths.clear();
      this.font = context.font;
      const rank = (one) => (one.urgent ? 2 : this.sides.has(one.slot) ? 1 : 0);
      wanted.sort((a, b) => rank(b) - rank(a) || a.slot - b.slot);
      const items = wanted.map((one) => this.item(context, one, scale));
      this.placed = siger.placeNames(items, obstacles, view);
      this.sides = new Map(this.placed.map(({ item, side }) => [item.slot, side]));
      for (const { item, box } of this.placed) write(context, item, box, scale);
    }

    item(context, { slot, x, y, text, urgent }, scale) {
      if (!this.widths.has(text)) this.widths.set(text, context.measureText(text).width);
      const w = this.widths.get(text) + 4 * scale;
      return { slot, x, y, text, urgent, w, h: LINE_PX * scale, gap: GAP_PX * scale, side: this.sides.get(slot) ?? -1 };
    }
  }

  function write(context, { text, urgent }, { left, top, right, bottom }, scale) {
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    context.lineWidth = 3 * scale;
    context.strokeStyle = siger.look.token("--label-halo");
    context.strokeText(text, x, y);
    context.fillStyle = siger.look.token(urgent ? "--text" : "--text-2");
    context.fillText(text, x, y);
  }

  siger.Callsigns = Callsigns;
})((window.siger = window.siger || {}));
