/* Sends a viewer whose session ended to the log in page. The live socket cannot tell why it was refused, so this asks
   the server; while the server does not answer at all, the page stays as it is and keeps its last picture. */
(function (siger) {
  "use strict";

  const ASK_AGAIN_MS = 5000;
  let askedMs = -Infinity;

  async function ask() {
    const now = performance.now();
    if (now - askedMs < ASK_AGAIN_MS) return;
    askedMs = now;
    let answer;
    try {
      answer = await fetch("/api/v1/me", { cache: "no-store" });
    } catch (unreachable) {
      return; // no server, no verdict: the status light tells the rest
    }
    if (answer.status === 401) {
      location.assign(`/masuk?kembali=${encodeURIComponent(location.pathname + location.search)}`);
    }
  }

  siger.on("status", ({ state }) => {
    if (state === "offline") ask();
  });
})((window.siger = window.siger || {}));
