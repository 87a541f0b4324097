"""The page for an address that does not exist: says so, and where to go instead."""

from dash import html

from dashboard.text import Language, say


def page(pathname: str, lang: Language) -> html.Main:
    return html.Main(
        [
            html.H1(say(lang, "missing.heading")),
            html.P([say(lang, "missing.text"), " ", html.Code(pathname[:200])]),
            html.A(say(lang, "missing.home"), href="/", className="button"),
        ],
        className="missing",
        **{"data-page": "missing"},
    )
