/* The readiness that was ordered (Siaga III to I, or normal): dated, by whom and why. An order, not a risk level: it
   has no colour of the levels and stands apart from them. */
(function () {
  "use strict";

  const siger = window.siger;
  const STEPS = ["normal", "siaga_3", "siaga_2", "siaga_1"];

  const of = (area) => siger.store.readiness.find((one) => one.area === area) || null;
  const name = (one) => siger.text(`readiness.${one ? one.readiness : "none"}`);

  /** The orders that bear on what is chosen: the area's own or the nearest around it, and the province's. */
  function bearing() {
    const around = siger.places.path(siger.filter.current.area).reverse();
    const nearest = around.map(of).find(Boolean);
    return { province: of(siger.places.PROVINCE), nearest: nearest && nearest.area !== siger.places.PROVINCE ? nearest : null };
  }

  function words({ province, nearest }) {
    return nearest ? `${name(province)} · ${siger.names.area(nearest.area)}: ${name(nearest)}` : name(province);
  }

  function dated(one) {
    const told = { when: siger.format.moment(one.since_ms), who: one.actor || "–", why: one.why };
    return siger.text("readiness.dated", told);
  }

  siger.panel("readiness", (place) => {
    const isWall = Boolean(place.closest(".wall"));
    const state = siger.el("b", { class: "readiness-name" });
    const more = siger.el("span", { class: "readiness-more" });
    const box = isWall
      ? siger.el("div", { class: "readiness" })
      : siger.el("button", { class: "readiness", type: "button", on: { click: open } });
    box.dataset.testid = "readiness";
    box.append(siger.el("span", { class: "readiness-label", text: siger.text("readiness.label") }), state, more);
    place.append(box);
    const draw = siger.soon(() => {
      const found = bearing();
      const one = found.nearest || found.province;
      siger.write(state, words(found));
      box.dataset.state = one ? one.readiness : "none";
      siger.write(more, isWall && one ? dated(one) : "");
      box.title = one ? dated(one) : siger.text("readiness.never");
    }, siger.UNHURRIED_MS);
    siger.follow(draw, "change", "filter", "names", "second");
    draw();
  });

  function open() {
    const { body, close } = siger.dialog(siger.text("readiness.heading"), { testid: "readiness-dialog" });
    const known = siger.el("ul", { class: "orders" }, ...siger.store.readiness.map(line));
    body.append(siger.el("p", { class: "quiet", text: siger.text("readiness.about") }));
    body.append(known.children.length ? known : siger.el("p", { text: siger.text("readiness.never") }));
    const areas = places().filter((code) => siger.me.may("level", code));
    if (areas.length) body.append(form(areas, close));
  }

  function line(one) {
    return siger.el(
      "li",
      {},
      siger.el("b", { text: `${siger.names.area(one.area)}: ${name(one)}` }),
      siger.el("span", { class: "order-why", text: dated(one) }),
    );
  }

  /** The chosen area first, then the province and the regencies. */
  function places() {
    const chosen = siger.filter.current.area;
    const all = [siger.places.PROVINCE, ...siger.names.areas("regency")];
    return chosen && ["regency", "district"].includes(siger.names.areaLevel(chosen)) ? [chosen, ...all.filter((code) => code !== chosen)] : all;
  }

  function form(areas, done) {
    const area = siger.el("select", { name: "area", class: "select" }, ...areas.map((code) => option(code, siger.names.area(code))));
    const readiness = siger.el(
      "select",
      { name: "readiness", class: "select" },
      ...STEPS.map((step) => option(step, siger.text(`readiness.${step}`))),
    );
    return siger.orderForm({
      fields: [siger.field("readiness.area", area), siger.field("readiness.state", readiness), siger.field("order.why", siger.whyField())],
      submit: "readiness.submit",
      words: (data) => siger.text("readiness.confirm", { area: siger.names.area(data.area), state: siger.text(`readiness.${data.readiness}`) }),
      send: (data) => siger.order("/api/v1/readiness", data),
      done,
    });
  }

  const option = (value, text) => siger.el("option", { value, text });
})();
