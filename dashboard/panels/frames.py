"""Empty places on a page that the browser fills: a heading, and under it the panel of a name.

The panels' scripts (assets/50 and up) look for `data-panel` and write there; Dash never touches their inside.
"""

from dash import html

from dashboard.text import Language, say


def place(name: str, className: str = "") -> html.Div:
    """A place for the panel `name`."""
    return html.Div(className=f"panel-{name} {className}".strip(), **{"data-panel": name})


def section(
    name: str, heading: str, lang: Language, className: str = "", *, beside: str | None = None
) -> html.Section:
    """A place with a heading; `beside` names a second small place on the heading's line."""
    line = [html.H2(say(lang, heading), className="heading")]
    if beside:
        line.append(place(beside, "beside"))
    return html.Section(
        [html.Div(line, className="heading-line"), place(name)],
        className=f"section {className}".strip(),
        **{"aria-label": say(lang, heading)},
    )
