/* Under an incident: reports of other sources that are probably the same event, each with what speaks for it and a
   button to merge it; and the reports that were merged already, each with its source and a way to undo it.

   A suggestion does nothing by itself: a person opens "merge", reads what will happen, and confirms. The server says
   who may; what was done comes back through the log like everything else. */
(function () {
  "use strict";

  const siger = window.siger;
  const AGAIN_MS = 10_000; // with a thousand reports a minute one look in so long is enough
  const KINDS = { 1: "same", 0.7: "related", 0.2: "group" };
  let known = null; // {id, answer, error, at}
  let waiting = null;

  siger.on("select", ({ incident }) => {
    known = null;
    clearTimeout(waiting);
    waiting = null;
    if (incident) ask(incident);
  });

  // Any report may be the other half of this one; one that is shown here changes at once.
  siger.on("change", ({ incidents }) => {
    if (!known || !incidents.length) return;
    const id = known.id;
    if (incidents.some((one) => one === id || isShown(one))) ask(id);
    else if (!waiting) waiting = setTimeout(() => ask(id), Math.max(0, known.at + AGAIN_MS - Date.now()));
  });

  function isShown(id) {
    const { duplicates = [], merged = [], into = null } = known.answer || {};
    return [...duplicates, ...merged, into].some((one) => one && one.id === id);
  }

  async function ask(id) {
    clearTimeout(waiting);
    waiting = null;
    if (!known || known.id !== id) known = { id, answer: null, error: null, at: 0 };
    const mine = known;
    mine.at = Date.now();
    const response = await fetch(`/api/v1/incidents/${encodeURIComponent(id)}/duplicates`).catch(() => null);
    if (known !== mine || !response || !response.ok) return; // the detail itself says that the server does not answer
    mine.answer = await response.json();
    siger.emit("detail", null);
  }

  async function act(id, action) {
    const mine = known;
    const response = await fetch(`/api/v1/incidents/${encodeURIComponent(id)}/events`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(action),
    }).catch(() => null);
    if (known !== mine) return;
    mine.error = response && response.ok ? null : response ? String(response.status) : siger.text("merging.unreachable");
    siger.emit("detail", null);
  }

  /** The parts of an incident's detail about other reports of the same event. @param {string} id */
  siger.mergingParts = function (id) {
    if (!known || known.id !== id || !known.answer) return [];
    const { duplicates, merged, into, may } = known.answer;
    const parts = [];
    if (into) parts.push(...section("into", [joined(into, id, may)]));
    if (merged.length) parts.push(...section("merged", merged.map((one) => joined(one, one.id, may))));
    if (duplicates.length) parts.push(...section("likely", duplicates.map((one) => likely(one, id, may))));
    if (known.error) {
      parts.push(siger.el("p", { class: "failure", role: "alert", text: siger.text("merging.failed", { code: known.error }) }));
    }
    return parts;
  };

  function section(word, items) {
    const heading = siger.el("h4", { text: siger.text(`merging.${word}`) });
    return [heading, siger.el("ul", { class: "merging" }, ...items)];
  }

  function likely(one, id, may) {
    const near = one.distance_m === null ? siger.text("merging.same_district") : metres(one.distance_m);
    const apart = siger.text("merging.apart", { span: siger.format.span(one.apart_s * 1000) });
    const kind = siger.text(`merging.kind_${KINDS[one.kind] || "group"}`);
    const sure = siger.text("merging.score", { n: siger.format.number(one.score, 2) });
    const item = row(one, "likely-same", [source(one), near, apart, kind, sure]);
    if (may.includes("merge")) item.append(confirmed(one, () => act(one.id, { type: "merge", into: id })));
    return item;
  }

  /** A merged pair; `closed` is the one of the two that the merge closed, and that undoing it opens. */
  function joined(one, closed, may) {
    const item = row(one, "merged-report", [source(one), siger.format.moment(Date.parse(one.occurred_at))]);
    if (may.includes("reopen")) item.append(button("merging.undo", () => act(closed, { type: "reopen" })));
    return item;
  }

  function row(one, testid, facts) {
    const title = siger.el("button", {
      class: "merging-title",
      type: "button",
      text: one.title,
      on: { click: () => siger.select(one.id) },
    });
    const line = siger.el("p", { class: "quiet", text: facts.join(" · ") });
    return siger.el("li", { "data-testid": testid, "data-id": one.id }, title, line);
  }

  function confirmed(one, merge) {
    const ask = siger.el("summary", { class: "button", text: siger.text("merging.merge") });
    const what = siger.el("p", { text: siger.text("merging.confirm", { source: source(one) }) });
    return siger.el("details", { class: "merging-ask" }, ask, what, button("merging.yes", merge));
  }

  function button(word, click) {
    return siger.el("button", { class: "button", type: "button", text: siger.text(word), on: { click } });
  }

  const source = (one) => [siger.names.agency(one.agency), one.source].filter(Boolean).join(" · ");
  const metres = (m) => (m < 1000 ? siger.text("merging.m", { n: m }) : siger.text("merging.km", { n: siger.format.number(m / 1000, 1) }));
})();
