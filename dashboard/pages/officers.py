"""The officers' page: filters and levels at the left, the map in the middle, what needs attention at the right."""

from dash import html

from dashboard.panels import controls
from dashboard.panels.frames import place, section
from dashboard.panels.header import header
from dashboard.panels.livemap import livemap
from dashboard.text import Language, say
from feeds.taxonomy import Taxonomy
from geo.areas import Areas


def page(areas: Areas, taxonomy: Taxonomy, lang: Language) -> html.Div:
    return html.Div(
        [
            html.A(say(lang, "skip.incidents"), href="#incidents", className="skip"),
            header(lang),
            place("banner"),
            html.Main([_left(areas, taxonomy, lang), _middle(lang), _right(lang)], className="desk"),
            place("diagnostics"),
        ],
        className="page officers",
        **{"data-page": "officers"},
    )


def _left(areas: Areas, taxonomy: Taxonomy, lang: Language) -> html.Aside:
    return html.Aside(
        [
            html.Div([controls.area(areas, lang), place("search")], className="where"),
            place("area-list"),
            place("unit-list"),
            section("ranking", "ranking.heading", lang, beside="ranking-unit"),
            controls.category(taxonomy, lang),
            controls.time(lang),
            controls.layers(lang),
        ],
        className="left",
        **{"aria-label": say(lang, "filter.heading")},
    )


def _middle(lang: Language) -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    livemap(say(lang, "map.label"), controls=True),
                    html.Div(
                        [place("breadcrumbs"), place("words"), place("unit-view"), place("paint")],
                        className="map-head",
                    ),
                    place("legend"),
                ],
                className="map-frame",
            ),
            section("trend", "trend.heading", lang, "trend-section", beside="trend-change"),
        ],
        className="middle",
    )


def _right(lang: Language) -> html.Aside:
    return html.Aside(
        [
            section("incidents", "incidents.heading", lang, "list-section", beside="incidents-count"),
            place("unit-card"),
            place("detail"),
        ],
        className="right",
        id="incidents",
        **{"aria-label": say(lang, "incidents.heading")},
    )
