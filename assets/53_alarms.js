/* Alarms: a level that rose, a risky district without a unit, incidents crowding together. On the officers' page a
   button with how many nobody has seen yet, and the list behind it; on the wall the newest in a place of its own. */
(function () {
  "use strict";

  const siger = window.siger;
  const DAY_MS = 24 * 3600 * 1000;
  const FRESH_MS = 3600 * 1000; // after an hour the newest alarm on the wall is history
  const SIGNS = { rise: "▲", uncovered: "○", cluster: "◎" };

  /** The last day's alarms inside the chosen area, newest first. */
  siger.alarmsHere = function () {
    const since = siger.now() - DAY_MS;
    const { districts } = siger.filter.current;
    return [...siger.store.alarms.values()]
      .filter(({ area, at_ms }) => at_ms > since && (districts ? districts.includes(area) : siger.filter.hasRegency(area.slice(0, 4))))
      .sort((a, b) => b.at_ms - a.at_ms || (a.id < b.id ? 1 : -1));
  };

  siger.panel("alarm-button", (place) => {
    const count = siger.el("b", { class: "alarm-count", "data-testid": "alarm-count" });
    const button = siger.el(
      "button",
      { class: "alarm-button", type: "button", "data-testid": "alarm-button", on: { click: open } },
      siger.el("span", { text: siger.text("alarm.button") }),
      count,
    );
    place.append(button);
    const draw = siger.soon(() => {
      const unseen = siger.alarmsHere().filter(({ seen }) => !seen).length;
      siger.write(count, siger.format.number(unseen));
      button.classList.toggle("is-alarm", unseen > 0);
      const spoken = siger.text("alarm.spoken", { n: unseen });
      if (button.getAttribute("aria-label") !== spoken) button.setAttribute("aria-label", spoken);
    }, siger.UNHURRIED_MS);
    siger.follow(draw, "change", "filter", "names", "second");
    draw();
  });

  function open() {
    const { box, body, close } = siger.dialog(siger.text("alarm.heading"), { className: "drawer", testid: "alarms" });
    const list = siger.el("div");
    body.append(list);
    const stop = siger.alarmList(list, close);
    box.addEventListener("close", stop);
  }

  /** Fills `place` with the list and keeps it up to date. `leave` is called before something on the page is shown.
      @returns {() => void} ends it */
  siger.alarmList = function (place, leave = () => {}) {
    const empty = siger.el("p", { class: "empty", text: siger.text("alarm.none") });
    const list = siger.el("ol", { class: "alarms", "data-testid": "alarm-list" });
    const about = siger.el("p", { class: "quiet" }, siger.text("alarm.about") + " ", siger.el("a", { href: "/angka-model", text: siger.text("alarm.numbers") }));
    place.append(list, empty, about);
    let drawn = null;
    const draw = siger.soon(() => {
      const items = siger.alarmsHere().map((alarm) => item(alarm, leave));
      const key = items.map((one) => one.outerHTML).join("");
      empty.hidden = items.length > 0;
      if (key === drawn) return;
      drawn = key;
      list.replaceChildren(...items);
    }, siger.UNHURRIED_MS);
    const ends = ["change", "filter", "names", "me"].map((event) => siger.on(event, draw));
    draw();
    return () => ends.forEach((end) => end());
  };

  function item(alarm, leave) {
    const kind = `${SIGNS[alarm.what] || "!"} ${siger.text(`alarm.${alarm.what}`)}`;
    const line = siger.el(
      "p",
      { class: "alarm-line" },
      siger.el("b", { text: kind }),
      siger.el("time", { text: siger.format.moment(alarm.at_ms), datetime: new Date(alarm.at_ms).toISOString() }),
      alarm.level ? siger.levelBadge(alarm.level, { word: true }) : null,
    );
    const text = siger.el("p", { class: "alarm-text", text: siger.told.alarm(alarm) });
    const chance = alarm.chance === null ? null : siger.text("alarm.chance", { n: siger.format.number(alarm.chance * 100, 1) });
    return siger.el(
      "li",
      { class: `alarm ${alarm.seen ? "is-seen" : ""}`, "data-id": alarm.id, "data-what": alarm.what },
      line,
      text,
      chance ? siger.el("p", { class: "quiet", text: chance }) : null,
      siger.el("div", { class: "alarm-links" }, areaLink(alarm.area, leave), ...incidentLinks(alarm, leave), seen(alarm)),
    );
  }

  function areaLink(code, leave) {
    return link(siger.names.area(code), `/?area=${code}`, leave, () => siger.choose("area", code));
  }

  function incidentLinks(alarm, leave) {
    const known = alarm.incidents.filter((id) => siger.store.incidents.has(id)).slice(0, 5);
    return known.map((id) =>
      link(siger.store.incidents.get(id).title, `/?area=${alarm.area}`, leave, () => {
        siger.choose("area", alarm.area);
        if (siger.selected() !== id) siger.select(id);
      }),
    );
  }

  /** On the officers' page it shows what it names at once; elsewhere it leads there. */
  function link(text, href, leave, show) {
    const isHere = Boolean(document.querySelector('[data-panel="detail"]'));
    const anchor = siger.el("a", { class: "alarm-link", href, text });
    if (isHere) {
      anchor.addEventListener("click", (event) => {
        event.preventDefault();
        leave();
        show();
      });
    }
    return anchor;
  }

  function seen(alarm) {
    if (alarm.seen) {
      const told = { who: alarm.seen.actor || "–", when: siger.format.moment(alarm.seen.at_ms) };
      return siger.el("span", { class: "quiet", text: siger.text("alarm.seen", told) });
    }
    if (!siger.me.may("level", alarm.area)) return null;
    const button = siger.el("button", { class: "button", type: "button", text: siger.text("alarm.see") });
    button.addEventListener("click", async () => {
      button.disabled = true;
      const wrong = await siger.order(`/api/v1/alarms/${encodeURIComponent(alarm.id)}/seen`);
      if (wrong === null) return; // it comes back through the log
      button.disabled = false;
      button.after(siger.el("span", { class: "failure", role: "alert", text: wrong }));
    });
    return button;
  }

  siger.panel("alarm-list", (place) => siger.alarmList(place));

  /** What a wall has room for: where and what, and of the reason its kind; the whole stands in the list. */
  function briefly(text) {
    return text.split(": ", 2).join(": ");
  }

  siger.panel("wall-alarm", (place) => {
    const head = siger.el("p", { class: "wall-alarm-head" });
    const text = siger.el("p", { class: "wall-alarm-text" });
    place.append(head, text);
    place.dataset.testid = "wall-alarm";
    const draw = siger.soon(() => {
      const [newest, ...others] = siger.alarmsHere();
      const isFresh = Boolean(newest) && !newest.seen && newest.at_ms > siger.now() - FRESH_MS;
      place.classList.toggle("is-alarm", isFresh);
      if (!newest) {
        siger.write(head, siger.text("alarm.heading"));
        return siger.write(text, siger.store.waiting ? "–" : siger.text("alarm.none"));
      }
      const words = [siger.text(`alarm.${newest.what}`), siger.format.moment(newest.at_ms)];
      const waiting = others.filter((one) => !one.seen).length;
      if (newest.seen) words.push(siger.text("alarm.seen_short"));
      if (waiting) words.push(siger.text("attention.more", { n: waiting }));
      siger.write(head, `${SIGNS[newest.what] || "!"} ${words.join(" · ")}`);
      return siger.write(text, briefly(siger.told.alarm(newest)));
    }, siger.UNHURRIED_MS);
    siger.follow(draw, "change", "filter", "names", "second");
    draw();
  });
})();
