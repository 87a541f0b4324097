"""The filters: area, kind of incident, time. Native controls: keyboard, phone and screen reader need nothing.

A control only tells the server what was pressed (the store "choice"); the server writes the URL and resolves the
codes; the browser shows what the URL then says. So a pressed button, a link and the back key are one way.
"""

from collections.abc import Iterable

import dash
from dash import Input, Output, State, ctx, html, no_update

from dashboard.panels.chosen import HOURS, TPS, read
from dashboard.panels.frames import place
from dashboard.text import Language, say
from feeds.taxonomy import Taxonomy
from geo.areas import PROVINCE, Areas


def area(areas: Areas, lang: Language) -> html.Label:
    groups = [
        html.Optgroup(
            [html.Option(area.name, value=area.code) for area in sorted(areas.at(level), key=lambda a: a.name)],
            label=say(lang, f"filter.areas.{level}"),
        )
        for level in ("regency", "polres", "kodim")
    ]
    whole = html.Option(say(lang, "area.province").replace("{name}", areas.get(PROVINCE).name), value="")
    return html.Label(
        [
            html.Span(say(lang, "filter.area"), className="heading"),
            html.Select([whole, *groups], className="select", **{"data-choose": "area"}),
        ],
        className="block",
        **{"data-testid": "filter-area"},
    )


def category(taxonomy: Taxonomy, lang: Language) -> html.Div:
    groups = [(code, getattr(term, lang)) for code, term in taxonomy.groups.items()]
    chips = [_chip(say(lang, "filter.all"), "category", ""), *(_chip(name, "group", code) for code, name in groups)]
    single = [html.Option(say(lang, "filter.one.category"), value="")]
    for code, name in groups:
        members = ((key, entry) for key, entry in taxonomy.categories.items() if entry.group == code)
        single.append(
            html.Optgroup([html.Option(getattr(entry, lang), value=key) for key, entry in members], label=name)
        )
    select = html.Select(
        single,
        className="select",
        **{"data-choose": "category", "aria-label": say(lang, "filter.one.category")},
    )
    return _block(say(lang, "filter.category"), "filter-category", [_chips(chips), select])


def time(lang: Language) -> html.Div:
    choices = [(say(lang, "filter.hours").replace("{n}", str(n)), str(n)) for n in HOURS]
    chips = [_chip(name, "hours", value) for name, value in [*choices, (say(lang, "filter.all"), "")]]
    return _block(say(lang, "filter.time"), "filter-time", [_chips(chips)])


def layers(lang: Language) -> html.Div:
    """Switches for what the map can show besides, and whose word it is."""
    switch = _chip(say(lang, "tps.switch"), TPS, "1")
    return _block(say(lang, "filter.layers"), "map-layers", [_chips([switch]), place("tps-note")])


def register(app: dash.Dash, areas: Areas, taxonomy: Taxonomy) -> None:
    """URL and controls -> the one choice -> URL and the store that the browser filters by."""

    @app.callback(
        Output("url", "search"),
        Output("filter", "data"),
        Input("url", "search"),
        Input("choice", "data"),
        State("filter", "data"),
    )
    async def choose(search: object, choice: object, shown: object) -> tuple[object, object]:
        chosen = read(search if isinstance(search, str) else None, areas, taxonomy)
        if ctx.triggered_id == "choice" and isinstance(choice, dict):
            chosen = chosen.changed(choice, areas, taxonomy)
        store = chosen.store(areas, taxonomy)
        query = chosen.search()
        return (
            query if ctx.triggered_id == "choice" and query != (search or "") else no_update,
            store if store != shown else no_update,
        )


def _block(name: str, testid: str, children: Iterable[object]) -> html.Div:
    return html.Div(
        [html.Div(name, className="heading"), *children],
        className=f"block {testid}",
        role="group",
        **{"aria-label": name, "data-testid": testid},
    )


def _chips(chips: list[html.Button]) -> html.Div:
    return html.Div(chips, className="chips")


def _chip(name: str, kind: str, value: str) -> html.Button:
    return html.Button(
        name,
        className="chip",
        **{"data-choose": kind, "data-value": value, "aria-pressed": "false", "type": "button"},
    )
