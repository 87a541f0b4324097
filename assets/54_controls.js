/* The filter's controls: what is pressed goes to the server ("choice"), what the URL then says comes back and is shown.

   The same road serves a click in the ranking and on the map: `siger.choose(kind, value)`. */
(function () {
  "use strict";

  const siger = window.siger;
  let presses = 0;

  /** Tells the server what was chosen: kind "area", "category", "group" or "hours"; an empty value takes it off. */
  siger.choose = function (kind, value) {
    presses += 1; // the same button twice is two presses; a store only hears of differences
    window.dash_clientside.set_props("choice", { data: { kind, value: value || "", press: presses } });
  };

  document.addEventListener("click", (event) => {
    const chip = event.target.closest("button[data-choose]");
    if (chip) siger.choose(chip.dataset.choose, chip.dataset.value);
  });

  document.addEventListener("change", (event) => {
    const select = event.target.closest("select[data-choose]");
    if (select) siger.choose(select.dataset.choose, select.value);
  });

  function show(current) {
    for (const chip of document.querySelectorAll("button[data-choose]")) {
      chip.setAttribute("aria-pressed", String(isPressed(chip.dataset, current)));
    }
    const single = current.chosen.length === 1 && !siger.names.isGroup(current.chosen[0]) ? current.chosen[0] : "";
    setSelect("category", single);
    setSelect("area", current.area || "");
  }

  function isPressed({ choose, value }, current) {
    if (choose === "hours") return String(current.hours || "") === value;
    if (choose === "tps") return current.tps;
    if (choose === "group") return current.chosen.includes(value);
    return current.chosen.length === 0;
  }

  /** A district has no line of its own in the list: the first line then says its name. */
  function setSelect(kind, value) {
    const select = document.querySelector(`select[data-choose="${kind}"]`);
    if (!select) return;
    select.querySelector("option[data-extra]")?.remove();
    if (value && ![...select.options].some((option) => option.value === value)) {
      select.prepend(siger.el("option", { value, text: siger.names.area(value), "data-extra": "" }));
    }
    if (select.value !== value) select.value = value;
    select.classList.toggle("is-set", value !== "");
  }

  siger.on("filter", show);
  // Which states are open comes with the names: whoever sorted without them must look again.
  siger.on("names", () => siger.filter.set(siger.filter.current));
  siger.on("pick", ({ area }) => area && siger.choose("area", area));

  /* Dash calls these when the URL's choice or the table of names has come from the server. */
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    siger_pages: {
      names(table) {
        if (table) siger.names.load(table);
      },
      filter(choice) {
        if (choice) siger.filter.set(choice);
      },
      found(answer) {
        if (answer) siger.emit("found", answer);
      },
    },
  });

  /** The filter in words: "Provinsi Lampung · 6 jam terakhir". */
  siger.filterWords = function (current = siger.filter.current) {
    const parts = [];
    if (current.chosen.length) parts.push(current.chosen.map(siger.names.choice).join(", "));
    parts.push(current.hours === null ? siger.text("words.ever") : siger.text("words.hours", { n: current.hours }));
    return parts.join(" · ");
  };

  siger.areaWords = function (code = siger.filter.current.area) {
    if (!code) return siger.text("area.province", { name: siger.names.area("18") || "Lampung" });
    const name = siger.names.area(code);
    if (siger.names.areaLevel(code) !== "district") return name;
    return siger.text("area.district", { name, regency: siger.names.area(siger.names.parent(code)) });
  };
})();
