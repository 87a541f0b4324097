/* Who looks at this page and what they may, as the server says. It only decides which buttons are offered: whether an
   order is taken is decided by the server alone. */
(function (siger) {
  "use strict";

  let known = null;

  async function ask() {
    const answer = await fetch("/api/v1/me", { cache: "no-store" }).catch(() => null);
    if (!answer || !answer.ok) return;
    known = await answer.json();
    siger.emit("me", known);
  }

  /** Whether the viewer has a right, and where given, in an area of this code (regency, district or the province). */
  function may(right, code) {
    if (!known || !known.may.includes(right)) return false;
    return code === undefined || known.areas.some((own) => holds(own, code));
  }

  function holds(own, code) {
    if (own === siger.places.PROVINCE || own === code) return true;
    if (code === siger.places.PROVINCE || siger.places.isDistrict(own)) return false;
    return siger.places.regenciesOf(code).every((regency) => siger.places.regenciesOf(own).includes(regency));
  }

  siger.me = { may, name: () => (known ? known.name : "") };
  ask();
})((window.siger = window.siger || {}));
