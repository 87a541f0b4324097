/* A canvas over the map's window. It moves with the map between two drawings (it lies in the map's own pane), is
   scaled by the zoom animation like Leaflet's own layers, and is drawn when asked, at most as often as asked.

   What is drawn, and when it must be drawn anew, is its owner's business. */
(function (siger) {
  "use strict";

  const MOST_RATIO = 2; // beyond two device pixels a CSS pixel nobody sees the difference, but the machine feels it

  /**
   * @param {L.Map} map
   * @param {string} pane
   * @param {(context: CanvasRenderingContext2D, view: object) => void} paint
   * @param {{kept: boolean}} [options] kept: `paint` gets the canvas as it left it, unless `view.isNew`
   */
  function canvasLayer(map, pane, paint, { kept = false } = {}) {
    const canvas = document.createElement("canvas");
    canvas.className = "siger-canvas leaflet-zoom-animated";
    map.getPane(pane).append(canvas);
    const context = canvas.getContext("2d");
    const layer = { draw, remove, canvas };
    let corner = null; // what stands at the canvas's top left, and at which zoom it was drawn
    let drawnZoom = 0;
    let zooming = false;

    const events = {
      zoomanim: (event) => {
        zooming = true;
        follow(event.center, event.zoom);
      },
      zoom: () => zooming || follow(map.getCenter(), map.getZoom()),
      zoomend: () => (zooming = false),
    };
    map.on(events);

    function follow(center, zoom) {
      if (!corner) return;
      const offset = map._latLngToNewLayerPoint(corner, zoom, center);
      window.L.DomUtil.setTransform(canvas, offset, map.getZoomScale(zoom, drawnZoom));
    }

    function fit(view) {
      const { width, height } = view;
      const ratio = Math.min(MOST_RATIO, window.devicePixelRatio || 1);
      const wide = Math.round(width * ratio);
      const high = Math.round(height * ratio);
      view.isNew = canvas.width !== wide || canvas.height !== high;
      if (view.isNew) {
        canvas.width = wide;
        canvas.height = high;
        canvas.style.width = `${width}px`;
        canvas.style.height = `${height}px`;
      } else if (!kept) {
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.clearRect(0, 0, wide, high);
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      return ratio;
    }

    /** Draws now; false where it could not (the map is being zoomed, or has no size). */
    function draw() {
      if (zooming) return false;
      const view = siger.plane.windowOf(map);
      if (!view.width || !view.height) return false;
      view.ratio = fit(view);
      corner = map.containerPointToLatLng([0, 0]);
      drawnZoom = view.zoom;
      window.L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
      paint(context, view);
      return true;
    }

    function remove() {
      map.off(events);
      canvas.remove();
    }

    return layer;
  }

  siger.canvasLayer = canvasLayer;
})((window.siger = window.siger || {}));
