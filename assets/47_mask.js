/* A coarse raster of the map's window: which regency a spot belongs to, and which spots are taken by incident marks or
   by panels that lie over the map. It answers the layout's questions in a few steps, however many marks there are. */
(function (siger) {
  "use strict";

  const CELL_PX = 6;
  const STEP = 12; // an area's number is painted as a shade of red, and its square, which blended edges miss, as green
  const check = (number) => (number * number * 7) % 256;
  const MARKS = 1;
  const PANELS = 2;

  class Mask {
    /** @param {{k: number, left: number, top: number, width: number, height: number}} view @param {number} scale */
    constructor(view, scale) {
      this.cell = CELL_PX * scale;
      this.wide = Math.ceil(view.width / this.cell);
      this.high = Math.ceil(view.height / this.cell);
      this.view = view;
      this.owners = new Uint8Array(this.wide * this.high);
      this.taken = new Uint8Array(this.wide * this.high);
    }

    /** Paints the areas, numbered from 1 in their order. @param {Array<Array<Float64Array>>} areas rings on the plane */
    paint(areas) {
      const canvas = document.createElement("canvas");
      canvas.width = this.wide;
      canvas.height = this.high;
      const context = canvas.getContext("2d", { willReadFrequently: true });
      areas.forEach((rings, index) => {
        context.fillStyle = `rgb(${(index + 1) * STEP} ${check(index + 1)} 0)`;
        context.fill(this.outline(rings), "evenodd");
      });
      const { data } = context.getImageData(0, 0, this.wide, this.high);
      for (let i = 0; i < this.owners.length; i++) {
        const number = data[4 * i] / STEP;
        if (data[4 * i + 3] === 255 && data[4 * i + 1] === check(number)) this.owners[i] = number;
      }
    }

    outline(rings) {
      const { k, left, top } = this.view;
      const path = new Path2D();
      for (const ring of rings) {
        for (let i = 0; i < ring.length; i += 2) {
          const x = (ring[i] * k - left) / this.cell;
          const y = (ring[i + 1] * k - top) / this.cell;
          if (i === 0) path.moveTo(x, y);
          else path.lineTo(x, y);
        }
        path.closePath();
      }
      return path;
    }

    cells({ left, top, right, bottom }) {
      return {
        x0: Math.max(0, Math.floor(left / this.cell)),
        y0: Math.max(0, Math.floor(top / this.cell)),
        x1: Math.min(this.wide - 1, Math.floor(right / this.cell)),
        y1: Math.min(this.high - 1, Math.floor(bottom / this.cell)),
      };
    }

    count(box, test) {
      const { x0, y0, x1, y1 } = this.cells(box);
      let count = 0;
      for (let y = y0; y <= y1; y++) {
        for (let i = y * this.wide + x0; i <= y * this.wide + x1; i++) if (test(i)) count++;
      }
      return count / Math.max(1, (x1 - x0 + 1) * (y1 - y0 + 1));
    }

    /** The share of a box that lies in an area, by its number. */
    share(box, owner) {
      const { owners } = this;
      return this.count(box, (i) => owners[i] === owner);
    }

    /** The share of a box that lies on any area. */
    land(box) {
      const { owners } = this;
      return this.count(box, (i) => owners[i] > 0);
    }

    /** Keeps labels off a box; `soft`: in need they may stand there after all. */
    take(box, soft) {
      const { x0, y0, x1, y1 } = this.cells(box);
      const value = soft ? MARKS : PANELS;
      for (let y = y0; y <= y1; y++) {
        for (let i = y * this.wide + x0; i <= y * this.wide + x1; i++) {
          if (this.taken[i] < value) this.taken[i] = value;
        }
      }
    }

    isTaken(box, strict) {
      const { x0, y0, x1, y1 } = this.cells(box);
      const least = strict ? MARKS : PANELS;
      for (let y = y0; y <= y1; y++) {
        for (let i = y * this.wide + x0; i <= y * this.wide + x1; i++) if (this.taken[i] >= least) return true;
      }
      return false;
    }

    /** The middle and extent of what is to be seen of an area; null where nothing is. */
    extent(owner) {
      let [count, sumX, sumY] = [0, 0, 0];
      const edge = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
      for (let i = 0; i < this.owners.length; i++) {
        if (this.owners[i] !== owner) continue;
        const x = i % this.wide;
        const y = (i - x) / this.wide;
        count++;
        sumX += x;
        sumY += y;
        edge.left = Math.min(edge.left, x);
        edge.right = Math.max(edge.right, x);
        edge.top = Math.min(edge.top, y);
        edge.bottom = Math.max(edge.bottom, y);
      }
      if (!count) return null;
      const { cell } = this;
      return {
        x: (sumX / count + 0.5) * cell,
        y: (sumY / count + 0.5) * cell,
        width: (edge.right - edge.left + 1) * cell,
        height: (edge.bottom - edge.top + 1) * cell,
        area: count * cell * cell,
      };
    }
  }

  siger.Mask = Mask;
})((window.siger = window.siger || {}));
