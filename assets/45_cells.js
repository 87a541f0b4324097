/* The incidents that the map shows, by where they lie: points, and cells of the map at the zoom of now. Where few share a
   cell each has its mark; where many do a number stands for them, beside the critical ones, which keep their own.

   A report touches its cell alone, and a drawing the cells of the window: ten thousand open ones cost what is seen of
   them. A cell becomes a number at one count and stops being one at a smaller, so that nothing flickers. Pure. */
(function (siger) {
  "use strict";

  const CELL_PX = 70;
  const CROWDED_FROM = 9; // marks in a cell: more would cover each other
  const CROWDED_UNTIL = 7;
  const NUMBER_REACH_PX = 21; // half of a number's width: it stays inside its cell
  const LINES = [0.5, 0.32, 0.68, 0.14, 0.86]; // where a number may stand in its cell, from the top
  const CRITICAL = 5;
  const MOST_APART = 3;
  const SEVERITIES = 6;
  const NEIGHBOURS = [-1, 0, 1].flatMap((row) => [-1, 0, 1].map((column) => [column, row]).filter(([x, y]) => x || y));

  const byAge = (a, b) => b.occurred_ms - a.occurred_ms || siger.marks.byUrgency(a, b);

  class IncidentCells {
    constructor() {
      this.selected = null;
      this.byAge = new siger.Sorted(byAge);
      this.points = new Map();
      this.cells = new Map();
      this.k = this.size = this.scale = 0;
      this.isOn = true;
    }

    fill(incidents) {
      this.points.clear();
      this.byAge.fill(incidents);
      const points = new Map();
      for (const one of incidents) {
        const { key } = placeOf(one);
        if (points.has(key)) points.get(key).push(one);
        else points.set(key, [one]);
      }
      for (const own of points.values()) this.pointOf(own[0]).incidents.fill(own);
      this.divide();
    }

    add(one) {
      this.byAge.add(one);
      this.count(this.pointOf(one), one, 1);
    }

    remove(one) {
      const point = this.points.get(placeOf(one).key);
      if (!point) return;
      const { size } = point.incidents;
      this.byAge.remove(one);
      this.count(point, one, -1);
      if (size === 1 && !point.incidents.size) this.points.delete(placeOf(one).key);
    }

    /** Lets go what happened at `ms` or before. @returns {boolean} whether there was any */
    forget(ms) {
      const { items } = this.byAge;
      const before = items.length;
      while (items.length && items[items.length - 1].occurred_ms <= ms) this.remove(items[items.length - 1]);
      return items.length < before;
    }

    /** One of them keeps a mark of its own wherever it lies. @param {?object} incident */
    select(incident) {
      for (const one of [this.selected, incident]) {
        const point = one && this.points.get(placeOf(one).key);
        if (point && this.k) this.cellOf(point).marks = null;
      }
      this.selected = incident;
    }

    pointOf(one) {
      const { key, x, y } = placeOf(one);
      if (!this.points.has(key)) this.points.set(key, { x, y, incidents: new siger.Sorted(siger.marks.byUrgency) });
      return this.points.get(key);
    }

    count(point, one, step) {
      const { incidents } = point;
      const before = incidents.size;
      if (step > 0) incidents.add(one);
      else incidents.remove(one);
      if (this.k && incidents.size !== before) this.weigh(point, one.severity, step, before);
    }

    /** Divides the map anew where the zoom or the scale is another. @param {boolean} isOn whether cells may be numbers */
    fit(k, scale, isOn) {
      if (this.k === k && this.scale === scale && this.isOn === isOn) return;
      Object.assign(this, { k, scale, isOn, size: CELL_PX * scale });
      this.divide();
    }

    divide() {
      this.cells.clear();
      if (!this.k) return;
      for (const point of this.points.values()) {
        const { items } = point.incidents;
        items.forEach((one, before) => this.weigh(point, one.severity, 1, before));
      }
    }

    cellOf(point) {
      const [column, row] = [Math.floor((point.x * this.k) / this.size), Math.floor((point.y * this.k) / this.size)];
      const key = keyOf(column, row);
      if (!this.cells.has(key)) {
        const counts = new Array(SEVERITIES).fill(0);
        this.cells.set(key, { column, row, counts, points: new Set(), load: 0, sumX: 0, isCrowded: false, marks: null });
        this.touchAround(column, row);
      }
      return this.cells.get(key);
    }

    weigh(point, severity, step, before) {
      const cell = this.cellOf(point);
      cell.counts[severity] += step;
      cell.load += siger.marks.marksOf(before + step) - siger.marks.marksOf(before);
      cell.sumX += step * point.x;
      cell.marks = null;
      if (step > 0) cell.points.add(point);
      else if (before === 1) cell.points.delete(point);
      if (cell.points.size) return;
      this.cells.delete(keyOf(cell.column, cell.row));
      this.touchAround(cell.column, cell.row);
    }

    /** Whether a lone point has room to spread depends on what lies around it. */
    touchAround(column, row) {
      for (const [x, y] of NEIGHBOURS) {
        const cell = this.cells.get(keyOf(column + x, row + y));
        if (cell && cell.points.size === 1) cell.marks = null;
      }
    }

    /**
     * The marks of the cells that a window of the map touches, in no order.
     * @param {{left: number, top: number, width: number, height: number}} view @param {(mark: Mark) => void} work
     */
    each({ left, top, width, height }, work) {
      const { size } = this;
      const last = { column: Math.floor((left + width) / size) + 1, row: Math.floor((top + height) / size) + 1 };
      for (let row = Math.floor(top / size) - 1; row <= last.row; row++) {
        for (let column = Math.floor(left / size) - 1; column <= last.column; column++) {
          const cell = this.cells.get(keyOf(column, row));
          if (cell) for (const mark of cell.marks || (cell.marks = this.marksOf(cell))) work(mark);
        }
      }
    }

    marksOf(cell) {
      cell.isCrowded = this.isOn && cell.load >= (cell.isCrowded ? CROWDED_UNTIL : CROWDED_FROM) && !this.isAlone(cell);
      if (!cell.isCrowded) return [...cell.points].flatMap((point) => siger.marks.spiral(point.incidents.items, point));
      const isApart = this.apartOf(cell);
      const apart = [...cell.points].flatMap((point) => {
        const own = point.incidents.items.filter(isApart);
        return own.map((incident, place) => siger.marks.mark(point, place, { incident, severity: incident.severity }));
      });
      const rest = [...cell.counts];
      for (const { severity } of apart) rest[severity] -= 1;
      const critical = rest.map((n, severity) => (severity >= CRITICAL ? n : 0));
      const others = rest.map((n, severity) => (severity < CRITICAL ? n : 0));
      const numbers = [[others, LINES], [critical, LINES.slice(1)]].filter(([counts]) => sum(counts) > 0);
      return [...apart, ...numbers.map(([counts, lines]) => this.number(cell, counts, lines))];
    }

    /** A lone point with nothing around it spreads its marks at any zoom: nearer it would be no clearer. */
    isAlone({ points, column, row }) {
      return points.size === 1 && !NEIGHBOURS.some(([x, y]) => this.cells.has(keyOf(column + x, row + y)));
    }

    /** Which of a crowded cell keep their own marks: the chosen one, and the critical ones while they are few; else these
        have a number of their own. */
    apartOf({ counts }) {
      const few = counts[CRITICAL] <= MOST_APART;
      const { selected } = this;
      return (one) => (few && one.severity >= CRITICAL) || (selected !== null && one.id === selected.id);
    }

    /** The number of a cell, and where in the cell it may stand: at first as far east as what it stands for and in line
        with its neighbours, so that names find room between them. */
    number({ column, row, sumX, counts: all }, counts, lines) {
      const { k, size } = this;
      const reach = NUMBER_REACH_PX * this.scale;
      const [from, to] = [column * size + reach, (column + 1) * size - reach];
      const home = Math.max(from, Math.min(to, (sumX / sum(all)) * k));
      const places = lines.flatMap((part) => [home, from, to].map((x) => [x / k, ((row + part) * size) / k]));
      const severity = counts.findLastIndex((n) => n > 0);
      return { incident: null, severity, x: places[0][0], y: places[0][1], dx: 0, dy: 0, more: sum(counts), counts, places };
    }
  }

  const sum = (numbers) => numbers.reduce((total, n) => total + n, 0);

  /** Columns and rows are below 2^21 at any zoom that a map has. */
  const keyOf = (column, row) => row * 0x200000 + column;

  /** An incident's point on the plane, the same one for all within about a metre. */
  function placeOf({ lon, lat }) {
    const [east, north] = [Math.round(lon * 1e5), Math.round(lat * 1e5)];
    return { key: east * 0x2000000 + north, x: siger.plane.planeX(lon), y: siger.plane.planeY(lat) };
  }

  siger.IncidentCells = IncidentCells;
})((window.siger = window.siger || {}));
