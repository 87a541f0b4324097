/* What stands under the list: the chosen incident with its history, else the chosen area with its level's reasons
   (58_levels.js) and what is known of it (58_about.js).

   Description and history come from the API when asked for; a failed answer says so and offers another try. The rest
   is the live object, so that an open detail changes with the situation. */
(function () {
  "use strict";

  const siger = window.siger;
  const UNREACHABLE = "unreachable";
  let selected = null; // incident id
  let fetched = null; // {id, incident, history} | {id, error} | {id, loading}

  siger.selected = () => selected;

  /** Chooses an incident (again: lets it go), here, in the list and on the map. */
  siger.select = function (id) {
    selected = id === selected ? null : id;
    fetched = null;
    if (selected) load(selected);
    if (siger.map && siger.map.select) siger.map.select(selected);
    siger.emit("select", { incident: selected });
  };

  siger.on("pick", ({ incident }) => incident && incident !== selected && siger.select(incident));
  siger.on("change", ({ incidents }) => selected && incidents.includes(selected) && load(selected));

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.target.closest("input, select, textarea")) return;
    if (selected) siger.select(selected);
    else if (siger.isAboutShown()) siger.showAbout(false);
    else return;
    event.preventDefault(); // taken: it leads no further out
  });

  async function load(id) {
    const before = fetched && fetched.id === id ? fetched : { id, loading: true };
    fetched = before;
    try {
      const [incident, history] = await Promise.all([get(id, ""), historyOf(id)]);
      if (selected === id) fetched = { id, incident, history };
    } catch (error) {
      if (selected === id) fetched = { ...before, loading: false, error: error.message };
    }
    siger.emit("detail", null);
  }

  /** Null for a viewer who may see the incident but not its history. */
  async function historyOf(id) {
    return get(id, "/history").catch((error) => {
      if (error.message === "403" || error.message === "404") return null;
      throw error;
    });
  }

  async function get(id, tail) {
    const url = `/api/v1/incidents/${encodeURIComponent(id)}${tail}`;
    const response = await fetch(url).catch(() => {
      throw new Error(UNREACHABLE);
    });
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  }

  siger.panel("detail", (place) => {
    const moving = siger.el("div");
    const about = siger.el("div");
    let drawn = null;
    let described = null;
    place.append(moving, about);
    const draw = siger.soon(() => {
      const incident = selected && siger.store.incidents.get(selected);
      const area = incident ? null : siger.filter.current.area || (siger.isAboutShown() ? siger.places.PROVINCE : null);
      place.hidden = !incident && !area;
      place.dataset.about = incident ? "incident" : "area";
      const content = incident ? incidentDetail(incident) : area ? areaDetail(area) : [];
      const key = content.map((node) => node.outerHTML).join("");
      if (key !== drawn) moving.replaceChildren(...content); // else the reader keeps scroll position and selection
      drawn = key;
      const next = area ? siger.areaAbout(area) : null;
      const text = next ? next.outerHTML : "";
      if (text !== described) about.replaceChildren(...(next ? [next] : []));
      described = text;
    });
    siger.follow(draw, "change", "filter", "names", "select", "detail", "about", "me", "curves", "second");
    draw();
  });

  function areaDetail(code) {
    const isProvince = code === siger.places.PROVINCE;
    const close = () => (isProvince ? siger.showAbout(false) : siger.choose("area", ""));
    const head = headline(siger.el("span", { class: "detail-area" }), siger.areaWords(isProvince ? null : code), close);
    return isProvince ? [head] : [head, ...siger.areaLevels(code)];
  }

  function incidentDetail(incident) {
    const close = () => siger.select(incident.id);
    const severity = `${siger.names.severity(incident.severity)} (${incident.severity})`;
    return [
      headline(siger.mark(incident.severity), incident.title, close),
      siger.el("p", { class: "detail-line", text: [siger.names.category(incident.category), severity].join(" · ") }),
      facts(incidentFacts(incident)),
      ...siger.mergingParts(incident.id),
      ...fetchedParts(incident.id),
    ];
  }

  function headline(mark, title, close) {
    const button = siger.el("button", {
      class: "close",
      type: "button",
      text: "×",
      "aria-label": siger.text("detail.close"),
      on: { click: close },
    });
    return siger.el("div", { class: "detail-head" }, mark, siger.el("h3", { text: title }), button);
  }

  function incidentFacts(one) {
    const count = (n) => (n === null || n === undefined ? null : siger.format.number(n));
    return [
      ["detail.status", siger.names.status(one.status)],
      ["detail.place", siger.names.place(one)],
      ["detail.forces", siger.names.jurisdictions(one)],
      ["detail.occurred", siger.format.stamp(one.occurred_ms)],
      ["detail.received", siger.format.stamp(one.received_ms)],
      ["detail.responded", one.responded_ms ? siger.format.stamp(one.responded_ms) : null],
      ["detail.closed", one.closed_ms ? siger.format.stamp(one.closed_ms) : null],
      ["detail.at", coordinates(one)],
      ["detail.crowd", crowd(one, count)],
      ["detail.victims", victims(one.victims)],
      ["detail.verification", siger.text(`verification.${one.verification}`)],
      ["detail.units", one.units.map(unitName).join(", ")],
      ["detail.source", [siger.names.agency(one.agency), one.reporter_unit, one.source].filter(Boolean).join(" · ")],
    ];
  }

  function coordinates(one) {
    if (one.located === "area") return siger.text(one.district ? "detail.at_district" : "detail.at_regency");
    const number = (value) => siger.format.number(value, 5);
    return `${number(one.lat)}, ${number(one.lon)} (${siger.text("detail.lat_lon")})`;
  }

  function crowd(one, count) {
    if (!one.crowd && !one.crowd_state) return null;
    const people = one.crowd ? siger.text("detail.people", { n: one.crowd }) : null;
    return [people, one.crowd_state && siger.text(`crowd.${one.crowd_state}`)].filter(Boolean).join(" · ");
  }

  function victims(harmed) {
    if (!harmed) return null;
    const kinds = ["dead", "badly_hurt", "hurt"].filter((kind) => harmed[kind] > 0);
    return kinds.map((kind) => `${siger.format.number(harmed[kind])} ${siger.text(`victims.${kind}`)}`).join(", ");
  }

  function unitName(id) {
    const known = siger.store.units.get(id);
    return (known && known.callsign) || id;
  }

  function facts(pairs) {
    const list = siger.el("dl", { class: "facts" });
    for (const [key, value] of pairs) {
      if (value) list.append(siger.el("dt", { text: siger.text(key) }), siger.el("dd", { text: value }));
    }
    return list;
  }

  function fetchedParts(id) {
    if (!fetched || fetched.id !== id) return [];
    if (fetched.loading) return [siger.el("p", { class: "quiet", text: siger.text("detail.loading") })];
    const parts = [];
    if (fetched.error) parts.push(failure(id));
    if (fetched.incident) parts.push(...description(fetched.incident), ...siger.historyParts(fetched.history));
    return parts;
  }

  function failure(id) {
    const again = siger.el("button", { class: "button", type: "button", text: siger.text("detail.again") });
    again.addEventListener("click", () => load(id));
    const text = siger.text(fetched.error === UNREACHABLE ? "detail.unreachable" : "detail.failed", { code: fetched.error });
    return siger.el("p", { class: "failure", role: "alert" }, text + " ", again);
  }

  function description(answer) {
    return answer.description ? [siger.el("p", { class: "description", text: answer.description })] : [];
  }
})();
