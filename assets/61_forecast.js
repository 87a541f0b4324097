/* The forecast: what is to be expected of each area in 6 and 24 hours and 7 days with intervals, beside the plain count,
   and how both did last week. It speaks of places, and says what it must not be used for. */
(function () {
  "use strict";

  const siger = window.siger;
  const AGAIN_MS = 5 * 60 * 1000;

  siger.panel("forecast", (place) => {
    const kind = () => (siger.filter.current.area ? "district" : "regency");
    const whole = siger.el("div");
    const parts = siger.el("div");
    const record = siger.el("div");
    place.append(whole, parts, record);
    let asked = null;
    let askedMs = 0;
    const again = { parts: null, whole: null };

    function draw() {
      if (!siger.names.loaded()) return;
      const { area } = siger.filter.current;
      const isOld = siger.now() - askedMs > AGAIN_MS;
      if (asked === area && !isOld) return;
      const quietly = asked === area;
      asked = area;
      askedMs = siger.now();
      // What is chosen stands in the answer about regencies (or is all of it), its parts in the one about districts.
      again.whole = siger.asked(whole, () => `/api/v1/forecast?level=${siger.places.isDistrict(area) ? "district" : "regency"}`, (answer) => {
        record.replaceChildren(...recordOf(answer));
        return wholeOf(answer, area);
      });
      again.parts = siger.asked(parts, () => `/api/v1/forecast?level=${kind()}`, (answer) => partsOf(answer));
      if (quietly) again.whole({ quietly });
    }
    siger.on("filter", draw);
    siger.on("names", draw);
    siger.on("second", draw);
    draw();
  });

  function wholeOf(answer, area) {
    if (!answer.areas.length) return [note("forecast.empty"), note("forecast.note")];
    const codes = area ? (siger.places.isDistrict(area) ? [area] : siger.places.regenciesOf(area)) : null;
    const chosen = codes ? answer.areas.filter(({ code }) => codes.includes(code)) : [];
    const cards = codes ? chosen.flatMap((one) => named(one, chosen.length > 1)) : answer.total.map((one) => card(one, plain(answer.plain_a_week, one.hours)));
    const method = siger.text(`forecast.method.${answer.method}`, { n: answer.days });
    return [
      siger.el("p", { class: "analysis-note", text: `${siger.areaWords()} · ${method}` }),
      siger.el("ul", { class: "multiples", "data-testid": "forecast-cards" }, ...cards),
      note("forecast.note"),
    ];
  }

  const named = (one, isNamed) => one.ahead.map((ahead) => card(ahead, plain(one.plain_a_week, ahead.hours), isNamed ? one.area : null));
  const plain = (a_week, hours) => (a_week * hours) / 168;
  const number = (n) => siger.format.number(n, n > 0 && n < 1 ? 2 : n < 10 ? 1 : 0);
  const percent = (share) => (share > 0.99 ? "> 99" : share < 0.01 ? "< 1" : siger.format.number(share * 100, 0));

  function card(ahead, plainly, name = null) {
    return siger.el(
      "li",
      { class: "multiple", "data-hours": ahead.hours },
      siger.el("span", { class: "heading", text: [name, siger.text(`ahead.${ahead.hours}`)].filter(Boolean).join(" · ") }),
      siger.el("b", { class: "forecast-number", text: number(ahead.expected) }),
      siger.el("span", { text: siger.text("forecast.between", { low: ahead.low, high: ahead.high }) }),
      siger.el("small", { class: "quiet", text: siger.text("forecast.chance", { n: percent(ahead.chance) }) }),
      siger.el("small", { class: "quiet", text: siger.text("forecast.plain", { n: number(plainly) }) }),
    );
  }

  function partsOf(answer) {
    if (!answer.areas.length) return siger.filter.current.area ? [note("forecast.empty_parts")] : [];
    const inside = answer.areas.filter(({ code }) => siger.filter.hasRegency(code.slice(0, 4)));
    const rows = inside.sort((a, b) => b.ahead[2].expected - a.ahead[2].expected).map(row);
    const heads = [siger.head(siger.text("table.name")), ...[6, 24, 168].map((h) => siger.head(siger.text(`ahead.${h}`))), siger.head(siger.text("forecast.plain_head"))];
    return [siger.table(siger.text("forecast.caption"), heads, rows, { testid: "forecast-table" })];
  }

  function row(one) {
    const cells = one.ahead.map((ahead) => {
      const name = siger.text(`ahead.${ahead.hours}`);
      const more = siger.text("forecast.cell", { low: ahead.low, high: ahead.high, n: percent(ahead.chance) });
      return siger.cell(name, siger.el("b", { text: number(ahead.expected) }), siger.el("small", { class: "quiet", text: more }));
    });
    const last = siger.cell(siger.text("forecast.plain_head"), siger.text("forecast.a_week", { n: number(one.plain_a_week) }));
    return siger.el("tr", { "data-code": one.code }, siger.el("th", { scope: "row" }, siger.el("a", { href: `/?area=${one.code}`, text: one.area })), ...cells, last);
  }

  function recordOf({ record }) {
    const title = siger.el("h2", { class: "analysis-heading", text: siger.text("forecast.record") });
    if (!record) return [title, note("forecast.no_record")];
    const lines = [
      ["hits", percentOf(record.hit_rate), percentOf(record.hit_rate_plain)],
      ["pai", siger.format.number(record.pai, 2), siger.format.number(record.pai_plain, 2)],
      ["said", saidOf(record.said, record), saidOf(record.said_plain, record)],
      ["brier", siger.format.number(record.brier, 3), siger.format.number(record.brier_plain, 3)],
    ];
    const heads = ["forecast.measure", "forecast.siger", "forecast.plain_head"].map((key) => siger.head(siger.text(key)));
    const rows = lines.map(([key, ours, theirs]) =>
      siger.el(
        "tr",
        {},
        siger.el("th", { scope: "row" }, siger.text(`forecast.${key}`), siger.el("small", { class: "quiet", text: siger.text(`forecast.${key}_about`) })),
        siger.cell(siger.text("forecast.siger"), ours),
        siger.cell(siger.text("forecast.plain_head"), theirs),
      ),
    );
    const told = { day: siger.format.day(Date.parse(record.since)), n: record.reports, happened: record.happened, areas: record.areas };
    return [title, siger.table(siger.text("forecast.record_caption", told), heads, rows, { testid: "forecast-record" })];
  }

  const percentOf = (share) => `${siger.format.number(share * 100, 0)}%`;
  const saidOf = (said, { happened }) => siger.text("forecast.said_of", { said: siger.format.number(said, 1), happened });
  const note = (key) => siger.el("p", { class: "analysis-note", text: siger.text(key) });
})();
