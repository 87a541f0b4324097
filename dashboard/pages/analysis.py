"""The analysis pages: levels as a table, alarms, forecast, official classes side by side, the model's numbers.

Each has its own address and the same frame: the bar, the way between them, the filter by area. What they show is
filled in by the browser, as on the officers' page.
"""

from dash import html

from dashboard.panels import controls
from dashboard.panels.frames import place
from dashboard.panels.header import header
from dashboard.text import Language, say
from geo.areas import Areas

#: Address, the text that names the page, the panel that fills it.
PAGES = (
    ("/analisis", "analysis.levels", "levels-table"),
    ("/peringatan", "analysis.alarms", "alarm-list"),
    ("/prakiraan", "analysis.forecast", "forecast"),
    ("/perbandingan", "analysis.comparison", "comparison"),
    ("/angka-model", "analysis.numbers", "numbers"),
)
#: Pages about the model itself: an area means nothing there.
WITHOUT_AREA = ("/angka-model", "/perbandingan")


def page(path: str, areas: Areas, lang: Language) -> html.Div:
    """The page at an address of `PAGES`."""
    name, panel = next((say(lang, key), panel) for address, key, panel in PAGES if address == path)
    return html.Div(
        [
            html.A(say(lang, "skip.content"), href="#content", className="skip"),
            header(lang, "/analisis"),
            place("banner"),
            html.Div(
                [_between(path, lang), *([] if path in WITHOUT_AREA else [controls.area(areas, lang)])],
                className="analysis-bar",
            ),
            html.Main(
                [html.H1(name, className="analysis-title"), place(panel, "section")],
                className="analysis",
                id="content",
            ),
        ],
        className="page analysis-page",
        **{"data-page": "analysis"},
    )


def _between(here: str, lang: Language) -> html.Nav:
    links = [
        html.A(
            say(lang, key),
            href=path,
            className="page-tab",
            **({"aria-current": "page"} if path == here else {}),
        )
        for path, key, _ in PAGES
    ]
    return html.Nav(links, className="page-tabs", **{"aria-label": say(lang, "analysis.label")})
