/* The search over area names: what is typed goes to the server, which forgives spelling; what it found is a list.

   Keys: "/" comes here from anywhere, arrows walk, Enter chooses, Escape leaves. */
(function () {
  "use strict";

  const siger = window.siger;
  const TYPING_MS = 120;

  siger.panel("search", (place) => {
    const input = siger.el("input", {
      class: "search-input",
      type: "search",
      role: "combobox",
      placeholder: siger.text("search.hint"),
      "aria-label": siger.text("search.label"),
      "aria-controls": "search-found",
      "aria-expanded": "false",
      "aria-autocomplete": "list",
      "data-testid": "search-area",
      autocomplete: "off",
      spellcheck: "false",
    });
    const list = siger.el("ul", { class: "search-found", id: "search-found", role: "listbox", hidden: "" });
    const key = siger.el("kbd", { text: "/", "aria-hidden": "true" });
    let timer = null;
    let at = -1;
    place.append(input, key, list);

    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, TYPING_MS);
    });
    input.addEventListener("keydown", press);
    input.addEventListener("focus", () => input.value.trim() && ask());
    input.addEventListener("blur", () => setTimeout(close, 150)); // a click on the list must still arrive

    function ask() {
      const text = input.value.trim();
      if (!text) return close();
      return window.dash_clientside.set_props("search", { data: { text } });
    }

    siger.on("found", ({ text, areas }) => {
      if (text !== input.value.trim() || document.activeElement !== input) return;
      at = areas.length ? 0 : -1;
      list.replaceChildren(...(areas.length ? areas.map(option) : [nothing(text)]));
      open();
    });

    const nothing = (text) => siger.el("li", { class: "quiet", text: siger.text("search.none", { text }) });

    function option(area, i) {
      const inside = area.inside ? `, ${area.inside}` : "";
      const item = siger.el(
        "li",
        { role: "option", id: `search-${i}`, "data-code": area.code },
        siger.el("span", { text: area.name + inside }),
        siger.el("small", { text: siger.text(`level_of.${area.level}`) }),
      );
      item.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        choose(area.code);
      });
      return item;
    }

    function press(event) {
      const options = list.querySelectorAll("[role=option]");
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && options.length) at = (at + step + options.length) % options.length;
      else if (event.key === "Enter" && options[at]) choose(options[at].dataset.code);
      else if (event.key === "Escape") leave();
      else return;
      event.preventDefault();
      event.stopPropagation();
      mark();
    }

    function choose(code) {
      siger.choose("area", code === "18" ? "" : code);
      leave();
    }

    function leave() {
      input.value = "";
      close();
      input.blur();
    }

    function open() {
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      mark();
    }

    function close() {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
    }

    function mark() {
      list.querySelectorAll("[role=option]").forEach((item, i) => {
        item.setAttribute("aria-selected", String(i === at));
        if (i === at) item.scrollIntoView({ block: "nearest" });
      });
      input.setAttribute("aria-activedescendant", at >= 0 ? `search-${at}` : "");
    }

    document.addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea")) return;
      event.preventDefault();
      input.focus();
    });
  });
})();
