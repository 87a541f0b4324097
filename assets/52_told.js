/* What the server says in Indonesian sentences (the lines of a level's explanation, alarms), in the page's language.

   The sentences come with what they are made of; where an older log has only the sentence, that is shown as it is. */
(function (root) {
  "use strict";

  const siger = root.siger;
  const isTheirs = () => siger.lang() === "id";

  const what = (known) =>
    `${siger.names.category(known.category)}: ${known.title}, ${siger.format.moment(known.occurred_ms)} WIB`;

  function incident(known) {
    const parts = [what(known), siger.text(`verification.${known.verification}`)];
    if (!["baru", "terverifikasi"].includes(known.status)) parts.push(siger.names.status(known.status).toLowerCase());
    return parts.join(", ");
  }

  /**
   * One line of a level's explanation.
   * @param {object} line as the frames carry it
   * @param {(known: object) => string} [of] how an incident is said
   * @returns {string}
   */
  function reason(line, of = incident) {
    if (isTheirs() || !line.what || line.what === "plan") return line.text;
    if (line.what === "incident") {
      const known = siger.store.incidents.get(line.incident);
      return known ? of(known) : line.text;
    }
    return siger.text(`reason.${line.what}`, { n: Number(line.of), name: line.of });
  }

  // An alarm is of its moment: the state in which its incident is now has no place in it.
  const levelName = (n) => siger.text(`level.${n}`);
  const ALARMS = {
    rise: ({ level, before, reason: why }) =>
      before === null ? null : { before: levelName(before), level: levelName(level), why: why ? reason(why, what) : "–" },
    uncovered: ({ level, minutes }) => (minutes === null ? null : { level: levelName(level), minutes }),
    cluster: ({ crowding }) =>
      crowding && {
        count: crowding.count,
        usual: siger.format.number(crowding.expected, 1),
        hours: siger.format.number(crowding.hours),
        km: siger.format.number(crowding.radius_m / 1000),
      },
  };

  /** What an alarm is about. @param {object} told as the frames carry it @returns {string} */
  function alarm(told) {
    const facts = isTheirs() || !ALARMS[told.what] ? null : ALARMS[told.what](told);
    return facts ? siger.text(`alarm.${told.what}_told`, { name: siger.names.area(told.area), ...facts }) : told.text;
  }

  siger.told = { reason, alarm };
})(typeof window === "undefined" ? globalThis : window);
