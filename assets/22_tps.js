/* The polling stations (TPS) as this browser holds them: one file of columns, fetched when somebody wants to see them
   and again when the live feed's mark says that there is another list. Typed arrays; the rest is named by number.

   `siger.tps.data` is null until it came. On the bus: "tps" when it did, or when showing them was turned on or off. */
(function (siger) {
  "use strict";

  const INDEX = "/api/v1/layers/tps";
  const RETRY_MS = 5000;
  const UNKNOWN_VOTERS = 65535;
  const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));
  const APART_M = 70; // stations that have only their village's point stand around it, so far apart
  const EQUATOR_M = 40075016.686;

  const tps = {
    data: null,
    shown: false,
    unpack,
    /** The id of a station by its place in the columns. @param {number} slot @returns {string} */
    id: (slot) => tps.data.ids.split("\n", slot + 1)[slot],
  };
  let mark; // of the list that holds now, as the feed told it; undefined: not told yet
  let loading = false;

  siger.on("tps-mark", (next) => {
    mark = next;
    refresh();
  });
  siger.on("filter", (chosen) => {
    const shown = chosen.tps === true;
    if (shown === tps.shown) return;
    tps.shown = shown;
    refresh();
    siger.emit("tps", null);
  });

  function refresh() {
    if (!tps.shown || loading || mark === undefined || (tps.data && tps.data.mark === mark)) return;
    loading = true;
    load()
      .then(() => true)
      .catch((error) => console.warn("siger: the polling stations are not there yet:", error.message))
      .then((came) => {
        loading = false;
        // A mark that came meanwhile is another list.
        if (!came) setTimeout(refresh, RETRY_MS);
        else if (tps.data.mark !== mark) setTimeout(refresh, 0);
      });
  }

  async function load() {
    const index = await json(INDEX);
    tps.data = { ...unpack(await json(index.url)), mark: index.mark };
    mark = index.mark;
    siger.emit("tps", null);
  }

  async function json(url) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return response.json();
  }

  /**
   * The file's columns as typed arrays, places on the plane (docs/tps.md describes the file).
   * @param {object} file @returns {object}
   */
  function unpack(file) {
    const { stations } = file;
    const count = stations.id.length;
    const data = {
      count,
      simulated: file.simulated,
      classes: file.classes,
      flagNames: file.flags,
      districts: file.districts,
      villages: file.villages,
      references: file.references,
      ids: stations.id.join("\n"),
      x: new Float64Array(count),
      y: new Float64Array(count),
      district: Uint16Array.from(stations.district),
      village: Uint16Array.from(stations.village),
      number: Uint16Array.from(stations.number),
      klass: Uint8Array.from(stations.class),
      classed: Int8Array.from(stations.classed),
      flags: Uint8Array.from(stations.flags),
      isNear: Uint8Array.from(stations.located, (located) => (located ? 1 : 0)),
      voters: Uint16Array.from(stations.voters, (n) => (n === null ? UNKNOWN_VOTERS : Math.min(n, UNKNOWN_VOTERS - 1))),
    };
    place(data, stations);
    return data;
  }

  function place(data, { lon_e6: lons, lat_e6: lats }) {
    const crowd = new Map(); // how many stand at a village's point already
    for (let i = 0; i < data.count; i++) {
      const lat = lats[i] / 1e6;
      data.x[i] = siger.plane.planeX(lons[i] / 1e6);
      data.y[i] = siger.plane.planeY(lat);
      if (!data.isNear[i]) continue;
      const key = `${lons[i]},${lats[i]}`;
      const place = crowd.get(key) || 0;
      crowd.set(key, place + 1);
      const away = ((APART_M * Math.sqrt(place)) / (EQUATOR_M * Math.cos((lat * Math.PI) / 180))) * 256;
      data.x[i] += away * Math.sin(place * GOLDEN_ANGLE);
      data.y[i] -= away * Math.cos(place * GOLDEN_ANGLE);
    }
  }

  siger.tps = tps;
  siger.TPS_UNKNOWN_VOTERS = UNKNOWN_VOTERS;
})((window.siger = window.siger || {}));
