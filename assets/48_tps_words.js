/* What the page says of polling stations: of one, of several that a number stands for, and whose word a class is. */
(function (siger) {
  "use strict";

  const className = (data, klass) => (klass ? siger.text(`tps.class.${data.classes[klass - 1]}`) : siger.text("tps.class.none"));

  /** "TPS 005 Kuripan". */
  function title(data, slot) {
    return siger.text("tps.title", { number: String(data.number[slot]).padStart(3, "0"), village: data.villages[data.village[slot]] });
  }

  /** A class and whose it is: "Rawan (Polda Lampung, 18/09/2024)". */
  function classed(name, owner, date) {
    return owner ? siger.text("tps.by", { name, owner: [owner, day(date)].filter(Boolean).join(", ") }) : name;
  }

  /** "2024-09-18" as people here write it. */
  function day(iso) {
    const [year, month, date] = String(iso || "").split("-");
    return date ? `${date}/${month}/${year}` : String(iso || "");
  }

  function stationLines(slot) {
    const { data } = siger.tps;
    const by = data.references[data.classed[slot]];
    const voters = data.voters[slot];
    const district = data.districts[data.district[slot]];
    return [
      title(data, slot),
      siger.names.place({ district, regency: district.slice(0, 4) }),
      classed(className(data, data.klass[slot]), by && by.owner, by && by.date),
      voters === siger.TPS_UNKNOWN_VOTERS ? "" : siger.text("tps.voters", { n: voters }),
      ...data.flagNames.filter((_, bit) => data.flags[slot] & (1 << bit)).map((flag) => siger.text(`tps.flag.${flag}`)),
      data.simulated ? siger.text("tps.simulated") : "",
    ];
  }

  function clusterLines({ count, classes }) {
    const { data } = siger.tps;
    const told = [4, 3, 2, 1, 0].filter((klass) => classes[klass]);
    return [
      siger.text("tps.many", { n: count }),
      ...told.map((klass) => `${siger.format.number(classes[klass])} ${className(data, klass).toLowerCase()}`),
      siger.text("tps.nearer"),
    ];
  }

  /** The lines of a note over a station, or over a number of them. */
  siger.tpsLines = ({ tps, cluster }) => (cluster ? clusterLines(cluster) : stationLines(tps));
  siger.tpsWords = { title, className, classed, day };
})((window.siger = window.siger || {}));
