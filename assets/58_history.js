/* An incident's history as lines: when, what, by whom. Every event that made it, in the order of the log. */
(function () {
  "use strict";

  const siger = window.siger;

  siger.historyParts = function (answer) {
    const events = Array.isArray(answer) ? answer : (answer && (answer.events || answer.history)) || [];
    if (!events.length) return [];
    const items = events.map((event) =>
      siger.el(
        "li",
        {},
        siger.el("span", { class: "history-time", text: when(event) }),
        siger.el("span", { class: "history-what", text: what(event) }),
      ),
    );
    return [siger.el("h4", { text: siger.text("history.heading") }), siger.el("ol", { class: "history" }, ...items)];
  };

  function when(event) {
    const at = event.at_ms ?? event.received_ms ?? Date.parse(event.at || event.received_at || "");
    return siger.format.moment(at);
  }

  function what(event) {
    const type = event.type || event.action || (event.kind === "incident.report" ? "report" : "");
    const who = event.actor || event.source;
    return [siger.text(`history.${type || "report"}`), event.note, who].filter(Boolean).join(" · ");
  }
})();
