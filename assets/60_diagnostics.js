/* What this screen can say of itself: sequence, gaps, frames, ages, and whether it shows what the server shows. Opened
   with the button at the foot of the page or the key D; the same figures as `window.siger.stats()`.

   While it is closed it does nothing. */
(function () {
  "use strict";

  const siger = window.siger;
  const KEY = "d";

  siger.panel("diagnostics", (place) => {
    const list = siger.el("dl", { class: "facts" });
    const close = siger.el("button", { class: "close", type: "button", text: "×", "aria-label": siger.text("diagnostics.close") });
    const heading = siger.el("h2", { class: "heading", id: "diagnostics-heading", text: siger.text("diagnostics.heading") });
    const isWall = place.closest(".wall") !== null; // nothing on a wall can be pressed: there the key alone opens it
    const head = siger.el("div", { class: "diagnostics-head" }, heading, isWall ? null : close);
    const box = siger.el(
      "section",
      { class: "diagnostics", hidden: "", "data-testid": "diagnostics", "aria-labelledby": "diagnostics-heading", tabindex: "-1" },
      head,
      list,
    );
    const button = siger.el("button", {
      class: "diagnostics-button",
      type: "button",
      text: siger.text("diagnostics.open"),
      title: siger.text("diagnostics.hint"),
      "aria-expanded": "false",
      "data-testid": "diagnostics-button",
    });
    const values = new Map();
    place.append(...(isWall ? [] : [button]), box);

    function draw() {
      if (box.hidden) return;
      for (const [key, text, alarm] of figures()) {
        if (!values.has(key)) {
          values.set(key, siger.el("dd", { "data-figure": key }));
          list.append(siger.el("dt", { text: siger.text(`diagnostics.${key}`) }), values.get(key));
        }
        siger.write(values.get(key), text);
        values.get(key).classList.toggle("is-alarm", Boolean(alarm));
      }
    }

    function show(isShown) {
      box.hidden = !isShown;
      button.setAttribute("aria-expanded", String(isShown));
      draw();
      if (isShown) box.focus();
      else if (place.contains(document.activeElement) || document.activeElement === document.body) button.focus();
    }

    button.addEventListener("click", () => show(box.hidden));
    close.addEventListener("click", () => show(false));
    document.addEventListener("keydown", (event) => {
      const isTyping = event.target.closest("input, select, textarea");
      if (event.key === "Escape" && box.contains(event.target)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        show(false);
      } else if (event.key.toLowerCase() === KEY && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
        show(box.hidden);
      }
    }, { capture: true });
    siger.on("second", draw);
  });

  function figures() {
    const stats = siger.stats();
    const number = (n) => siger.format.number(n);
    const ms = (n) => (n === null ? siger.format.number(NaN) : siger.text("diagnostics.ms", { n: Math.round(n) }));
    return [
      ["connection", connection(stats), !stats.connected],
      ["sequence", stats.last_event_id || siger.format.number(NaN)],
      ["hash", ...hash(stats)],
      ["gaps", number(stats.gaps), stats.gaps > 0],
      ["dropped", number(stats.dropped)],
      ["mismatches", number(stats.mismatches), stats.mismatches > 0],
      ["paints", number(stats.fps)],
      ["frames", number(stats.frames_per_s)],
      ["age", ms(stats.frame_age_ms)],
      ["units", number(stats.units)],
      ["incidents", number(stats.incidents)],
      ["clock", ms(stats.clock_offset_ms)],
      ["boot", siger.store.boot || siger.format.number(NaN)],
    ];
  }

  function connection({ connected, attempt }) {
    if (connected) return siger.text("diagnostics.connected");
    const isOpen = siger.live.state.openedMs !== null;
    return isOpen ? siger.text("diagnostics.waiting") : siger.text("diagnostics.disconnected", { n: attempt });
  }

  /** The page's own hash, and whether the server's was the same when it last said one. */
  function hash({ state_hash, checked }) {
    if (!checked) return [siger.text("diagnostics.unchecked", { hash: state_hash })];
    const ago = siger.format.ago(checked.at_ms);
    if (checked.match) return [siger.text("diagnostics.same", { hash: state_hash, ago })];
    return [siger.text("diagnostics.other", { hash: state_hash, server: checked.server }), true];
  }
})();
