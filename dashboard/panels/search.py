"""The search over area names: the browser sends what is typed, the boundary set finds what may be meant.

Four names stand for two districts each; every answer says which regency it lies in; the viewer decides.
"""

import asyncio

import dash
from dash import Input, Output

from geo.areas import Area, Areas

MOST = 8
LONGEST = 80


def found(text: str, areas: Areas) -> list[dict[str, str | None]]:
    """The areas that `text` may mean, best first."""
    return [_entry(area, areas) for area in areas.find(text[:LONGEST], limit=MOST)]


def register(app: dash.Dash, areas: Areas) -> None:
    @app.callback(Output("found", "data"), Input("search", "data"), prevent_initial_call=True)
    async def search(asked: object) -> dict[str, object]:
        text = str(asked.get("text", "")) if isinstance(asked, dict) else ""
        # Spellings are compared with every name there is: in a thread, for whatever else the loop has to do.
        return {"text": text, "areas": await asyncio.to_thread(found, text, areas)}


def _entry(area: Area, areas: Areas) -> dict[str, str | None]:
    inside = areas.get(area.parent).name if area.level == "district" and area.parent else None
    return {"code": area.code, "name": area.name, "level": area.level, "inside": inside}
