/* The polling stations on a canvas of their own, drawn when the view, the list or the filter changes and never per
   frame. Where they crowd, a number stands for those of a cell; elsewhere each has its mark. */
(function (siger) {
  "use strict";

  const CELL_PX = 58;
  const FEW = 5; // so many marks have room in a cell; more are a number
  const MARGIN_PX = 12;
  const PULL_MS = 120; // while the map is pulled; it carries the canvas along in between
  const LARGER_FROM = 11; // zoom from which there is room for larger marks
  const LARGEST = 1.5;
  const REST = 4; // after a drawing the page has this many times its cost for itself

  class TpsLayer {
    /** @param {L.Map} map @param {{placed: Array<object>}} labels the names on the map, which numbers make room for */
    constructor(map, labels) {
      this.labels = labels;
      this.canvas = siger.canvasLayer(map, "siger-tps", (context, view) => this.paint(context, view));
      this.sprites = new Map();
      this.wanted = true;
      this.isEmpty = true;
      this.drawnMs = -Infinity;
      this.costMs = 0;
      this.drawings = 0;
      this.clusters = [];
      this.allocate(0);
      this.offs = [siger.on("tps", () => this.want()), siger.on("filter", () => this.want())];
    }

    allocate(capacity) {
      this.slots = new Uint32Array(capacity); // of the marks that are in the window
      this.xs = new Float32Array(capacity);
      this.ys = new Float32Array(capacity);
      this.cells = new Uint16Array(capacity);
      this.marks = 0;
    }

    want() {
      this.wanted = true;
    }

    /** The theme or the scale has changed. */
    restyle() {
      this.sprites.clear();
      this.want();
    }

    /** Called at every frame of the screen. */
    tick(now) {
      if (!this.wanted || document.hidden) return;
      if (this.isEmpty && !this.isShown()) {
        this.wanted = false; // the map of those who look at other things pays nothing
        return;
      }
      if (now - this.drawnMs < Math.max(PULL_MS, this.costMs * REST)) return;
      const begun = performance.now();
      if (!this.canvas.draw()) return;
      this.costMs = performance.now() - begun;
      this.drawnMs = now;
      this.wanted = false;
    }

    isShown() {
      return siger.tps.shown && siger.tps.data !== null;
    }

    paint(context, view) {
      this.drawings++;
      this.marks = 0;
      this.clusters = [];
      this.isEmpty = !this.isShown();
      if (this.isEmpty) return;
      if (this.slots.length < siger.tps.data.count) this.allocate(siger.tps.data.count);
      const grid = this.gather(view);
      this.sort(grid);
      const size = siger.look.scale() * Math.max(1, Math.min(LARGEST, 1 + (view.zoom - LARGER_FROM) * 0.15));
      for (let klass = 0; klass < siger.tpsMark.CLASSES; klass++) this.stamp(context, klass, size, view.ratio);
      for (const cluster of this.clusters) number(context, cluster);
    }

    /** What lies in the window and the chosen area, and how many in each cell; cells hold to the plane, not the window. */
    gather({ k, left, top, width, height }) {
      const { data } = siger.tps;
      const size = CELL_PX * siger.look.scale();
      const fromX = Math.floor((left - MARGIN_PX) / size);
      const fromY = Math.floor((top - MARGIN_PX) / size);
      const columns = Math.ceil((width + 2 * MARGIN_PX) / size) + 1;
      const rows = Math.ceil((height + 2 * MARGIN_PX) / size) + 1;
      const counts = new Uint16Array(columns * rows);
      const inArea = districtsInArea(data.districts);
      let found = 0;
      for (let i = 0; i < data.count; i++) {
        const x = data.x[i] * k - left;
        const y = data.y[i] * k - top;
        if (x < -MARGIN_PX || y < -MARGIN_PX || x > width + MARGIN_PX || y > height + MARGIN_PX) continue;
        if (!inArea[data.district[i]]) continue;
        const cell = (Math.floor((y + top) / size) - fromY) * columns + Math.floor((x + left) / size) - fromX;
        counts[cell]++;
        this.slots[found] = i;
        this.xs[found] = x;
        this.ys[found] = y;
        this.cells[found++] = cell;
      }
      return { counts, found };
    }

    /** Crowded cells become numbers; the rest stay marks, at the front of the arrays. */
    sort({ counts, found }) {
      const crowded = new Map();
      const { klass } = siger.tps.data;
      for (let i = 0; i < found; i++) {
        const cell = this.cells[i];
        if (counts[cell] <= FEW) {
          this.slots[this.marks] = this.slots[i];
          this.xs[this.marks] = this.xs[i];
          this.ys[this.marks++] = this.ys[i];
          continue;
        }
        let sum = crowded.get(cell);
        if (!sum) crowded.set(cell, (sum = { x: 0, y: 0, count: 0, classes: new Uint16Array(siger.tpsMark.CLASSES) }));
        sum.x += this.xs[i];
        sum.y += this.ys[i];
        sum.count++;
        sum.classes[klass[this.slots[i]]]++;
      }
      const scale = siger.look.scale();
      for (const sum of crowded.values()) {
        const text = siger.format.number(sum.count);
        const cluster = { ...sum, x: sum.x / sum.count, y: sum.y / sum.count, text, scale };
        makeRoom(cluster, this.labels.placed);
        this.clusters.push(cluster);
      }
    }

    stamp(context, klass, size, ratio) {
      const { data } = siger.tps;
      for (let i = 0; i < this.marks; i++) {
        const slot = this.slots[i];
        if (data.klass[slot] !== klass) continue;
        const { canvas, half } = this.sprite(klass, data.isNear[slot], size, ratio);
        context.drawImage(canvas, this.xs[i] - half, this.ys[i] - half, 2 * half, 2 * half);
      }
    }

    sprite(klass, isNear, size, ratio) {
      if (this.spriteSize !== size * ratio) this.sprites.clear();
      this.spriteSize = size * ratio;
      const key = klass * 2 + isNear;
      if (!this.sprites.has(key)) this.sprites.set(key, siger.tpsMark.sprite(klass, isNear, size, ratio));
      return this.sprites.get(key);
    }

    /**
     * The station or the number nearest to a pixel of the window, as last drawn.
     * @returns {?{tps: ?number, cluster: ?object, x: number, y: number, reach: number}} tps is a slot
     */
    nearest(x, y, within) {
      if (this.isEmpty) return null;
      let best = null;
      let least = within * within;
      for (let i = 0; i < this.marks; i++) {
        const distance = (this.xs[i] - x) ** 2 + (this.ys[i] - y) ** 2;
        if (distance > least) continue;
        least = distance;
        best = { tps: this.slots[i], cluster: null, x: this.xs[i], y: this.ys[i], reach: 6 };
      }
      if (best) return best;
      const over = this.clusters.find((one) => Math.abs(one.x - x) < halfWidth(one) && Math.abs(one.y - y) < 9 * one.scale);
      return over ? { tps: null, cluster: over, x: over.x, y: over.y, reach: 9 * over.scale } : null;
    }

    remove() {
      for (const off of this.offs) off();
      this.canvas.remove();
    }
  }

  const halfWidth = ({ text, scale }) => (5 + 3.3 * text.length) * scale;

  /** Moves a number that would lie under a name to the nearest side of it: "79" before "1 Waspada" is read as one. */
  function makeRoom(cluster, labels) {
    const [w, h] = [halfWidth(cluster), 9 * cluster.scale];
    for (const { variant, x, y } of labels) {
      const [dx, dy] = [cluster.x - x, cluster.y - y];
      const [overX, overY] = [variant.w / 2 + w - Math.abs(dx), variant.h / 2 + h - Math.abs(dy)];
      if (overX <= 0 || overY <= 0) continue;
      if (overX < overY) cluster.x += Math.sign(dx || 1) * overX;
      else cluster.y += Math.sign(dy || 1) * overY;
    }
  }

  function districtsInArea(districts) {
    return Uint8Array.from(districts, (district) =>
      siger.filter.inArea({ district, regency: district.slice(0, 4) }) ? 1 : 0,
    );
  }

  /** How many stations a cell holds: a quiet plate, with a bar over it where Polda's higher classes are among them. */
  function number(context, cluster) {
    const { x, y, text, scale, classes } = cluster;
    const { token } = siger.look;
    const [w, h] = [halfWidth(cluster), 8 * scale];
    context.beginPath();
    context.roundRect(x - w, y - h, 2 * w, 2 * h, 4 * scale);
    context.fillStyle = token("--tps-ground");
    context.fill();
    context.lineWidth = scale;
    context.strokeStyle = token(classes[3] ? "--tps-3" : "--tps-line");
    context.stroke();
    context.font = `500 ${10.5 * scale}px ${token("--family")}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = token("--tps-text");
    context.fillText(text, x, y + 0.5 * scale);
    if (!classes[3]) return;
    context.fillStyle = token("--tps-3");
    context.fillRect(x - w * 0.55, y - h - 2.5 * scale, w * 1.1, 2.5 * scale);
  }

  siger.TpsLayer = TpsLayer;
})((window.siger = window.siger || {}));
