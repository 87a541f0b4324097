/* What the units' marks mean: states and kinds, each with its mark as the map draws it. */
(function () {
  "use strict";

  const siger = window.siger;
  const KINDS = ["car", "motorcycle", "foot", "boat", "post"];
  const STANDING = "patroli"; // a kind is shown as it looks on patrol

  /** A box that opens over the map. @returns {HTMLElement} */
  siger.unitKey = function () {
    const rows = siger.el("div", { class: "unit-key-rows" });
    const summary = siger.el("summary", { class: "chip chip-small", text: siger.text("units.key") });
    const box = siger.el("details", { class: "unit-key", "data-testid": "units-key" }, summary, rows);
    const draw = () => box.open && rows.replaceChildren(...states(), ...kinds());
    box.addEventListener("toggle", draw);
    siger.on("theme", draw);
    return box;
  };

  const states = () =>
    siger.UNIT_STATES.slice(1).map((state, i) => line(siger.unitPicture("polri", null, i + 1), siger.text(`unit.${state}`)));

  const kinds = () => {
    const state = siger.UNIT_STATES.indexOf(STANDING);
    return KINDS.map((kind) => line(siger.unitPicture("polri", kind, state), siger.text(`unit.kind.${kind}`)));
  };

  const line = (picture, text) => siger.el("span", { class: "unit-key-item" }, picture, text);
})();
