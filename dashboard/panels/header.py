"""The bar over the officers' page: who we are, whether the data live, the stage, the clock, language and theme.

What moves in it (state, age, stage, clock) is written by the browser; this is the frame it stands in.
"""

from dash import html

from dashboard.panels.frames import place
from dashboard.text import LANGUAGES, Language, say

#: The pages that every bar leads to.
PAGES = (("/", "nav.situation"), ("/analisis", "nav.analysis"), ("/posko", "nav.wall"))


def header(lang: Language, here: str = "/") -> html.Header:
    """The bar; `here` is the address among `PAGES` that the page belongs to."""
    return html.Header(
        [
            html.A([_crown(), html.Span("SIGER", className="wordmark")], href="/", className="brand"),
            html.Nav(
                [_link(say(lang, key), path, is_here=path == here) for path, key in PAGES],
                **{"aria-label": say(lang, "nav.label")},
            ),
            simulated(),
            html.Div(className="spring"),
            html.Div(className="panel-readiness", **{"data-panel": "readiness"}),
            html.Div(className="panel-alarm-button", **{"data-panel": "alarm-button"}),
            status(),
            place("sources"),
            html.Div(className="stage", **{"data-panel": "stage"}),
            html.Div(className="clock", **{"data-panel": "clock"}),
            _switches(lang),
        ],
        className="topbar",
    )


def simulated() -> html.Strong:
    """The SIMULASI badge; shown by the browser while the live feed says that its data are simulated."""
    return html.Strong("SIMULASI", className="simulated", hidden=True, **{"data-panel": "simulated"})


def status() -> html.Div:
    """The status light. Until the first word from the server it is not live, and it says so."""
    return html.Div(
        className="status",
        role="status",
        **{"data-panel": "status", "data-testid": "live-status", "data-state": "offline"},
    )


def _link(name: str, path: str, *, is_here: bool) -> html.A:
    return html.A(name, href=path, className="nav-link", **({"aria-current": "page"} if is_here else {}))


def _crown() -> html.Img:
    return html.Img(src="/assets/siger.svg", alt="", className="crown")


def _switches(lang: Language) -> html.Div:
    languages = [
        html.Button(
            code.upper(),
            className="switch",
            **{
                "data-language": code,
                "aria-pressed": str(code == lang).lower(),
                "aria-label": say(lang, f"language.of_{code}"),
            },
        )
        for code in LANGUAGES
    ]
    theme = html.Button(
        className="switch theme-switch", **{"data-panel": "theme", "aria-label": say(lang, "theme.switch")}
    )
    return html.Div([html.Div(languages, className="switches", role="group"), theme], className="preferences")
