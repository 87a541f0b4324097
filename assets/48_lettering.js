/* How names are written on the map: fonts, sizes, halo, and the variants of a label from the fullest to the shortest.
   Three sizes at most; everything grows with the map's scale. */
(function (siger) {
  "use strict";

  const SIZES = { large: [14, 12], small: [12, 10.8] }; // name, second line
  const LINE = 1.16;
  const AIR = 3;
  const HALO_PX = 3.6;
  const widths = new Map();

  class Lettering {
    /** @param {CanvasRenderingContext2D} context @param {number} scale */
    constructor(context, scale) {
      this.context = context;
      this.scale = scale;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.lineJoin = "round";
    }

    font(weight, px) {
      return `${weight} ${(px * this.scale).toFixed(1)}px ${siger.look.token("--family")}`;
    }

    width(text, font) {
      const key = `${font}|${text}`;
      if (!widths.has(key)) {
        this.context.font = font;
        widths.set(key, this.context.measureText(text).width);
      }
      return widths.get(key);
    }

    line(text, weight, px, color = "--text") {
      const font = this.font(weight, px);
      return { text, font, color, w: this.width(text, font), h: px * LINE * this.scale };
    }

    /** Lines as one box, with some air around. */
    box(lines) {
      const w = Math.max(...lines.map((line) => line.w)) + 2 * AIR * this.scale;
      return { lines, w, h: lines.reduce((sum, line) => sum + line.h, 0) + AIR * this.scale };
    }

    /** A regency's label: name and "2 · Rawan"; shorter by breaking the name, then smaller, then the number alone. */
    regency(name, [word = null, short = null]) {
      const made = [];
      for (const size of ["large", "small"]) {
        for (const parts of broken(name)) made.push(this.named(parts, word, size));
      }
      if (short) for (const parts of broken(name)) made.push(this.named(parts, short, "small"));
      return made;
    }

    named(parts, second, size) {
      const [large, small] = SIZES[size];
      const lines = parts.map((part) => this.line(part, 600, large));
      if (second) lines.push(this.line(second, 500, small));
      return this.box(lines);
    }

    /** A place with a dot: its name right, left, above or below of it. */
    beside(key, name, point, rank) {
      const box = { ...this.box([this.line(name, 500, 11, "--text-2")]), dot: true };
      const [far, high] = [box.w / 2 + 5 * this.scale, box.h / 2 + 4 * this.scale];
      const spots = [{ dx: far, dy: 0 }, { dx: -far, dy: 0 }, { dx: 0, dy: -high }, { dx: 0, dy: high }];
      return { ...this.plain(key, point, rank, box), spots };
    }

    /** A district's name, with its level's word where it has one: on one line, broken, with the number alone. */
    district(name, seconds, isChosen) {
      const [weight, px, color] = isChosen ? [600, 13, "--text"] : seconds.length ? [500, 10.8, "--text"] : [400, 10.8, "--text-2"];
      return (seconds.length ? seconds : [null]).flatMap((second) =>
        broken(name).map((parts) => {
          const lines = parts.map((part) => this.line(part, weight, px, color));
          return this.box(second ? [...lines, this.line(second, 500, 10.5)] : lines);
        }),
      );
    }

    /** Seas and neighbouring provinces: wide, grey, under everything. */
    spaced(key, name, point, rank) {
      const text = name.toUpperCase().split("").join("\u200a\u200a");
      return this.plain(key, point, rank, { ...this.box([this.line(text, 500, 10.5, "--map-quiet")]), faint: true });
    }

    plain(key, point, rank, box) {
      return { key, owner: 0, ...point, reach: { x: 0, y: 0 }, rank, variants: [box], leader: false, must: false };
    }

    /** Writes a placed label. */
    write({ item, variant, x, y }) {
      const { context } = this;
      if (variant.dot) this.dot(item.x, item.y, 2.6);
      let top = y - variant.h / 2 + (AIR * this.scale) / 2;
      for (const line of variant.lines) {
        const middle = top + line.h / 2;
        context.font = line.font;
        if (!variant.faint) this.halo(line.text, x, middle);
        context.fillStyle = siger.look.token(line.color);
        context.fillText(line.text, x, middle);
        top += line.h;
      }
    }

    halo(text, x, y) {
      this.context.lineWidth = HALO_PX * this.scale;
      this.context.strokeStyle = siger.look.token("--label-halo");
      this.context.strokeText(text, x, y);
    }

    /** The line from a small area to its label, ending at the label's edge. */
    leader({ item, variant, x, y }) {
      const { context, scale } = this;
      const [dx, dy] = [item.x - x, item.y - y];
      const part = Math.min(variant.w / 2 / (Math.abs(dx) || 1e-9), variant.h / 2 / (Math.abs(dy) || 1e-9), 1);
      for (const [width, name] of [[3.2, "--label-halo"], [1.1, "--text-2"]]) {
        context.beginPath();
        context.moveTo(item.x, item.y);
        context.lineTo(x + dx * part, y + dy * part);
        context.lineWidth = width * scale;
        context.strokeStyle = siger.look.token(name);
        context.stroke();
      }
      this.dot(item.x, item.y, 2.2);
    }

    dot(x, y, r) {
      const { context, scale } = this;
      context.beginPath();
      context.arc(x, y, r * scale, 0, 2 * Math.PI);
      context.lineWidth = 2 * scale;
      context.strokeStyle = siger.look.token("--label-halo");
      context.stroke();
      context.fillStyle = siger.look.token("--text");
      context.fill();
    }
  }

  /** A name on one line and, where it has a space, on two of about the same length. */
  function broken(name) {
    const words = name.split(" ");
    if (words.length < 2) return [[name]];
    const cuts = words.slice(1).map((_, i) => [words.slice(0, i + 1).join(" "), words.slice(i + 1).join(" ")]);
    const longest = (parts) => Math.max(...parts.map((part) => part.length));
    return [[name], cuts.sort((a, b) => longest(a) - longest(b))[0]];
  }

  siger.Lettering = Lettering;
})((window.siger = window.siger || {}));
