/* What stands with an area's level: an officer's override, what would bring it down, its last 24 hours as a curve, and
   the official classifications with owner and year. Those are never mixed with the level, nor with each other. */
(function () {
  "use strict";

  const siger = window.siger;
  const DAY_MS = 24 * 3600 * 1000;
  const AGAIN_MS = 5000; // a level that changes with every event is not asked for each time
  const asked = new Map(); // url -> {at, answer, waiting}

  siger.on("change", ({ levels }) => {
    for (const code of levels) {
      const known = asked.get(levelUrl(code));
      if (known) known.isOld = true;
    }
  });

  const levelUrl = (code) => `/api/v1/levels/${encodeURIComponent(code)}`;

  /** The parts under the level of one area. @param {string} code a regency or district @returns {Element[]} */
  siger.areaParts = function (code) {
    const known = answer(levelUrl(code));
    const parts = [turned(code)];
    if (known) parts.push(falls(known.relief), curve(known.curve));
    parts.push(siger.overrideButton(code));
    if (code.length === 4) parts.push(official(code, answer("/api/v1/indices")));
    parts.push(siger.el("p", { class: "area-links" }, link(`/prakiraan?area=${code}`, "standing.more_forecast"), link("/perbandingan", "standing.more_comparison")));
    return parts.filter(Boolean);
  };

  const link = (href, key) => siger.el("a", { href, text: siger.text(key) });

  /** What the server last answered; asks when that is old. A refusal or a lost line leaves the part out. */
  function answer(url) {
    const known = asked.get(url) || { at: 0, isOld: true, answer: null };
    asked.set(url, known);
    if (known.isOld && !known.waiting && Date.now() - known.at > AGAIN_MS) ask(url, known);
    return known.answer;
  }

  async function ask(url, known) {
    Object.assign(known, { at: Date.now(), waiting: true, isOld: false });
    const response = await fetch(url).catch(() => null);
    known.answer = response && response.ok ? await response.json().catch(() => null) : known.answer;
    known.waiting = false;
    known.isOld = known.isOld || !response || !response.ok;
    siger.emit("detail", null);
  }

  /** When the level last became another one, and which it was. */
  function turned(code) {
    siger.curves.want(code.length === 4 ? "regency" : "district");
    const turn = siger.turn(code);
    return turn && siger.el("p", { class: "quiet", text: `${turn.arrow} ${turn.words}` });
  }

  siger.overriddenLine = function (override) {
    if (!override) return null;
    const words = {
      level: siger.text(`level.${override.level}`),
      until: siger.format.moment(override.until_ms),
      who: override.actor || "–",
      why: override.why,
    };
    const text = siger.text("standing.override", words);
    return siger.el("p", { class: "level-line" }, siger.asideBadge(override), siger.el("span", { text }));
  };

  function falls(relief) {
    if (!relief) return null;
    const level = siger.text(`level.${relief.level}`).toLowerCase();
    const told = [];
    if (relief.at) told.push(siger.text("standing.falls_at", { level, when: siger.format.moment(Date.parse(relief.at)) }));
    if (relief.incidents.length) told.push(siger.text("standing.falls_if", { level, n: relief.incidents.length }));
    return told.length ? siger.el("p", { class: "quiet", text: told.join(" ") }) : null;
  }

  /** The score over the last 24 hours, in steps: it holds until the next one was written. */
  function curve(points) {
    if (!points || !points.length) return null;
    const begin = siger.now() - DAY_MS;
    const x = (at) => Math.max(0, ((Date.parse(at) - begin) / DAY_MS) * 288).toFixed(1);
    const steps = points.map(({ at, score }) => `H${x(at)}V${(100 - score).toFixed(1)}`);
    const highest = Math.max(...points.map(({ score }) => score));
    const spoken = siger.text("standing.curve", { n: siger.format.number(highest, 1) });
    const path = `M0 ${(100 - points[0].score).toFixed(1)}${steps.join("")}H288`;
    return siger.el(
      "figure",
      { class: "area-curve" },
      siger.svg(
        "svg",
        { viewBox: "0 0 288 100", preserveAspectRatio: "none", role: "img", "aria-label": spoken },
        siger.svg("path", { d: path, fill: "none", "vector-effect": "non-scaling-stroke" }),
      ),
      siger.el("figcaption", { class: "quiet", text: spoken }),
    );
  }

  function official(code, found) {
    if (!found) return null;
    const list = siger.el("dl", { class: "facts" });
    for (const layer of found.layers) {
      const owner = `${layer.owner} ${layer.date.slice(0, 4)}`;
      const says = siger.el("dd", { text: words(layer.area[code], layer.unit), title: `${layer.name}. ${layer.note}` });
      list.append(siger.el("dt", { text: owner }), says);
    }
    const apart = found.disagreements.some(({ area }) => area === code);
    const note = siger.text(apart ? "standing.apart" : "standing.separate");
    const heading = siger.el("h4", { text: siger.text("standing.official") });
    return siger.el("section", {}, heading, list, siger.el("p", { class: "quiet", text: note }));
  }

  function words(said, unit) {
    if (!said) return siger.text("standing.none");
    const counts = Object.entries(said.count).map(([name, n]) => `${siger.format.number(n)} ${unit} ${name}`);
    const value = said.value === null ? null : `(${siger.format.number(said.value, 2)})`;
    const named = said.class || (said.not_class && siger.text("standing.not", { name: said.not_class }));
    return [named, value, counts.join(", ")].filter(Boolean).join(" ") || siger.text("standing.none");
  }
})();
