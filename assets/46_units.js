/* The moving units on their canvas. Drawn at most 20 times a second while something glides (less often where the
   machine is slow: the rest of the page comes first), four times a second when nothing moves by a visible amount, every
   few seconds when nothing is heard (what is silent fades all the same), not at all while the page is hidden. No object
   is made per frame. */
(function (siger) {
  "use strict";

  const FRAME_MS = { now: 0, glide: 50, quiet: 250, age: 5000 };
  const URGENCY = { now: 4, glide: 3, quiet: 2, age: 1 };
  const REST = 2.5; // after a drawing the page has this many times its cost for itself
  const LONGEST_REST_MS = 400;
  const EARLY_MS = 4; // a screen's frames do not fall exactly on ours
  const ROOM = { crowded: 600, roomy: 4000 }; // square pixels of the window for each unit in it, grouped ones too
  const NOBODY = -1;
  const MARK_REACH_PX = 6;

  class UnitLayer {
    /** @param {L.Map} map */
    constructor(map) {
      this.map = map;
      this.units = siger.store.units;
      this.motion = new siger.Motion();
      this.inWindow = new siger.InWindow(this.units, this.motion);
      this.visible = this.inWindow.visible;
      this.canvas = siger.canvasLayer(map, "siger-units", (context, view) => this.paint(context, view), { kept: true });
      this.groupLayer = new siger.GroupLayer(map, this.inWindow.groups);
      this.notes = new siger.UnitNotes(map, this);
      this.columns = new Uint8Array(0);
      this.rows = new Uint16Array(0);
      this.marks = null;
      this.painter = new siger.TilePainter((index) => this.marks.get(index));
      this.chosen = NOBODY;
      this.drawnMs = -Infinity;
      this.costMs = 0; // of a drawing, until the screen's next frame; smoothed
      this.drewLast = false;
      this.wanted = null; // how soon the canvas must be drawn anew: a key of FRAME_MS
      this.away = document.hidden;
      this.take({ snapshot: true, slots: this.known() });
    }

    known() {
      const { size, known } = this.units;
      return Uint32Array.from({ length: size }, (_, slot) => slot).filter((slot) => known[slot]);
    }

    /** Takes a change of the store over. */
    take({ snapshot, slots }) {
      if (snapshot) this.motion.reset();
      const glide = !snapshot && !this.away && !siger.look.calm();
      const k = 2 ** this.map.getZoom();
      const visible = this.motion.take(slots, this.units, performance.now(), k, glide);
      if (this.columns.length < this.units.capacity) this.grow();
      for (let i = 0; i < slots.length; i++) this.dress(slots[i]);
      this.notes.take({ slots });
      if (snapshot) this.choose(this.chosenId || null);
      else if (slots.length) this.want(visible ? "glide" : "quiet");
    }

    grow() {
      for (const [name, Type] of [["columns", Uint8Array], ["rows", Uint16Array]]) {
        const larger = new Type(this.units.capacity);
        larger.set(this[name]);
        this[name] = larger;
      }
      this.inWindow.reserve(this.units.capacity);
    }

    /** Which mark a unit wears: a standing unit shows no heading. */
    dress(slot) {
      const { UnitMarks } = siger;
      const { speedDkmh, headingDeg, meta, state } = this.units;
      this.columns[slot] = UnitMarks.column(speedDkmh[slot] === 0 ? siger.UNKNOWN_U16 : headingDeg[slot]);
      this.rows[slot] = UnitMarks.row(meta[slot].agency, meta[slot].kind, state[slot]);
    }

    /** Marks a unit as the chosen one; null lets it go. Slots change with a snapshot, ids do not. @param {?string} id */
    choose(id) {
      this.chosenId = id;
      this.chosen = this.units.slots.get(id) ?? NOBODY;
      this.want("now");
    }

    /** Shows units by themselves where they stand thick, or counts them together. @param {boolean} isOn */
    group(isOn) {
      this.inWindow.groups.isOn = isOn;
      this.want("now");
    }

    /** Shows the trails of all units, where few enough are in the window. @param {boolean} isOn */
    showTrails(isOn) {
      this.notes.showsTrails = isOn;
      this.want("now");
    }

    /** Takes what the log knows of a unit's way. @param {Array<[number, number]>} places @param {string[]} times */
    recall(id, places, times) {
      const slot = this.units.slots.get(id);
      if (slot === undefined) return;
      const e6 = (degrees) => Math.round(degrees * 1e6);
      this.notes.trails.remember(slot, places.map(([lon, lat], i) => [e6(lon), e6(lat), Date.parse(times[i])]));
      this.want("now");
    }

    /** @param {"now"|"glide"|"quiet"|"age"} how */
    want(how) {
      if (!this.wanted || URGENCY[how] > URGENCY[this.wanted]) this.wanted = how;
    }

    /** Called at every frame of the screen. */
    tick(now) {
      if (this.away && !document.hidden) this.want("now");
      this.away = document.hidden;
      if (this.drewLast) this.costMs += (now - this.drawnMs - this.costMs) * 0.2;
      this.drewLast = false;
      if (this.groupLayer.isOwed) this.groupLayer.tick(now);
      this.want(now < this.motion.glidingUntil + FRAME_MS.glide ? "glide" : "age");
      if (this.away || now - this.drawnMs < this.gapMs() || !this.canvas.draw()) return;
      this.drawnMs = now;
      this.drewLast = true;
      this.wanted = null;
      this.groupLayer.tick(now);
      this.notes.tick(now);
    }

    gapMs() {
      const rest = Math.min(LONGEST_REST_MS, this.costMs * REST);
      return Math.max(FRAME_MS[this.wanted], this.wanted === "now" ? 0 : rest) - EARLY_MS;
    }

    /** The theme or the scale has changed. */
    restyle() {
      this.marks = null;
      this.groupLayer.restyle();
      this.notes.restyle();
      this.want("now");
    }

    paint(context, view) {
      this.inWindow.gather(view, performance.now(), this.chosen);
      this.outfit(context, view);
      const { stale, fresh, capacity } = this.visible;
      this.painter.begin(this.visible.count());
      // Grey first: what is known to be old never covers what is fresh.
      for (let i = 0; i < stale; i++) this.put(i, true);
      for (let i = capacity - 1; i >= fresh; i--) this.put(i, false);
      this.painter.end(context);
    }

    /** Marks that suit the screen: dots where many share the window, pictures of their kind where few do. */
    outfit(context, { ratio, width, height, isNew }) {
      const { canvas } = context;
      if (isNew) this.painter.resize(canvas.width, canvas.height);
      const scale = siger.look.scale();
      const size = this.sizeFor((width * height) / (scale * scale * this.inWindow.count));
      if (this.marks && this.ratio === ratio && this.marks.size === size) return;
      this.marks = new siger.UnitMarks(scale, ratio, size);
      this.ratio = ratio;
      this.painter.forget();
    }

    /** What is in use is kept a little longer, so that nothing flickers. */
    sizeFor(roomPx) {
      const was = this.marks ? this.marks.size : "plain";
      if (roomPx < ROOM.crowded * (was === "crowded" ? 1.2 : 1)) return "crowded";
      return roomPx > ROOM.roomy * (was === "roomy" ? 0.8 : 1) ? "roomy" : "plain";
    }

    put(index, isStale) {
      const { visible, ratio } = this;
      const slot = visible.slot[index];
      const mark = this.marks.index(this.rows[slot], this.columns[slot], isStale);
      this.painter.add(mark, Math.round(visible.x[index] * ratio), Math.round(visible.y[index] * ratio));
    }

    /**
     * The unit nearest to a pixel of the window, as last drawn; else the group there.
     * @returns {?{unit: string, slot: number, x: number, y: number, distance: number}}
     */
    nearest(x, y, within) {
      const found = this.visible.nearest(x, y, within);
      if (!found) return this.groupLayer.at(x, y, 0);
      const { visible } = this;
      const slot = visible.slot[found.index];
      const unit = this.units.meta[slot].id;
      return { unit, slot, x: visible.x[found.index], y: visible.y[found.index], distance: found.distance };
    }

    /** Boxes that names keep clear of: incidents, areas' names, groups, the units' own marks. */
    obstacles() {
      const { incidents, labels } = siger.map.mounted() || {};
      const around = ({ x, y, reach, wide = reach }) => ({ left: x - wide, top: y - reach, right: x + wide, bottom: y + reach });
      const boxes = [...(incidents ? incidents.placed : []), ...this.groupLayer.placed].map(around);
      for (const { variant, x, y } of labels ? labels.placed : []) {
        boxes.push({ left: x - variant.w / 2, top: y - variant.h / 2, right: x + variant.w / 2, bottom: y + variant.h / 2 });
      }
      const reach = MARK_REACH_PX * siger.look.scale();
      this.visible.each((_, x, y) => boxes.push(around({ x, y, reach })));
      return boxes;
    }

    remove() {
      for (const part of [this.canvas, this.groupLayer, this.notes]) part.remove();
    }
  }

  siger.UnitLayer = UnitLayer;
})((window.siger = window.siger || {}));
