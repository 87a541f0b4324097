/* Where things are on the map's plane, and the look's values as scripts need them.

   Everything in Siger is lon, lat. Leaflet alone wants lat, lng: `latLng` below is the one function that swaps, and no
   other file may. The plane is Web Mercator with the whole world 256 wide: a point is projected once when it arrives;
   a zoom is then one multiplication. */
(function (siger) {
  "use strict";

  const WORLD = 256;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const FULL_SIZE_PX = 620; // a map smaller than this (a phone's) is drawn with smaller marks
  const LEAST_FACTOR = 0.68;
  const WALL_FACTOR = 1.35; // names of regencies are read from the middle of the room
  let style = null;
  let colors = new Map();
  let scale = 1;

  /** @param {number} lon @param {number} lat @returns {L.LatLng} */
  const latLng = (lon, lat) => window.L.latLng(lat, lon);

  /** @param {number} lon degrees @returns {number} 0 to 256, eastward */
  const planeX = (lon) => (lon / 360 + 0.5) * WORLD;

  /** @param {number} lat degrees @returns {number} 0 to 256, southward */
  function planeY(lat) {
    const sine = Math.sin((lat * Math.PI) / 180);
    return (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * WORLD;
  }

  /** Leaflet's bounds around a GeoJSON geometry. @returns {L.LatLngBounds} */
  function boundsOf(geometry) {
    const bounds = window.L.latLngBounds([]);
    for (const ring of rings(geometry)) for (const [lon, lat] of ring) bounds.extend(latLng(lon, lat));
    return bounds;
  }

  /** Every ring of a Polygon or MultiPolygon. @returns {Array<Array<[number, number]>>} */
  function rings(geometry) {
    return geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat();
  }

  /**
   * What the map's window shows: plane -> pixels is `x * k - left`.
   * @param {L.Map} map @returns {{k: number, left: number, top: number, width: number, height: number, zoom: number}}
   */
  function windowOf(map) {
    const { min } = map.getPixelBounds();
    const { x: width, y: height } = map.getSize();
    return { k: 2 ** map.getZoom(), left: min.x, top: min.y, width, height, zoom: map.getZoom() };
  }

  /** A named value of the look (tokens and 20_map.css), read once and again after a change of theme. */
  function token(name) {
    if (!colors.has(name)) {
      style = style || getComputedStyle(document.querySelector(".siger-map") || document.documentElement);
      colors.set(name, style.getPropertyValue(name).trim());
    }
    return colors.get(name);
  }

  /** Forgets the look's values: the theme or the size of the screen has changed. */
  function refreshLook() {
    style = null;
    colors = new Map();
  }

  /**
   * Sets how large everything on the map is (--map-scale on its container), from what the page declares and the size
   * of the window. "wall" grows with the screen: a Full HD and a 4K wall are the same picture.
   * @param {HTMLElement} container @returns {boolean} whether it has changed
   */
  function fitLook(container) {
    const declared = getComputedStyle(container.parentElement);
    const asked = declared.getPropertyValue("--map-scale").trim();
    const wall = Math.min(innerWidth / 1920, innerHeight / 1080) * WALL_FACTOR;
    const base = asked === "wall" ? wall * (parseFloat(declared.getPropertyValue("--scale")) || 1) : parseFloat(asked) || 1;
    const small = Math.min(container.clientWidth, container.clientHeight) / FULL_SIZE_PX;
    const before = scale;
    scale = base * (asked === "wall" ? 1 : Math.max(LEAST_FACTOR, Math.min(1, small)));
    container.style.setProperty("--map-scale", scale.toFixed(3));
    return scale !== before;
  }

  siger.plane = { latLng, planeX, planeY, boundsOf, rings, windowOf };
  siger.look = {
    token,
    number: (name) => parseFloat(token(name)) || 0,
    /** How large everything on the map is, against a desk's screen. */
    scale: () => scale,
    fit: fitLook,
    calm: () => calm.matches,
    refresh: refreshLook,
  };
})((window.siger = window.siger || {}));
