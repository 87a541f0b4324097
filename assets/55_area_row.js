/* A line that stands for an area: its name, its level's last turn or an override, its open incidents, its level. The ranking and the list of areas share it. */
(function () {
  "use strict";

  const siger = window.siger;

  /** @param {string} code @param {string} testid @param {() => void} press */
  siger.areaRow = function (code, testid, press) {
    const [name, note, open, badge] = ["name", "note", "open", "level"].map((part) => siger.el("span", { class: `area-row-${part}` }));
    const attributes = { class: "area-row", type: "button", "data-testid": testid, "data-code": code, on: { click: press } };
    const button = siger.el("button", attributes, name, note, open, badge);
    let noted = "";

    function show({ level, count }) {
      siger.write(name, siger.names.area(code));
      siger.write(open, siger.format.number(count));
      open.classList.toggle("is-zero", count === 0);
      const isHere = siger.filter.current.area === code;
      if (button.getAttribute("aria-pressed") !== String(isHere)) button.setAttribute("aria-pressed", String(isHere));
      const told = siger.levelNote(code);
      if (noted !== (told ? told.outerHTML : "")) note.replaceChildren(...(told ? [told] : []));
      noted = told ? told.outerHTML : "";
      const words = siger.text("areas.row", { name: siger.names.area(code), level: siger.text(`level.${level}`), n: count });
      spoken(button, told ? `${words}, ${told.title}` : words);
      if (button.dataset.level === String(level)) return;
      button.dataset.level = String(level);
      badge.replaceChildren(siger.levelBadge(level, { word: true }));
    }
    return { item: siger.el("li", {}, button), button, show };
  };

  function spoken(button, words) {
    if (button.getAttribute("aria-label") !== words) button.setAttribute("aria-label", words);
  }

  /** Areas by what they need: level, then open incidents, then their score; else in the given order. */
  siger.rankedAreas = function (codes) {
    const open = siger.kept.openByArea;
    return codes
      .map((code, at) => {
        const known = siger.store.levels.get(code);
        return { code, at, level: known ? known.level : 0, score: known ? known.score : 0, count: open.of(code) };
      })
      .sort((a, b) => b.level - a.level || b.count - a.count || b.score - a.score || a.at - b.at);
  };

  /** Puts items in order, moving only those that stand wrong. */
  siger.arrange = function (list, items) {
    items.forEach((item, i) => {
      if (list.children[i] !== item) list.insertBefore(item, list.children[i] || null);
    });
    while (list.children.length > items.length) list.lastElementChild.remove();
  };

  /** Keydown on a list of buttons: arrows, Home and End move the focus. */
  siger.walkList = function (event) {
    const items = [...event.currentTarget.children];
    const at = items.indexOf(event.target.closest("li"));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    items[Math.max(0, Math.min(items.length - 1, to))].querySelector("button").focus();
  };
})();
