/* What the top of a page says by itself: live or not and how old, simulated or not, the stage, the clock.

   The age counts up between the server's words: a page that hears nothing must look older every second. */
(function () {
  "use strict";

  const siger = window.siger;
  const root = document.documentElement;
  const BANNER_AFTER_MS = 10 * 1000;
  let status = siger.status ? siger.status.current() : { state: "stale", ageMs: null, attempt: 0 };

  // Asked anew each time: the status speaks only when its words change.
  const age = () => (siger.status ? siger.status.ageMs() : null);

  siger.on("status", (next) => {
    status = next;
    root.dataset.live = next.state;
  });

  siger.panel("status", (place) => {
    const light = siger.el("span", { class: "light", "aria-hidden": "true" });
    const words = siger.el("span", { class: "status-words" });
    place.append(light, words);
    const draw = () => {
      const connecting = status.ageMs === null && status.state !== "offline";
      const key = connecting ? "status.connecting" : `status.${status.state}`;
      if (place.dataset.state !== status.state) place.dataset.state = status.state;
      siger.write(words, age() === null ? siger.text(key) : `${siger.text(key)} · ${ageWords(place)}`);
    };
    both(draw);
  });

  /** On the wall, which has no banner, old data say so in capitals. */
  function ageWords(place) {
    const loud = status.state !== "live" && place.closest(".wall");
    return loud ? siger.text("banner.age", { span: longSpan(age()) }) : siger.format.span(age());
  }

  siger.panel("banner", (place) => {
    place.setAttribute("role", "alert");
    const draw = () => {
      // A page that is only connecting is empty, not old, and a line that was lost for a second moves no page: for
      // both the status light is enough.
      const old = status.state === "offline" || (status.state === "stale" && age() > BANNER_AFTER_MS);
      const uncomputed = !old && siger.live && !siger.live.state.engine;
      place.hidden = !old && !uncomputed;
      if (!place.hidden) siger.write(place, old ? bannerText() : siger.text("banner.no_engine"));
    };
    both(draw);
  });

  function bannerText() {
    const parts = [];
    if (age() !== null) parts.push(siger.text("banner.age", { span: longSpan(age()) }));
    parts.push(siger.text(`banner.${status.state}`));
    if (status.attempt > 0) parts.push(siger.text("banner.attempt", { n: status.attempt }));
    return parts.join(" · ");
  }

  function longSpan(ms) {
    const s = Math.floor(ms / 1000);
    if (s < 120) return siger.text("long.s", { n: s }).toUpperCase();
    if (s < 7200) return siger.text("long.min", { n: Math.floor(s / 60) }).toUpperCase();
    return siger.text("long.h", { n: Math.floor(s / 3600) }).toUpperCase();
  }

  function both(draw) {
    siger.on("status", draw);
    siger.on("second", draw);
    draw();
  }

  siger.panel("simulated", (place) => {
    const draw = () => {
      place.hidden = !siger.store.simulated;
      root.classList.toggle("is-simulated", siger.store.simulated);
    };
    siger.on("change", draw);
    draw();
  });

  siger.panel("clock", (place) => {
    const time = siger.el("span", { class: "clock-time" });
    const day = siger.el("span", { class: "clock-day" });
    place.append(day, time, siger.el("span", { class: "clock-zone", text: "WIB" }));
    const draw = () => {
      siger.write(time, siger.format.clock(siger.now()));
      siger.write(day, siger.format.day(siger.now()));
    };
    siger.on("second", draw);
    draw();
  });

  siger.panel("stage", (place) => {
    const count = siger.el("b", { class: "stage-count" });
    const name = siger.el("span", { class: "stage-name" });
    place.append(count, name);
    const draw = () => {
      const stage = siger.stage(siger.now());
      siger.write(count, stage ? siger.format.countdown(stage.days_left) : "");
      siger.write(name, stage ? stage.name : siger.text("stage.none"));
      place.title = siger.text("stage.source");
    };
    siger.on("second", draw);
    siger.on("names", draw);
    draw();
  });

  siger.panel("theme", (place) => {
    const draw = () => siger.write(place, siger.text(root.dataset.theme === "light" ? "theme.dark" : "theme.light"));
    place.addEventListener("click", () => {
      root.dataset.theme = root.dataset.theme === "light" ? "dark" : "light";
      remember("siger_theme", root.dataset.theme);
      draw();
      siger.emit("theme", root.dataset.theme);
    });
    draw();
  });

  function remember(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch (blocked) {
      console.warn("siger: this browser keeps no settings; the choice holds until the page closes", blocked);
    }
  }

  // Half of the words come from the server: another language is another page, at the same address.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-language]");
    if (!button || button.getAttribute("aria-pressed") === "true") return;
    document.cookie = `siger_lang=${button.dataset.language}; path=/; max-age=31536000; samesite=lax`;
    location.reload();
  });
})();
