/* What is known of an area and does not move: figures, each with source and date, notes, a Polres' Polsek, files.

   Asked of the server once an area; a failed answer says so and offers another try. Nothing is added up or shared out
   here: numbers stand as their sources state them. */
(function () {
  "use strict";

  const siger = window.siger;
  const FILES = { geojson: "GeoJSON", parquet: "GeoParquet" };
  const FINER = { province: ["regency", "district", "polres", "kodim"], regency: ["district"] };
  const known = new Map(); // code -> the server's answer
  let failed = null; // {code, reason}
  let asked = null;
  let isOpen = false; // the province's, which is shown on demand

  siger.isAboutShown = () => isOpen;

  siger.showAbout = function (shown) {
    isOpen = shown;
    siger.emit("about", null);
  };

  siger.on("filter", ({ area }) => area && isOpen && siger.showAbout(false));

  async function ask(code) {
    if (asked === code) return;
    asked = code;
    failed = null;
    try {
      const response = await fetch(`/api/v1/areas/${encodeURIComponent(code)}`);
      if (!response.ok) throw new Error(String(response.status));
      known.set(code, await response.json());
    } catch (error) {
      failed = { code, reason: error.message };
    }
    if (asked === code) asked = null;
    siger.emit("about", null);
  }

  /** What is known of `code`, as one element; asks for it where it has not come yet. @returns {HTMLElement} */
  siger.areaAbout = function (code) {
    const box = siger.el("section", { class: "about", "data-testid": "area-about", "data-code": code });
    const answer = known.get(code);
    if (answer) box.append(...parts(answer));
    else if (failed && failed.code === code) box.append(failure(code));
    else {
      box.append(siger.el("p", { class: "quiet", text: siger.text("about.loading") }));
      ask(code);
    }
    return box;
  };

  function failure(code) {
    const again = siger.el("button", { class: "button", type: "button", text: siger.text("detail.again") });
    again.addEventListener("click", () => ask(code));
    return siger.el("p", { class: "failure", role: "alert" }, siger.text("about.failed") + " ", again);
  }

  function parts(area) {
    return [
      heading("about.heading"),
      belongs(area),
      ...notes(area.notes),
      area.polsek ? polsek(area.polsek) : null,
      area.level === "district" ? siger.el("p", { class: "quiet", text: siger.text("about.no_figures") }) : null,
      area.indicative ? siger.el("p", { class: "quiet", text: siger.text("about.indicative") }) : null,
      figures(area.figures),
      siger.tpsParts(area.code),
      ...files(area),
    ].filter(Boolean);
  }

  const heading = (key) => siger.el("h4", { text: siger.text(key) });

  /** In what it lies and what it is made of: the two trees, civil and of the commands. */
  function belongs(area) {
    const list = siger.el("dl", { class: "facts" });
    const line = (key, value) => value && list.append(siger.el("dt", { text: siger.text(key) }), siger.el("dd", { text: value }));
    const names = area.regencies.map(siger.names.area).join(", ");
    if (area.level !== "province" && area.level !== "regency") line("about.regency", names);
    line("about.capital", area.capital === area.name ? null : area.capital);
    if (area.level === "district" || area.level === "regency") line("about.commands", commands(area.regencies[0]));
    return list.children.length ? list : null;
  }

  function commands(regency) {
    const codes = siger.names.commandsOf(regency);
    return codes.map(siger.names.area).join(" · ");
  }

  function figures(list) {
    if (!list.length) return null;
    return siger.el("ul", { class: "about-figures" }, ...list.map(figure));
  }

  function figure(one) {
    const name = siger.lang() === "en" ? one.name_en : one.name;
    const source = siger.text(one.computed ? "about.computed" : "about.source", { source: one.source, date: one.as_of });
    return siger.el(
      "li",
      {},
      siger.el("span", { class: "figure-name", text: name }),
      siger.el("b", { class: "figure-value", text: valueOf(one) }),
      siger.el("small", { text: source }),
      one.note ? siger.el("small", { class: "figure-note", text: one.note, lang: "id" }) : null,
    );
  }

  /** One pair stands against the empty box: the kind of the race, not a bare 1. */
  function valueOf({ key, value, unit }) {
    if (key === "pairs_2024" && value === 1) return siger.text("about.empty_box");
    const words = { jiwa: siger.text("about.people"), pemilih: siger.text("about.voters") };
    return [siger.format.number(value), words[unit] || unit].filter(Boolean).join(" ");
  }

  function notes(list) {
    if (!list.length) return [];
    const items = list.map((text) => siger.el("li", { text }));
    return [heading("about.notes"), siger.el("ul", { class: "notes", lang: "id", "data-testid": "area-notes" }, ...items)];
  }

  function polsek({ source, units }) {
    const of = (kinds) => units.filter(({ kind }) => kinds.includes(kind));
    const stations = of(["polsek", "kskp"]);
    const posts = of(["polsubsektor"]);
    const title = siger.text("about.polsek", { n: stations.length, m: posts.length });
    const marked = (unit) => (unit.investigates === false ? siger.el("small", { text: siger.text("about.no_inquiry") }) : null);
    const item = (unit) =>
      siger.el("li", {}, siger.el("span", { text: unit.name }), marked(unit), unit.note ? siger.el("small", { text: unit.note, lang: "id" }) : null);
    return siger.el(
      "details",
      { class: "polsek", "data-testid": "polsek" },
      siger.el("summary", {}, title, " ", siger.el("em", { text: siger.text("about.unofficial") })),
      siger.el("p", { class: "quiet", text: siger.text("about.polsek_limits") }),
      siger.el("ul", {}, ...stations.map(item), ...posts.map(item)),
      siger.el("small", { text: source }),
    );
  }

  function files(area) {
    const levels = [area.level, ...(FINER[area.level] || ["regency", "district"])].filter((one, i, all) => all.indexOf(one) === i);
    const rows = levels.map((level) => {
      const links = Object.entries(FILES).map(([format, text]) =>
        siger.el("a", { href: `/api/v1/areas/download?level=${level}&format=${format}`, download: "", text }),
      );
      return siger.el("li", {}, siger.el("span", { text: siger.text(`about.files.${level}`) }), ...links);
    });
    return [heading("about.download"), siger.el("ul", { class: "files" }, ...rows)];
  }
})();
