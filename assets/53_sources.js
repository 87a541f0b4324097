/* Who is heard and who is silent, in one line: silence is not the same as nothing to report. Before them, that
   nobody computes levels, where it is so: a level that nobody computes is no calm either.

   A source that should be heard every so often is silent as soon as it is stale, for as long as it lasts. One without
   a rhythm of its own is silent once it has expired, and forgotten a day later. The ages come with the source. */
(function (siger) {
  "use strict";

  const FORGOTTEN_AFTER_MS = 24 * 3600 * 1000;
  const NAMED = 2;

  /**
   * @param {Iterable<object>} sources as the frames carry them @param {number} nowMs by the server's clock
   * @returns {{alive: number, silent: Array<{name: string, ageMs: number, heard: boolean}>}} silent ones: those that
   *   are expected first, then by how long
   */
  function judge(sources, nowMs) {
    let alive = 0;
    const silent = [];
    for (const one of sources) {
      const ageMs = nowMs - one.last_ms;
      if (!one.enabled || (!one.expected && ageMs > FORGOTTEN_AFTER_MS)) continue;
      if (ageMs < (one.expected ? one.stale_ms : one.expired_ms)) alive++;
      else silent.push({ name: one.title || one.source, ageMs, heard: one.heard, expected: one.expected });
    }
    silent.sort((left, right) => right.expected - left.expected || right.ageMs - left.ageMs);
    return { alive, silent };
  }

  const noEngine = () => !siger.live.state.engine;

  function line({ alive, silent }) {
    const words = noEngine() ? [siger.text("sources.no_engine")] : [];
    if (alive || silent.length) words.push(siger.text("sources.alive", { n: alive }));
    if (silent.length) {
      const more = silent.length > NAMED ? ", …" : "";
      const names = silent.slice(0, NAMED).map(({ name }) => name).join(", ") + more;
      words.push(siger.text("sources.silent", { n: silent.length, names }));
    }
    return words.join(" · ");
  }

  function each({ silent }) {
    return silent
      .map(({ name, ageMs, heard }) =>
        siger.text(heard ? "sources.since" : "sources.never", { name, span: siger.format.span(ageMs) }),
      )
      .join("\n");
  }

  function panel(name, offline) {
    siger.panel(name, (place) => {
      const draw = () => {
        const { state, attempt } = siger.status.current();
        if (state === "offline") return siger.write(place, offline(attempt));
        const found = judge(siger.store.sources.values(), siger.now());
        place.classList.toggle("has-silent", noEngine() || found.silent.length > 0);
        if (place.title !== each(found)) place.title = each(found);
        return siger.write(place, line(found));
      };
      siger.follow(draw, "change", "second", "status");
      draw();
    });
  }

  panel("wall-sources", (attempt) => siger.text("banner.attempt", { n: attempt }));
  panel("sources", () => "");
  siger.sources = { judge };
})((window.siger = window.siger || {}));
