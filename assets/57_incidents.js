/* The incident list: what needs attention first. One keyed row an incident; only what changed is written.

   The list shows the first fifty and says how many more there are: a table without a limit is what makes live pages
   slow. New rows are marked for two minutes. Arrow keys walk, Enter opens, Escape closes. */
(function () {
  "use strict";

  const siger = window.siger;
  const PAGE = 50;
  const FRESH_MS = 10 * 60 * 1000;

  siger.panel("incidents", (place) => {
    const list = siger.el("ol", { class: "incidents" });
    const empty = siger.el("p", { class: "empty" });
    const more = siger.el("button", { class: "button more", type: "button" });
    const rows = new Map();
    let limit = PAGE;
    place.append(list, empty, more);

    const draw = siger.soon(() => {
      const now_ms = siger.now();
      const queue = siger.kept.queue();
      const shown = queue.first(limit, now_ms);
      keep(shown, now_ms);
      more.hidden = queue.size <= limit;
      siger.write(more, siger.text("incidents.more", { n: queue.size - shown.length }));
      empty.hidden = queue.size > 0;
      if (!queue.size) siger.write(empty, emptyText());
      siger.emit("listed", null);
    });

    function keep(shown, now_ms) {
      const wanted = new Set(shown.map((one) => one.id));
      for (const [id, row] of rows) {
        if (wanted.has(id)) continue;
        row.item.remove();
        rows.delete(id);
      }
      shown.forEach((incident, i) => {
        if (!rows.has(incident.id)) rows.set(incident.id, makeRow());
        const row = rows.get(incident.id);
        row.show(incident, now_ms);
        if (list.children[i] !== row.item) list.insertBefore(row.item, list.children[i] || null);
      });
    }

    more.addEventListener("click", () => {
      limit += PAGE;
      draw();
    });
    siger.on("filter", () => (limit = PAGE));
    siger.follow(draw, "change", "filter", "names", "select", "second");
    list.addEventListener("keydown", walk);
    draw();
  });

  function emptyText() {
    if (siger.store.waiting) return siger.text("incidents.loading");
    const { hours, area, chosen } = siger.filter.current;
    const when = hours === null ? "incidents.none" : "incidents.none_hours";
    const filtered = area || chosen.length ? " " + siger.text("incidents.filtered") : "";
    return siger.text(when, { n: hours }) + filtered;
  }

  function walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const item = event.target.closest("li");
    if (!step || !item) return;
    const next = step > 0 ? item.nextElementSibling : item.previousElementSibling;
    event.preventDefault();
    next?.querySelector("button").focus();
  }

  siger.panel("incidents-count", (place) => {
    siger.on("listed", () => {
      const now_ms = siger.now();
      const window_ms = siger.filter.window_ms();
      const fresh = siger.kept.tally.fresh(now_ms, FRESH_MS, window_ms === null ? undefined : now_ms - window_ms);
      const words = fresh ? [siger.text("incidents.fresh", { n: fresh })] : [];
      siger.write(place, [...words, siger.text("incidents.order")].join(" · "));
    });
  });

  /** A row of the list: `item` for the page, `show(incident, now_ms)` for its content. */
  function makeRow() {
    const part = (name) => siger.el("span", { class: name });
    const [title, place, force, time, status, age] = [
      "row-title",
      "row-place",
      "row-force",
      "row-time",
      "row-status",
      "row-age",
    ].map(part);
    const mark = part("row-mark");
    const main = siger.el("span", { class: "row-main" }, title, place, force);
    const side = siger.el("span", { class: "row-side" }, time, status, age);
    const button = siger.el("button", { class: "row", type: "button", "data-testid": "incident" }, mark, main, side);
    button.addEventListener("click", () => siger.select(button.dataset.id));
    const item = siger.el("li", {}, button);

    function show(incident, now_ms) {
      const { dataset } = button;
      if (dataset.severity !== String(incident.severity)) mark.replaceChildren(siger.mark(incident.severity));
      dataset.id = incident.id;
      dataset.severity = incident.severity;
      dataset.status = incident.status;
      siger.write(title, incident.title);
      siger.write(place, siger.names.place(incident));
      siger.write(force, siger.names.jurisdictions(incident));
      siger.write(time, siger.format.moment(incident.occurred_ms, now_ms));
      siger.write(status, siger.names.status(incident.status));
      siger.write(age, siger.format.ago(incident.occurred_ms, now_ms));
      const waiting = siger.attention.isWaiting(incident);
      button.classList.toggle("is-alarm", waiting && siger.attention.isSerious(incident));
      button.classList.toggle("is-waiting", waiting);
      button.classList.toggle("is-closed", !siger.attention.isOpen(incident));
      button.classList.toggle("is-fresh", incident.received_ms > now_ms - 2 * 60 * 1000);
      button.setAttribute("aria-pressed", String(siger.selected && siger.selected() === incident.id));
    }
    return { item, show };
  }
})();
