/* Keeps a count, a queue or the map's cells in step with the store: filled where the picture, the choice or the names are
   others, and one incident taken out and put in where it alone has changed. */
(function (root) {
  "use strict";

  const siger = root.siger;

  /**
   * @param {{fill(incidents: object[]): void, add(one: object): void, remove(one: object): void}} part
   * @param {(incident: object) => boolean} passes which incidents are its business @returns part
   */
  function keep(part, passes) {
    const fill = () => part.fill([...siger.store.incidents.values()].filter(passes));
    siger.on("change", ({ snapshot, told }) => {
      if (snapshot) return fill();
      for (const { before, after } of told) {
        if (before && passes(before)) part.remove(before);
        if (passes(after)) part.add(after);
      }
      return undefined;
    });
    for (const name of ["filter", "names"]) siger.on(name, fill);
    fill();
    return part;
  }

  const chosen = (one) => siger.filter.matchesEver(one);
  const shown = keep(new siger.Queue(), (one) => siger.filter.matches(one, siger.now()));

  // Made here and not where they are shown: they hear of a change before any panel draws.
  siger.keep = keep;
  siger.kept = {
    /** The counts over the chosen area and kinds. */
    tally: keep(new siger.Tally(), chosen),
    /** Open incidents by area, whatever is chosen. */
    openByArea: keep(new siger.OpenByArea(), () => true),
    /** What is open in the chosen area, however old. */
    openQueue: keep(new siger.Queue(), (one) => chosen(one) && siger.attention.isOpen(one)),
    /** All of the chosen area, kinds and hours. @returns {siger.Queue} */
    queue() {
      const window_ms = siger.filter.window_ms();
      if (window_ms !== null) shown.forget(siger.now() - window_ms);
      return shown;
    },
  };
})(typeof window === "undefined" ? globalThis : window);
