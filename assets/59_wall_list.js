/* The wall's list of what needs attention. It shows as many whole rows as its place holds and says how many more there
   are: half a row is a lie. The filter's hours do not apply: what is open is open, however old. */
(function () {
  "use strict";

  const siger = window.siger;
  const MOST = 60; // more than any wall has room for

  siger.panel("attention", (place) => {
    const list = siger.el("ol", { class: "wall-rows" });
    const empty = siger.el("p", { class: "empty", text: siger.text("attention.none") });
    const rows = [];
    place.append(list, empty);
    const draw = siger.soon(() => {
      const now_ms = siger.now();
      const queue = siger.kept.openQueue;
      empty.hidden = queue.size > 0 || siger.store.waiting;
      siger.emit("attention", { more: queue.size - fill(place, list, rows, queue.first(MOST, now_ms), now_ms) });
    });
    siger.follow(draw, "change", "filter", "names", "second");
    new ResizeObserver(draw).observe(place);
    draw();
  });

  /** Fills row after row until the next would not be whole; returns how many are shown. */
  function fill(place, list, rows, ranked, now_ms) {
    const bottom = place.getBoundingClientRect().bottom + 0.5;
    let shown = 0;
    for (const incident of ranked) {
      const row = rows[shown] || (rows[shown] = makeRow());
      if (!row.item.isConnected) list.append(row.item);
      show(row, incident, now_ms);
      if (row.item.getBoundingClientRect().bottom > bottom) break;
      shown += 1;
    }
    for (const row of rows.slice(shown)) row.item.remove();
    return shown;
  }

  function makeRow() {
    const part = (name) => siger.el("span", { class: name });
    const row = { mark: part("wall-mark"), title: part("wall-title"), age: part("wall-age") };
    Object.assign(row, { place: part("wall-place"), status: part("wall-status") });
    const under = siger.el("span", { class: "wall-under" }, row.place, row.status);
    row.item = siger.el("li", { class: "wall-row", "data-testid": "incident" }, row.mark, row.title, row.age, under);
    return row;
  }

  function show({ item, mark, title, age, place, status }, incident, now_ms) {
    const { dataset } = item;
    if (dataset.severity !== String(incident.severity)) mark.replaceChildren(siger.mark(incident.severity));
    Object.assign(dataset, { id: incident.id, severity: incident.severity, status: incident.status });
    siger.write(title, incident.title);
    siger.write(age, siger.format.span(now_ms - incident.occurred_ms));
    siger.write(place, siger.names.place(incident));
    siger.write(status, siger.names.status(incident.status));
    item.classList.toggle("is-alarm", siger.attention.isWaiting(incident) && siger.attention.isSerious(incident));
  }

  siger.panel("attention-more", (place) => {
    siger.on("attention", ({ more }) => siger.write(place, more > 0 ? siger.text("attention.more", { n: more }) : ""));
  });
})();
