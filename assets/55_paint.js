/* The choice of what colours the map, and the notice that says whose classification that is while it is not Siger's. */
(function () {
  "use strict";

  const siger = window.siger;

  siger.panel("paint", (place) => {
    const select = siger.el("select", { class: "select select-small", "aria-label": siger.text("paint.label"), "data-testid": "paint" });
    const notice = siger.el("p", { class: "paint-notice", role: "status", "data-testid": "paint-notice" });
    place.append(select, notice);
    fill(select, []);
    siger.paint.official().then((layers) => fill(select, layers));
    select.addEventListener("change", () => siger.paint.show(select.value));
    siger.on("paint", () => {
      const layer = siger.paint.layer();
      const isDistrict = siger.paint.kind() === "district";
      notice.hidden = !layer && !isDistrict;
      notice.classList.toggle("is-quiet", isDistrict);
      select.value = siger.paint.kind();
      notice.textContent = isDistrict ? siger.text("paint.district_notice") : layer ? siger.text("paint.notice", { owner: layer.owner, name: layer.name, date: siger.format.day(Date.parse(layer.date)).split(", ")[1] }) : "";
    });
    notice.hidden = true;
  });

  function fill(select, layers) {
    const own = ["regency", "district"].map((kind) => siger.el("option", { value: kind, text: siger.text(`paint.${kind}`) }));
    const theirs = layers.map((layer) => {
      const isEmpty = !siger.paint.classes(layer);
      const name = `${layer.owner}: ${layer.name}`;
      return siger.el("option", { value: layer.code, text: isEmpty ? siger.text("paint.empty", { name }) : name, disabled: isEmpty ? "" : null });
    });
    select.replaceChildren(...own, ...theirs);
    select.value = siger.paint.kind();
  }

  /** The legend's first column while an official layer is shown: its classes, lowest first. @returns {?Element[]} */
  siger.paintLegend = function () {
    const layer = siger.paint.layer();
    if (!layer) return null;
    const said = Object.values(layer.area);
    const steps = layer.scale.slice(0, layer.ranked ?? undefined).map((name, n) => [siger.paint.colour(layer, n), name]);
    if (said.some(({ not_class }) => not_class)) steps.push(["not", siger.text("paint.not")]);
    steps.push(["none", siger.text("standing.none")]);
    return steps.map(([step, name]) => siger.el("span", { class: "legend-item" }, siger.el("i", { class: `swatch swatch-${step}`, "aria-hidden": "true" }), name));
  };
})();
