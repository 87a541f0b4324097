/* How units are shown, under the map's line of words: how many are counted together, and two switches: every unit by
   itself, and the trails of all. A viewer's own choice on this page; no link carries it. */
(function () {
  "use strict";

  const siger = window.siger;

  siger.panel("unit-view", (place) => {
    const note = siger.el("span", { class: "unit-view-note", "data-testid": "units-hidden" });
    const each = toggle("each", (isOn) => layer()?.group(!isOn));
    const trails = toggle("trails", (isOn) => layer()?.showTrails(isOn));
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", siger.text("units.view"));
    place.append(note, each, trails, siger.unitKey());
    const draw = () => {
      const hidden = siger.hiddenUnits();
      note.hidden = hidden === 0;
      siger.write(note, siger.text("units.hidden", { n: hidden }));
    };
    siger.on("second", draw);
    siger.on("grouped", draw);
    draw();
  });

  /** How many units the map shows as part of a number only. */
  siger.hiddenUnits = () => (layer() ? layer().inWindow.groups.hidden : 0);

  const layer = () => siger.map.mounted()?.units;

  function toggle(name, work) {
    const button = siger.el("button", {
      class: "chip chip-small",
      type: "button",
      text: siger.text(`units.${name}`),
      title: siger.text(`units.${name}_hint`),
      "aria-pressed": "false",
      "data-testid": `units-${name}`,
    });
    button.addEventListener("click", () => {
      const isOn = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(isOn));
      work(isOn);
      siger.emit("grouped", null);
    });
    return button;
  }
})();
