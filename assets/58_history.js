/* An incident's history as lines: when, what, by whom. Every event that made it, in the order of the log. */
(function () {
  "use strict";

  const siger = window.siger;

  siger.historyParts = function (answer) {
    if (answer === null) return [];
    const items = answer.events.map((event) =>
      siger.el(
        "li",
        {},
        siger.el("span", { class: "history-time", text: siger.format.moment(Date.parse(event.at)) }),
        siger.el("span", { class: "history-what", text: what(event) }),
      ),
    );
    return [siger.el("h4", { text: siger.text("history.heading") }), siger.el("ol", { class: "history" }, ...items)];
  };

  function what(event) {
    const words = siger.text(`history.${event.action || "report"}`);
    return [words, event.unit, event.note, event.actor || event.source].filter(Boolean).join(" · ");
  }
})();
