"""The frame that every page stands in: the document, the routes by pathname, and the road from URL to filter.

`register` is the one thing the composition root calls. Nothing here reads the log or the picture: what lives
comes to the browser over its own socket, what a viewer does comes here.
"""

import dash
from dash import ClientsideFunction, Input, Output, ctx, dcc, html

from dashboard.pages import analysis, missing, officers, wall
from dashboard.panels import controls, search
from dashboard.settings import Settings
from dashboard.text import COOKIE, Language, language
from dashboard.text.names import names
from feeds.taxonomy import Taxonomy
from geo.areas import Areas

#: /text.js stands in <head>: language, theme and words are there before the first paint and before every asset. The
#: boundaries are asked for at once: the map wants them first, and its script comes last.
INDEX = """<!DOCTYPE html>
<html lang="id" data-theme="dark">
  <head>
    {%metas%}
    <meta name="theme-color" content="#0b111b">
    <title>{%title%}</title>
    <link rel="icon" href="/assets/siger.svg" type="image/svg+xml">
    <script src="/text.js"></script>
    <link rel="preload" href="/api/v1/areas?level=regency&amp;detail=mid" as="fetch" crossorigin>
    <link rel="preload" href="/geo/ground.geojson" as="fetch" crossorigin>
    {%css%}
  </head>
  <body>
    <noscript>Siger memerlukan JavaScript. / Siger needs JavaScript.</noscript>
    {%app_entry%}
    <footer hidden>{%config%}{%scripts%}{%renderer%}</footer>
  </body>
</html>
"""


def register(app: dash.Dash, areas: Areas, taxonomy: Taxonomy, settings: Settings) -> None:
    """Sets the app's document, layout and callbacks."""
    app.title = "Siger"
    app.index_string = INDEX
    app.layout = layout()
    _register_routes(app, areas, taxonomy, settings.language)
    controls.register(app, areas, taxonomy)
    search.register(app, areas)
    for part in ("names", "filter", "found"):
        app.clientside_callback(ClientsideFunction("siger_pages", part), Input(part, "data"))


def layout() -> html.Div:
    return html.Div(
        [
            dcc.Location(id="url", refresh=False),
            dcc.Store(id="names"),
            dcc.Store(id="choice"),
            dcc.Store(id="filter"),
            dcc.Store(id="search"),
            dcc.Store(id="found"),
            html.Div(id="page"),
        ],
        id="shell",
    )


def _register_routes(app: dash.Dash, areas: Areas, taxonomy: Taxonomy, default: Language) -> None:
    def built(pathname: str, lang: Language) -> html.Div | html.Main:
        if pathname == "/":
            return officers.page(areas, taxonomy, lang)
        if pathname == "/posko":
            return wall.page(lang)
        if pathname in {path for path, _, _ in analysis.PAGES}:
            return analysis.page(pathname, areas, lang)
        return missing.page(pathname, lang)

    @app.callback(Output("page", "children"), Output("names", "data"), Input("url", "pathname"))
    async def route(pathname: object) -> tuple[object, object]:
        lang = language(ctx.cookies.get(COOKIE), default)
        path = pathname.strip("/") if isinstance(pathname, str) else ""
        return built(f"/{path}", lang), names(areas, taxonomy, lang)
