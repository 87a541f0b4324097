/* How the page's parts come to life: a panel's script runs once for every `data-panel` element that appears.

   Dash builds the page some time after these scripts have run, so that they wait for their place instead of looking
   for it. All elements are made here with text nodes: what a feed says can never become markup. */
(function () {
  "use strict";

  const siger = window.siger;
  const SVG = "http://www.w3.org/2000/svg";
  const setups = new Map();
  const MOST_IN_A_FRAME = 2;

  /** `setup(element)` runs once for each element with data-panel=name, now or when it appears. */
  siger.panel = function (name, setup) {
    setups.set(name, setup);
    look();
  };

  function look() {
    for (const place of document.querySelectorAll("[data-panel]:not([data-mounted])")) {
      const setup = setups.get(place.dataset.panel);
      if (!setup) continue;
      place.dataset.mounted = "";
      setup(place);
    }
  }

  let looking = false;
  new MutationObserver(() => {
    if (looking) return;
    looking = true;
    setTimeout(() => {
      looking = false;
      look();
    }, 0);
  }).observe(document.documentElement, { childList: true, subtree: true });

  /** An element: attributes by name, `text` as text, `on` as listeners, children appended. */
  siger.el = function (tag, { text, on, ...attributes } = {}, ...children) {
    return dress(document.createElement(tag), attributes, text, on, children);
  };

  siger.svg = function (tag, { text, on, ...attributes } = {}, ...children) {
    return dress(document.createElementNS(SVG, tag), attributes, text, on, children);
  };

  function dress(element, attributes, text, on, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
    }
    if (text !== undefined) element.textContent = text;
    for (const [name, fn] of Object.entries(on || {})) element.addEventListener(name, fn);
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }

  /** Sets an element's text only where it differs: an unchanged page costs no layout. */
  siger.write = function (element, text) {
    if (element.textContent !== text) element.textContent = text;
  };

  /** A function that runs `draw` at once when asked, and no more than so often: without a gap twice in a frame, so that
      news behind news is on screen with the very next paint, too; with one once in each `gap_ms`. Counts and charts that
      nobody reads twice a second take a gap, so that the map and the list of news stay smooth. */
  siger.soon = function (draw, gap_ms = 0) {
    const most = gap_ms ? 1 : MOST_IN_A_FRAME;
    let runs = 0;
    let again = false;
    const settle = () => {
      runs = 0;
      if (!again) return;
      again = false;
      run();
    };
    function run() {
      runs += 1;
      // A hidden tab has no frames; its page must still be right when somebody looks again.
      if (runs === 1 && (gap_ms || document.hidden)) setTimeout(settle, gap_ms);
      else if (runs === 1) requestAnimationFrame(settle);
      draw();
    }
    return () => {
      if (runs >= most) again = true;
      else run();
    };
  };

  siger.UNHURRIED_MS = 250;

  /** Calls `draw` at each of the names; a "change" that only moves units is no news to lists and counts, nor that the
      sources of their positions were heard: that comes with every frame, and who shows it does so by the second. */
  siger.follow = function (draw, ...names) {
    for (const name of names) {
      siger.on(name, name === "change" ? (change) => (isNews(change) ? draw() : undefined) : draw);
    }
  };

  const isNews = ({ snapshot, readiness, ...ids }) =>
    snapshot || readiness || [ids.incidents, ids.levels, ids.alarms].some((list) => (list || []).length > 0);

  const OUTLINES = {
    circle: (r) => siger.svg("circle", { cx: 10, cy: 10, r }),
    square: (r) => siger.svg("rect", { x: 10 - r, y: 10 - r, width: 2 * r, height: 2 * r }),
    triangle: (r) => siger.svg("path", { d: `M10 ${10 - r}L${10 + r} ${10 + r * 0.85}H${10 - r}z` }),
    diamond: (r) => siger.svg("path", { d: `M10 ${10 - r}L${10 + r} 10 10 ${10 + r} ${10 - r} 10z` }),
  };
  const RADII = { circle: 6.5, square: 6.5, triangle: 8, diamond: 9 };

  /** A severity's mark: shape and colour together, its word for those who hear the page. */
  siger.mark = function (severity) {
    const { shape } = siger.severity(severity);
    const outline = OUTLINES[shape](RADII[shape] * (severity <= 1 ? 0.85 : 1));
    return siger.svg(
      "svg",
      { class: `mark mark-${severity}`, viewBox: "0 0 20 20", role: "img", "aria-label": siger.names.severity(severity) },
      outline,
    );
  };

  /** A level's badge: its bars (as many filled as the level), its number, and its word where there is room. */
  siger.levelBadge = function (level, { word = false } = {}) {
    const bars = [0, 1, 2].map((i) =>
      siger.svg("rect", { x: 1 + i * 5, y: 9 - i * 4, width: 3.6, height: 6 + i * 4, class: i < level ? "on" : "off" }),
    );
    const name = siger.text(`level.${level}`);
    return siger.el(
      "span",
      { class: `level level-${level}`, title: name },
      siger.svg("svg", { viewBox: "0 0 17 16", class: "bars", "aria-hidden": "true" }, ...bars),
      siger.el("b", { text: String(level) }),
      word ? siger.el("span", { class: "level-word", text: name }) : null,
    );
  };

  setInterval(() => siger.emit("second", siger.now()), 1000);
})();
