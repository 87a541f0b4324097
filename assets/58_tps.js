/* An area's polling stations counted, for what is known of the area: beside the number that KPU states, classes and
   marks under their owners. Asked of the server once an area, and again when there is another list. */
(function () {
  "use strict";

  const siger = window.siger;
  const known = new Map(); // code -> the server's answer, or "waiting"
  let mark;

  siger.on("tps-mark", (next) => {
    if (next === mark) return;
    mark = next;
    known.clear();
    siger.emit("about", null);
  });

  /** The counts of `code` as one element; null until they came, and where no list was ever read. */
  siger.tpsParts = function (code) {
    if (!mark) return null;
    if (!known.has(code)) ask(code);
    const answer = known.get(code);
    return answer && answer.area ? section(answer) : null;
  };

  async function ask(code) {
    known.set(code, "waiting");
    const response = await fetch(`/api/v1/areas/${encodeURIComponent(code)}/tps`).catch(() => null);
    const answer = response && response.ok ? await response.json().catch(() => null) : null;
    if (answer) known.set(code, answer);
    else known.delete(code);
    if (answer) siger.emit("about", null);
  }

  function section(told) {
    const { classed, day } = siger.tpsWords;
    const list = siger.el("dl", { class: "facts" });
    const line = (name, value) => list.append(siger.el("dt", { text: name }), siger.el("dd", { text: value }));
    const by = (part, fallback) => told.references[part].map(({ owner, date }) => [owner, day(date)].filter(Boolean).join(", ")).join("; ") || fallback;
    line(siger.text("tps.known"), siger.format.number(told.known));
    if (told.stated) line(siger.text("tps.stated", { date: day(told.stated.as_of) }), siger.format.number(told.stated.value));
    for (const [name, count] of Object.entries(told.class)) line(siger.text(`tps.class.${name === "belum_ada_data" ? "none" : name}`), siger.format.number(count));
    for (const [name, count] of Object.entries(told.flag)) line(siger.text(`tps.flag.${name}`), siger.format.number(count));
    const notes = [
      siger.text("tps.classes_by", { owner: by("classed", DASH) }),
      Object.keys(told.flag).length ? classed(siger.text("tps.flags_label"), by("flagged", DASH), "") : "",
      told.astray ? siger.text("tps.astray_many", { n: told.astray }) : "",
      told.simulated ? siger.text("tps.simulated") : "",
    ];
    return siger.el(
      "section",
      { class: "area-tps", "data-testid": "area-tps" },
      siger.el("h4", { text: siger.text("tps.heading") }),
      list,
      siger.el("p", { class: "quiet", text: notes.filter(Boolean).join(" · ") }),
    );
  }

  const DASH = "–";
})();
