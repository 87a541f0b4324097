/* The official classifications side by side, and Siger's own level as a column of its own: nothing is averaged, nothing is
   ranked across, what was not published says so. Where two of them disagree about an area, the row says which. */
(function () {
  "use strict";

  const siger = window.siger;

  siger.panel("comparison", (place) => {
    const about = siger.el("p", { class: "analysis-note", text: siger.text("comparison.about") });
    const body = siger.el("div");
    let cells = new Map(); // code -> the cell of Siger's own level
    place.append(about, body);
    siger.asked(body, () => "/api/v1/indices", (answer) => {
      cells = new Map();
      const parts = [table(answer, cells), sources(answer.layers)];
      draw();
      return parts;
    });
    function draw() {
      for (const [code, cell] of cells) own(cell, code);
    }
    siger.follow(draw, "change", "names");
  });

  function table(answer, cells) {
    const heads = [siger.head(siger.text("table.name")), ...answer.layers.map(layerHead), siger.head(siger.text("comparison.siger"), { more: small(siger.text("comparison.siger_when")) }), siger.head(siger.text("comparison.apart"))];
    const codes = [siger.places.PROVINCE, ...siger.names.areas("regency")];
    const rows = codes.map((code) => row(code, answer, cells));
    return siger.table(siger.text("comparison.caption"), heads, rows, { className: "comparison", testid: "comparison" });
  }

  const small = (text) => siger.el("small", { class: "quiet", text });

  function layerHead(layer) {
    return siger.head(layer.owner, { more: siger.el("span", {}, small(layer.name), small(dayOf(layer.date))) });
  }

  const dayOf = (date) => siger.format.day(Date.parse(date)).split(", ")[1];
  const shortName = (layer) => `${layer.owner} ${dayOf(layer.date)}`;

  function row(code, { layers, disagreements }, cells) {
    const apart = disagreements.filter(({ area }) => area === code);
    const named = new Set(apart.flatMap(({ says }) => Object.keys(says)));
    const mine = siger.cell(siger.text("comparison.siger"));
    if (code !== siger.places.PROVINCE) cells.set(code, mine.firstElementChild);
    else mine.firstElementChild.append(siger.text("comparison.no_province"));
    const said = layers.map((layer) => {
      const cell = siger.cell(shortName(layer), ...siger.officialWords(layer.area[code], layer.unit));
      if (named.has(layer.code)) cell.dataset.apart = "";
      return cell;
    });
    const words = apart.map(({ says }) => siger.text("comparison.differ", { words: Object.entries(says).map(([layer, word]) => `${shortName(layers.find((one) => one.code === layer))}: ${word}`).join(" ≠ ") }));
    const last = siger.cell(siger.text("comparison.apart"), words.length ? words.join("; ") : "–");
    return siger.el("tr", { "data-code": code, "data-apart": apart.length ? "" : null }, siger.el("th", { scope: "row", text: siger.names.area(code) }), ...said, mine, last);
  }

  /** What a layer says of an area: its class, its value, its counts, a note; "belum ada data" where nothing was published. */
  siger.officialWords = function (said, unit) {
    if (!said) return [siger.el("span", { class: "quiet", text: siger.text("standing.none") })];
    const parts = [];
    const named = said.class || (said.not_class && siger.text("standing.not", { name: said.not_class }));
    if (named) parts.push(siger.el("b", { text: named }));
    if (said.value !== null) parts.push(` ${siger.format.number(said.value, 2)}`);
    const counts = Object.entries(said.count).map(([name, n]) => `${siger.format.number(n)} ${name}`);
    if (counts.length) parts.push(siger.el("span", { text: `${unit}: ${counts.join(", ")}` }));
    if (!parts.length) parts.push(siger.el("span", { class: "quiet", text: siger.text("standing.none") }));
    const dimensions = Object.entries(said.dimension).map(([name, n]) => `${name} ${siger.format.number(n, 2)}`);
    for (const more of [dimensions.join(", "), said.note]) if (more) parts.push(siger.el("small", { class: "quiet", text: more }));
    return parts;
  };

  function own(place, code) {
    const level = siger.store.levels.get(code);
    const key = level ? `${level.level} ${level.override ? level.override.until_ms : ""}` : "";
    if (place.dataset.shown === key) return;
    place.dataset.shown = key;
    const parts = level ? [siger.levelBadge(level.level, { word: true }), siger.asideBadge(level.override)] : [siger.text("level.none")];
    place.replaceChildren(...parts.filter(Boolean));
  }

  function sources(layers) {
    const items = layers.map((layer) =>
      siger.el(
        "li",
        {},
        siger.el("b", { text: `${layer.owner}: ${layer.name} (${dayOf(layer.date)})` }),
        layer.note ? siger.el("p", { text: layer.note, lang: "id" }) : null,
        layer.source ? siger.el("p", { class: "quiet", text: siger.text("comparison.source", { source: layer.source }) }) : null,
      ),
    );
    return siger.el("ul", { class: "layer-sources" }, ...items);
  }
})();
