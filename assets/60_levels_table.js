/* The levels as a table and as small multiples: every area with its level, an officer's override, its score, its last turn,
   its open incidents and its last 24 hours. Columns are sorted with their heads' buttons; keyboard and screen reader
   read the same table. Rows keep their place while the pointer or the focus is on them. */
(function () {
  "use strict";

  const siger = window.siger;
  const TEN = 10;
  const byName = (a, b) => siger.names.area(a.code).localeCompare(siger.names.area(b.code), "id");
  const COLUMNS = [
    { key: "name", order: byName },
    { key: "level", order: (a, b) => b.level - a.level || b.score - a.score },
    { key: "aside", order: (a, b) => (b.aside?.level ?? -1) - (a.aside?.level ?? -1) },
    { key: "score", order: (a, b) => b.score - a.score, isNumber: true },
    { key: "turn", order: (a, b) => (b.turn_ms || 0) - (a.turn_ms || 0) },
    { key: "open", order: (a, b) => b.count - a.count, isNumber: true },
    { key: "day" },
    { key: "reason" },
  ];

  siger.panel("levels-table", (place) => {
    const state = { kind: null, sort: "level", isBackwards: false };
    const kinds = siger.el("div", { class: "chips", role: "group", "aria-label": siger.text("table.kind") }, ...["regency", "district"].map(kindChip));
    const cards = siger.el("ul", { class: "multiples", "data-testid": "multiples" });
    const body = siger.el("tbody");
    const heads = new Map(COLUMNS.map((column) => [column.key, head(column)]));
    const table = siger.el(
      "table",
      { class: "table levels-table", "data-testid": "levels-table" },
      siger.el("caption", { class: "quiet", text: siger.text("table.caption") }),
      siger.el("thead", {}, siger.el("tr", {}, ...heads.values())),
      body,
    );
    const rows = new Map();
    place.append(kinds, title("table.ten"), cards, title("table.all"), siger.el("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": siger.text("table.all") }, table));

    const draw = siger.soon(() => {
      if (!siger.names.loaded()) return;
      const kind = state.kind || (siger.filter.current.area ? "district" : "regency");
      siger.curves.want(kind);
      for (const chip of kinds.children) chip.setAttribute("aria-pressed", String(chip.dataset.kind === kind));
      const entries = entriesOf(kind);
      fillCards(cards, entries);
      const column = COLUMNS.find(({ key }) => key === state.sort);
      const sorted = [...entries].sort((a, b) => (state.isBackwards ? -1 : 1) * column.order(a, b) || byName(a, b));
      for (const [key, element] of heads) element.setAttribute("aria-sort", key === state.sort ? direction() : "none");
      fillRows(sorted);
    }, siger.UNHURRIED_MS);

    const direction = () => (state.isBackwards === (state.sort === "name") ? "descending" : "ascending");

    function kindChip(kind) {
      const chip = siger.el("button", { class: "chip", type: "button", text: siger.text(`table.${kind}`), "data-kind": kind });
      chip.addEventListener("click", () => {
        state.kind = kind;
        draw();
      });
      return chip;
    }

    function head({ key, order, isNumber }) {
      const words = siger.text(`table.${key}`);
      const content = order ? siger.el("button", { type: "button", class: "sort", text: words }) : siger.el("span", { text: words });
      if (order) {
        content.addEventListener("click", () => {
          Object.assign(state, { isBackwards: state.sort === key && !state.isBackwards, sort: key });
          draw();
        });
      }
      return siger.el("th", { scope: "col", class: isNumber ? "is-number" : null }, content);
    }

    function fillRows(sorted) {
      const wanted = new Set(sorted.map(({ code }) => code));
      for (const [code, { item }] of rows) if (!wanted.has(code)) item.remove();
      for (const entry of sorted) {
        if (!rows.has(entry.code)) rows.set(entry.code, tableRow(entry.code));
        rows.get(entry.code).show(entry);
      }
      if (!body.matches(":hover, :focus-within") || body.children.length !== sorted.length) {
        siger.arrange(body, sorted.map(({ code }) => rows.get(code).item));
      }
    }

    siger.follow(draw, "change", "filter", "names", "curves");
    body.addEventListener("mouseleave", draw);
    draw();
  });

  const title = (key) => siger.el("h2", { class: "analysis-heading", text: siger.text(key) });

  /** The areas of a kind inside what is chosen, with everything that is told of each. */
  function entriesOf(kind) {
    const { districts } = siger.filter.current;
    const codes = siger.names
      .areas(kind)
      .filter((code) => siger.filter.hasRegency(code.slice(0, 4)) && (kind === "regency" || !districts || districts.includes(code)));
    return siger.rankedAreas(codes).map((entry) => {
      const level = siger.store.levels.get(entry.code);
      const turn = siger.turn(entry.code);
      const turn_ms = turn ? siger.curves.of(entry.code).turn.at_ms : null;
      return { ...entry, aside: level?.override || null, reasons: level?.reasons || [], turn, turn_ms };
    });
  }

  let shownCards = "";

  function fillCards(list, entries) {
    const cards = entries.slice(0, TEN).map(({ code, level, aside, turn }) =>
      siger.el(
        "li",
        { class: "multiple", "data-code": code },
        siger.el("a", { href: `/?area=${code}`, text: siger.names.area(code) }),
        siger.el("span", { class: "multiple-level" }, siger.levelBadge(level, { word: true }), siger.asideBadge(aside)),
        siger.spark(code),
        siger.el("small", { class: "quiet", text: turn ? `${turn.arrow} ${turn.words}` : siger.text("table.no_turn") }),
      ),
    );
    const key = cards.map((card) => card.outerHTML).join("");
    if (shownCards === key && list.children.length) return;
    shownCards = key;
    list.replaceChildren(...cards);
  }

  function tableRow(code) {
    const cells = new Map(COLUMNS.slice(1).map(({ key, isNumber }) => [key, siger.el("td", { class: `cell-${key}${isNumber ? " is-number" : ""}`, "data-name": siger.text(`table.${key}`) })]));
    const link = siger.el("a", { href: `/?area=${code}`, text: siger.names.area(code), title: siger.text("table.row", { name: siger.names.area(code) }) });
    const item = siger.el("tr", { "data-code": code }, siger.el("th", { scope: "row" }, link, insideOf(code)), ...cells.values());
    let drawn = "";
    function show(entry) {
      const parts = {
        level: siger.levelBadge(entry.level, { word: true }),
        aside: siger.asideBadge(entry.aside, { word: true }) || "–",
        score: siger.format.number(entry.score, 1),
        turn: entry.turn ? `${entry.turn.arrow} ${entry.turn.words}` : siger.text("table.no_turn"),
        open: siger.format.number(entry.count),
        day: siger.spark(code),
        reason: entry.reasons.length ? siger.el("span", { text: siger.told.reason(entry.reasons[0]) }) : "–",
      };
      const key = Object.values(parts).map((part) => part.outerHTML || part).join("|");
      if (key === drawn) return;
      drawn = key;
      item.dataset.level = String(entry.level);
      for (const [name, part] of Object.entries(parts)) cells.get(name).replaceChildren(part);
    }
    return { item, show };
  }

  function insideOf(code) {
    if (!siger.places.isDistrict(code)) return null;
    return siger.el("small", { class: "quiet", text: siger.names.area(siger.names.parent(code)) });
  }
})();
