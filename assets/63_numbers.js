/* The numbers of the risk model: what each is, in which unit and range and why, who changed it last and why. Who may
   (rights `tune`) sets one anew, with a reason; it is an event of the log, and the levels are computed with it at once. */
(function () {
  "use strict";

  const siger = window.siger;

  siger.panel("numbers", (place) => {
    const body = siger.el("div");
    place.append(siger.el("p", { class: "analysis-note", text: siger.text("numbers.about") }), body);
    const ask = siger.asked(body, () => "/api/v1/levels/parameters", ({ parameters }) => [table(parameters, ask)]);
    siger.on("me", () => ask({ quietly: true }));
  });

  function table(parameters, again) {
    const heads = ["name", "value", "reason", "changed"].map((key) => siger.head(siger.text(`numbers.${key}`)));
    const rows = parameters.map((one) => row(one, again));
    return siger.table(siger.text("numbers.caption"), heads, rows, { testid: "numbers" });
  }

  function row(one, again) {
    const value = siger.cell(siger.text("numbers.value"), siger.el("b", { text: exact(one.value) }), ` ${unit(one)}`, siger.el("small", { class: "quiet", text: siger.text("numbers.range", { least: exact(one.least), most: exact(one.most) }) }));
    if (siger.me.may("tune")) {
      value.firstElementChild.append(
        siger.el("button", { class: "button", type: "button", text: siger.text("numbers.set"), "aria-label": siger.text("numbers.set_one", { name: one.name }), on: { click: () => open(one, again) } }),
      );
    }
    const reason = siger.cell(siger.text("numbers.reason"), siger.text(`number.${one.name}`));
    const changed = siger.cell(siger.text("numbers.changed"), one.changed ? changedWords(one.changed) : siger.text("numbers.never"));
    return siger.el("tr", { "data-name": one.name }, siger.el("th", { scope: "row" }, siger.el("code", { text: one.name })), value, reason, changed);
  }

  const unit = (one) => siger.text(`unit_of.${one.unit.replaceAll(" ", "_")}`);
  const exact = (n) => siger.format.number(n, decimals(n));
  const decimals = (n) => (String(n).split(".")[1] || "").length;
  const changedWords = ({ at, by, why }) => siger.text("numbers.changed_by", { when: siger.format.stamp(Date.parse(at)), who: by || "–", why });

  function open(one, again) {
    const { body, close } = siger.dialog(siger.text("numbers.heading", { name: one.name }), { testid: "numbers-dialog" });
    const input = siger.el("input", { name: "value", class: "input", type: "number", step: "any", required: "", min: one.least, max: one.most, value: one.value });
    const form = siger.orderForm({
      fields: [siger.field("numbers.new", input, siger.text("numbers.range", { least: exact(one.least), most: exact(one.most) })), siger.field("order.why", siger.whyField())],
      submit: "numbers.submit",
      words: ({ value }) => siger.text("numbers.confirm", { name: one.name, was: exact(one.value), value: exact(Number(value)) }),
      send: ({ value, why }) => siger.order("/api/v1/levels/parameters", { name: one.name, value: Number(value), why }),
      done: () => {
        close();
        setTimeout(() => again({ quietly: true }), 400); // it comes back through the log
      },
    });
    body.append(siger.el("p", { class: "quiet", text: siger.text(`number.${one.name}`) }), form);
  }
})();
