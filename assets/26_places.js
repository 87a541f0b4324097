/* The tree of areas as one walks it: in to what an area is made of, out to what it lies in. Pure.

   A Polres or Kodim hangs under the province beside the regencies, because the two do not nest; what lies in it are the
   districts of its regencies. */
(function (root) {
  "use strict";

  const siger = root.siger;
  const PROVINCE = "18";

  /** The areas from the province in to `code`, both included. */
  function path(code) {
    if (!code || code === PROVINCE) return [PROVINCE];
    return [...path(siger.names.parent(code)), code];
  }

  /** One step out of `code`; "" is the province, as a choice writes it. */
  function out(code) {
    const above = path(code).at(-2);
    return !above || above === PROVINCE ? "" : above;
  }

  /**
   * What is one step in. A district has nothing known within: beside it stand its neighbours, it among them.
   * @param {?string} code null: the province @returns {string[]}
   */
  function within(code) {
    if (!code) return siger.names.areas("regency");
    const around = regenciesOf(code);
    return siger.names.areas("district").filter((district) => around.includes(siger.names.parent(district)));
  }

  /** The regencies that an area is made of, or the one that it lies in. */
  function regenciesOf(code) {
    const level = siger.names.areaLevel(code);
    if (level === "regency") return [code];
    return level === "district" ? [siger.names.parent(code)] : siger.names.regenciesOf(code);
  }

  const isDistrict = (code) => siger.names.areaLevel(code) === "district";

  siger.places = { path, out, within, regenciesOf, isDistrict, PROVINCE };
})(typeof window === "undefined" ? globalThis : window);
