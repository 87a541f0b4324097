/* What is still open, what nobody has taken up, what is serious. Pure: lists, figures and the map all ask here. */
(function (root) {
  "use strict";

  const siger = root.siger;
  const SERIOUS = 4;
  const WAITING = new Set(["baru", "terverifikasi"]);

  siger.attention = {
    isOpen: (incident) => siger.names.isOpen(incident.status),
    isWaiting: (incident) => WAITING.has(incident.status),
    isSerious: (incident) => incident.severity >= SERIOUS,
  };
})(typeof window === "undefined" ? globalThis : window);
