/* What colours the areas on the map: Siger's own level by regency (always at first), by district, or one official
   classification. An official one has colours and words of its own, is named with owner and date while it is shown, and
   is gone with the page: nobody finds it on a screen by accident. Only what gives areas a class can be shown. */
(function (siger) {
  "use strict";

  const OWN = "regency";
  let kind = OWN;
  let layers = [];
  let asked = null;

  /** The official layers that class areas; asked for once. @returns {Promise<object[]>} */
  function official() {
    asked ??= fetch("/api/v1/indices")
      .then((answer) => (answer.ok ? answer.json() : { layers: [] }))
      .catch(() => ({ layers: [] }))
      .then((answer) => (layers = answer.layers));
    return asked;
  }

  const classes = (layer) => Object.values(layer.area).some((said) => said.class);
  const layer = () => layers.find(({ code }) => code === kind) || null;

  /** @param {string} next "regency", "district" or an official layer's code */
  function show(next) {
    kind = next;
    document.documentElement.dataset.paint = layer() ? "official" : next;
    siger.emit("paint", next);
  }

  const MOST_STEP = 4; // five colours, from the lowest class to the highest, however many there are

  /** The colour of a layer's class number n, lowest first. */
  function colour({ scale, ranked }, n) {
    const last = (ranked || scale.length) - 1;
    return String(Math.round((Math.min(n, last) * MOST_STEP) / last));
  }

  /** An area's colour in the shown official layer: "0" to "4", "not" (only known not to be in a class), "none". */
  function step(code) {
    const shown = layer();
    if (!shown) return "";
    const said = shown.area[code];
    if (said && said.class) return colour(shown, shown.scale.indexOf(said.class));
    return said && said.not_class ? "not" : "none";
  }

  /** What a label says under an area's name, from the fullest to the shortest; empty: nothing. @returns {string[]} */
  function words(code) {
    const shown = layer();
    if (shown) return siger.names.areaLevel(code) === "regency" ? [said(shown.area[code])] : [];
    const { level, override } = siger.level(code);
    const aside = override === null ? "" : ` ✎ ${override}`;
    if (!level && !aside) return [];
    return [`${level} · ${siger.text(`level.${level}`)}${aside}`, `${level}${aside}`];
  }

  function said(found) {
    if (found && found.class) return found.class;
    return found && found.not_class ? siger.text("standing.not", { name: found.not_class }) : siger.text("standing.none");
  }

  siger.paint = { show, step, colour, words, layer, official, classes, kind: () => kind, OWN };
})((window.siger = window.siger || {}));
