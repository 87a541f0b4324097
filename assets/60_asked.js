/* A part of a page that shows what the server answers to one question: it says that it loads, shows the answer, or says
   that it failed and offers another try. */
(function () {
  "use strict";

  const siger = window.siger;

  /**
   * Asks `url` and gives the answer to `show`, which returns what to show; asked again by `again()`.
   * @param {HTMLElement} place @param {() => string} url @param {(answer: object) => Node[]} show
   */
  siger.asked = function (place, url, show) {
    let number = 0;
    async function ask({ quietly = false } = {}) {
      const mine = (number += 1);
      if (!quietly) place.replaceChildren(siger.el("p", { class: "quiet", text: siger.text("analysis.loading") }));
      const response = await fetch(url()).catch(() => null);
      const answer = response && response.ok ? await response.json().catch(() => null) : null;
      if (mine !== number) return; // a later question is on its way
      if (answer) place.replaceChildren(...show(answer).filter(Boolean));
      else if (!quietly) place.replaceChildren(failure(() => ask()));
    }
    ask();
    return ask;
  };

  function failure(again) {
    const button = siger.el("button", { class: "button", type: "button", text: siger.text("detail.again"), on: { click: again } });
    return siger.el("p", { class: "failure", role: "alert" }, siger.text("analysis.failed") + " ", button);
  }

  /** A table in a frame that scrolls by itself. @param {string} caption @param {Node[]} heads @param {Node[]} rows */
  siger.table = function (caption, heads, rows, { className = "", testid = null } = {}) {
    const table = siger.el(
      "table",
      { class: `table ${className}`.trim(), "data-testid": testid },
      siger.el("caption", { class: "quiet", text: caption }),
      siger.el("thead", {}, siger.el("tr", {}, ...heads)),
      siger.el("tbody", {}, ...rows),
    );
    return siger.el("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": caption }, table);
  };

  siger.head = (text, { isNumber = false, more = null } = {}) =>
    siger.el("th", { scope: "col", class: isNumber ? "is-number" : null }, siger.el("span", { text }), more);

  siger.cell = (name, ...content) => siger.el("td", { "data-name": name }, siger.el("span", { class: "cell-content" }, ...content));
})();
