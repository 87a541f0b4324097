/* Where on the map one is: "Lampung › Tanggamus › Kota Agung". Each step out is a link that the browser knows too:
   it can be opened beside, and the back key undoes it. */
(function () {
  "use strict";

  const siger = window.siger;

  siger.panel("breadcrumbs", (place) => {
    const steps = siger.el("ol", { class: "crumbs" });
    place.append(siger.el("nav", { "aria-label": siger.text("crumbs.label"), "data-testid": "breadcrumbs" }, steps));
    place.append(aboutButton());
    let drawn = null;
    const draw = () => {
      const path = siger.places.path(siger.filter.current.area);
      const key = path.map((code) => `${code} ${siger.names.area(code)}`).join();
      if (key === drawn || !siger.names.loaded()) return;
      drawn = key;
      const hadFocus = steps.contains(document.activeElement);
      steps.replaceChildren(...path.map((code, i) => siger.el("li", {}, i < path.length - 1 ? link(code) : here(code))));
      if (hadFocus) steps.lastElementChild.firstElementChild.focus();
    };
    siger.follow(draw, "filter", "names");
    draw();
  });

  function link(code) {
    const value = code === siger.places.PROVINCE ? "" : code;
    const anchor = siger.el("a", { href: addressOf(value), text: siger.names.area(code), "data-code": code });
    anchor.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // opened beside: the browser's own affair
      event.preventDefault();
      siger.choose("area", value);
    });
    return anchor;
  }

  const here = (code) =>
    siger.el("span", { text: siger.names.area(code), "aria-current": "page", tabindex: "-1", "data-code": code });

  /** This page's address with another area; the other filters stay. */
  function addressOf(code) {
    const query = new URLSearchParams(location.search);
    if (code) query.set("area", code);
    else query.delete("area");
    const text = decodeURIComponent(query.toString());
    return location.pathname + (text ? `?${text}` : "");
  }

  /** The province is always chosen, so to say: what is known of it is shown when asked for. */
  function aboutButton() {
    const button = siger.el("button", {
      class: "about-button",
      type: "button",
      text: siger.text("about.button"),
      "data-testid": "about-button",
      on: { click: () => siger.showAbout(!siger.isAboutShown()) },
    });
    const draw = () => {
      button.hidden = Boolean(siger.filter.current.area);
      button.setAttribute("aria-pressed", String(siger.isAboutShown()));
    };
    siger.follow(draw, "filter", "about");
    draw();
    return button;
  }
})();
