"""The map's frame: Leaflet without tiles, into which the browser's own layers are mounted.

`dl.LayerGroup`'s "add" is the one hook that reliably hands the Leaflet map to a script; everything on the map is
drawn there, so that a live change never passes through Dash.
"""

import dash_leaflet as dl
from dash import html

#: A first view of Lampung before the layers fit it exactly. Leaflet wants lat, lon.
CENTRE_LAT_LON = (-4.93, 104.95)


def livemap(label: str, *, controls: bool) -> html.Div:
    live = dl.LayerGroup(eventHandlers={"add": {"variable": "siger.map.mount"}})
    zoom = [dl.ZoomControl(position="bottomright")] if controls else []
    return html.Div(
        dl.Map(
            [live, *zoom],
            center=CENTRE_LAT_LON,
            zoom=8,
            minZoom=7,
            maxZoom=16,
            zoomSnap=0.05,  # so that an area fills its window
            zoomDelta=0.5,
            zoomControl=False,
            dragging=controls,
            scrollWheelZoom=controls,
            doubleClickZoom=controls,
            keyboard=controls,
            className="leaflet-frame",
        ),
        className="map",
        role="region",
        **{"data-testid": "map", "aria-label": label},
    )
