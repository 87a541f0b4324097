"""The wall page: the same picture, to be read from four metres and touched by nobody.

Three type sizes: figures and clock from the back of the room, labels from the middle, details from the desk.
Every part has its fixed place; a row may change, it never jumps.
"""

from dash import html

from dashboard.panels.frames import place, section
from dashboard.panels.header import simulated, status
from dashboard.panels.livemap import livemap
from dashboard.text import Language, say


def page(lang: Language) -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    _masthead(lang),
                    livemap(say(lang, "map.label"), controls=False),
                    html.Div(
                        [place("words"), place("readiness"), place("wall-ranking")],
                        className="wall-head",
                        **{"data-column": ""},
                    ),
                    place("wall-alarm"),
                    place("legend"),
                ],
                className="wall-map map-frame",
            ),
            html.Main(
                [
                    html.Div([place("clock"), place("stage")], className="wall-time"),
                    html.Div([status(), place("wall-sources")], className="wall-live"),
                    place("figures"),
                    section("attention", "attention.heading", lang, "wall-list", beside="attention-more"),
                    section("trend", "trend.heading", lang, "wall-trend", beside="trend-change"),
                ],
                className="wall-board",
            ),
            place("diagnostics"),
        ],
        className="page wall",
        **{"data-page": "wall"},
    )


def _masthead(lang: Language) -> html.Header:
    return html.Header(
        [
            html.H1(
                [
                    html.Img(src="/assets/siger.svg", alt="", className="crown"),
                    html.Span("SIGER", className="wordmark"),
                    html.Span(say(lang, "wall.title"), className="wall-name"),
                    simulated(),
                ]
            ),
            html.P(say(lang, "wall.owners"), className="wall-owners"),
        ],
        className="masthead",
    )
