/* The card of one polling station, on the map's corner: what the server knows of it, asked when it is pressed. Feed
   text is set as text. Escape or its button closes it. */
(function (siger) {
  "use strict";

  const DASH = "–";

  /** @param {L.Map} map */
  function tpsCard(map) {
    const card = document.createElement("section");
    card.className = "siger-tps-card";
    card.dataset.testid = "tps-card";
    card.hidden = true;
    card.setAttribute("aria-live", "polite");
    map.getContainer().parentElement.append(card);
    let shown = null; // the id that the card is about

    async function show(slot) {
      const id = siger.tps.id(slot);
      shown = id;
      fill(siger.tpsWords.title(siger.tps.data, slot), [line("tps.wait", "")]);
      try {
        const response = await fetch(`/api/v1/tps/${encodeURIComponent(id)}`);
        if (!response.ok) throw new Error(String(response.status));
        const { properties } = await response.json();
        if (shown === id) fill(titleOf(properties), lines(properties));
      } catch (error) {
        console.warn("siger: the polling station could not be asked for:", error.message);
        if (shown === id) fill(siger.text("tps.failed"), []);
      }
    }

    function fill(title, parts) {
      const close = siger.el("button", { type: "button", class: "siger-tps-close", "aria-label": siger.text("tps.close"), text: "×", on: { click: hide } });
      card.replaceChildren(siger.el("h3", { text: title }), close, siger.el("dl", { class: "facts" }, ...parts.flat()));
      card.hidden = false;
    }

    function hide() {
      shown = null;
      card.hidden = true;
    }

    function escape(event) {
      if (event.key !== "Escape" || card.hidden || event.defaultPrevented) return;
      event.preventDefault();
      hide();
    }

    const offs = [
      siger.on("pick", ({ tps }) => (tps === undefined ? hide() : show(tps))),
      siger.on("tps", () => siger.tps.shown || hide()),
    ];
    document.addEventListener("keydown", escape, true);

    function remove() {
      for (const off of offs) off();
      document.removeEventListener("keydown", escape, true);
      card.remove();
    }

    return { remove };
  }

  const titleOf = ({ number, village }) => siger.text("tps.title", { number: String(number).padStart(3, "0"), village });

  function line(key, value) {
    return [siger.el("dt", { text: siger.text(key) }), siger.el("dd", { text: value || DASH })];
  }

  function lines(told) {
    const { classed, day } = siger.tpsWords;
    const owned = (name, part) => classed(name, told[`${part}_owner`], told[`${part}_date`]);
    const klass = told.class ? siger.text(`tps.class.${told.class}`) : siger.text("tps.class.none");
    const flags = told.flags.map((flag) => siger.text(`tps.flag.${flag}`)).join(", ");
    const voters = told.voters === null ? "" : siger.format.number(told.voters);
    const shares = told.men === null || told.women === null ? "" : ` (L ${siger.format.number(told.men)}, P ${siger.format.number(told.women)})`;
    const where = [siger.text(`tps.located.${told.located}`), told.astray ? siger.text("tps.astray") : ""];
    return [
      line("tps.area", siger.names.place(told)),
      line("tps.place", [told.place, told.address].filter(Boolean).join(", ")),
      line("tps.class_label", owned(klass, "class")),
      line("tps.voters_label", voters + shares),
      ...(flags ? [line("tps.flags_label", owned(flags, "flags"))] : []),
      line("tps.located_label", where.filter(Boolean).join(" ")),
      line("tps.listed_label", [told.listed_owner, day(told.listed_date)].filter(Boolean).join(", ")),
      ...(told.simulated ? [line("tps.kind_label", siger.text("tps.simulated"))] : []),
    ];
  }

  siger.tpsCard = tpsCard;
})((window.siger = window.siger || {}));
