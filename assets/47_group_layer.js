/* The numbers that stand for many units, on a canvas of their own over the single ones: a quiet disc with a ring that
   tells police, army, others and silent ones apart by their share. Drawn when a number changes, at most twice a second,
   and at once where the view does. */
(function (siger) {
  "use strict";

  const EVERY_MS = 500;
  const RADII = [10, 12, 14.5]; // to 99, to 999, above
  const RING_PX = 2.4;
  const SHARES = [["police", "--unit-polri"], ["army", "--unit-tni"], ["other", "--unit-lain"], ["stale", "--unit-stale"]];

  class GroupLayer {
    /** @param {L.Map} map @param {object} groups */
    constructor(map, groups) {
      this.groups = groups;
      this.canvas = siger.canvasLayer(map, "siger-units", (context) => this.paint(context));
      this.placed = [];
      this.seats = new Map(); // a cell -> which of its places
      this.isOwed = false;
      this.drawn = { key: null, sign: null, ms: -Infinity };
      this.canvas.canvas.hidden = true;
    }

    restyle() {
      this.drawn.key = null;
    }

    /** After each drawing of the units, and at every frame while a drawing is owed: units may rest for long after the
        one that came too early. @param {number} now */
    tick(now) {
      const { groups, drawn } = this;
      const { x, y } = groups.offset;
      const key = `${groups.key} ${x} ${y} ${groups.isOn} ${siger.map.mounted()?.incidents?.isSeated}`;
      this.isOwed = key === drawn.key && now - drawn.ms < EVERY_MS;
      if (this.isOwed) return;
      const sign = `${groups.signature()} ${siger.map.mounted()?.incidents?.seatSign}`;
      if (key === drawn.key && sign === drawn.sign) return;
      this.canvas.canvas.hidden = groups.used === 0;
      if (groups.used ? this.canvas.draw() : this.forget()) this.drawn = { key, sign, ms: now };
    }

    forget() {
      this.placed = [];
      return true;
    }

    paint(context) {
      const scale = siger.look.scale();
      this.placed = [];
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.font = `600 ${10.5 * scale}px ${siger.look.token("--family")}`;
      this.groups.each((cell) => this.disc(context, cell, scale));
    }

    disc(context, cell, scale) {
      const { groups } = this;
      const count = groups.count[cell];
      const r = RADII[count < 100 ? 0 : count < 1000 ? 1 : 2] * scale;
      const [x, y] = this.seat(cell, r + scale);
      context.beginPath();
      context.arc(x, y, r + 1.2 * scale, 0, 2 * Math.PI);
      context.fillStyle = siger.look.token("--panel");
      context.fill();
      this.ring(context, cell, x, y, r - (RING_PX * scale) / 2, scale);
      context.fillStyle = siger.look.token("--text");
      context.fillText(siger.format.number(count), x, y + 0.5 * scale);
      this.placed.push({ cell, x, y, reach: r, shares: this.shares(cell) });
    }

    /** Where a group's number stands: aside of incidents and names where its cell has room, and while the map is pulled
        where it stood. */
    seat(cell, reach) {
      const { incidents } = siger.map.mounted();
      const key = this.groups.keyOf(cell);
      const middles = this.groups.places(cell, reach);
      if (incidents.isSeated) this.seats.set(key, incidents.taken.seat(middles, reach, reach));
      return middles[this.seats.get(key) || 0];
    }

    ring(context, cell, x, y, r, scale) {
      const shares = this.shares(cell);
      const count = this.groups.count[cell];
      let from = -Math.PI / 2;
      context.lineWidth = RING_PX * scale;
      for (const [name, token] of SHARES) {
        if (!shares[name]) continue;
        const to = from + (2 * Math.PI * shares[name]) / count;
        context.beginPath();
        context.arc(x, y, r, from, to);
        context.strokeStyle = siger.look.token(token);
        context.stroke();
        from = to;
      }
    }

    /** How many of a group are what. */
    shares(cell) {
      const { count, police, army, stale } = this.groups;
      const known = police[cell] + army[cell] + stale[cell];
      return { police: police[cell], army: army[cell], stale: stale[cell], other: count[cell] - known, count: count[cell] };
    }

    /** The group under a pixel of the window; null where none is. */
    at(x, y, within) {
      const near = this.placed.find((one) => Math.hypot(one.x - x, one.y - y) <= one.reach + within);
      return near ? { ...near, group: near.shares, distance: 0 } : null;
    }

    remove() {
      this.canvas.remove();
    }
  }

  siger.GroupLayer = GroupLayer;
})((window.siger = window.siger || {}));
