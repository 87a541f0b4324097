/* The cells of the open incidents that pass the filter: what the map shows. */
(function (siger) {
  "use strict";

  const isShown = (one) => siger.attention.isOpen(one) && siger.filter.matches(one, siger.now());

  siger.incidentCells = siger.keep(new siger.IncidentCells(), isShown);
})((window.siger = window.siger || {}));
