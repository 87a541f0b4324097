/* An officer sets an area's level aside, higher or lower, until a time and with a reason, or ends that early. The computed
   level is shown beside it, here and everywhere: it goes on and is never replaced. */
(function () {
  "use strict";

  const siger = window.siger;
  const HOUR_MS = 3600 * 1000;
  const HOURS = [1, 2, 4, 8, 12, 24, 72, 168]; // a week is the longest that is taken

  /** The button under an area's level, for those who may. @param {string} code @returns {?Element} */
  siger.overrideButton = function (code) {
    if (!siger.me.may("level", code)) return null;
    const isSet = Boolean(siger.store.levels.get(code)?.override);
    return siger.el("button", {
      class: "button",
      type: "button",
      text: siger.text(isSet ? "aside.change" : "aside.set"),
      "data-testid": "override-button",
      on: { click: () => open(code) },
    });
  };

  function open(code) {
    const name = siger.names.area(code);
    const { body, close } = siger.dialog(siger.text("aside.heading", { name }), { testid: "override-dialog" });
    const level = siger.store.levels.get(code);
    const computed = siger.text("aside.computed", { n: siger.format.number(level.score, 1), when: siger.format.moment(level.since_ms) });
    body.append(siger.el("p", { class: "level-line" }, siger.levelBadge(level.level, { word: true }), siger.el("span", { text: computed })));
    if (level.override) body.append(siger.overriddenLine(level.override), ending(code, name, close));
    body.append(setting(code, name, close), siger.el("p", { class: "quiet", text: siger.text("aside.about") }));
  }

  function setting(code, name, done) {
    const known = siger.store.levels.get(code);
    const levels = [0, 1, 2, 3].map((n) => option(n, `${n} ${siger.text(`level.${n}`)}`, n === (known.override || known).level));
    const hours = HOURS.map((n) => option(n, siger.format.span(n * HOUR_MS), n === 4));
    return siger.orderForm({
      fields: [
        siger.field("aside.level", siger.el("select", { name: "level", class: "select" }, ...levels)),
        siger.field("aside.for", siger.el("select", { name: "hours", class: "select" }, ...hours)),
        siger.field("order.why", siger.whyField()),
      ],
      submit: "aside.submit",
      words: ({ level, hours: n }) =>
        siger.text("aside.confirm", { name, level: `${level} ${siger.text(`level.${level}`)}`, until: siger.format.moment(until(n)) }),
      send: ({ level, hours: n, why }) => post(code, { level: Number(level), until: new Date(until(n)).toISOString(), why }),
      done,
    });
  }

  function ending(code, name, done) {
    const form = siger.orderForm({
      fields: [siger.field("aside.end_why", siger.whyField())],
      submit: "aside.end",
      words: () => siger.text("aside.end_confirm", { name }),
      send: ({ why }) => post(code, { level: null, why }),
      done,
    });
    form.classList.add("order-end");
    return form;
  }

  // A second less than whole hours: the longest of them is the longest that the server takes.
  const until = (hours) => siger.now() + Number(hours) * HOUR_MS - 1000;
  const post = (code, order) => siger.order(`/api/v1/levels/${encodeURIComponent(code)}/override`, order);
  const option = (value, text, selected) => siger.el("option", { value, text, selected: selected ? "" : null });
})();
