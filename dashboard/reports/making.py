"""From the history to a report's file: replay, compile, write. The one place here that reads anything."""

from collections.abc import Callable
from typing import Literal, get_args

from dashboard.reports.compiling import AreaLevel, Asked, Compiler, Seen
from dashboard.reports.form import Form
from dashboard.reports.page import to_html
from dashboard.reports.print import to_pdf
from dashboard.reports.sheets import to_csv, to_xlsx
from dashboard.reports.words import Words
from dashboard.text import Language
from feeds.fast_start import FastStart
from feeds.history import History
from feeds.picture import Picture
from feeds.replay import moment_id, replay
from feeds.taxonomy import Taxonomy
from geo.areas import Areas

Format = Literal["pdf", "html", "xlsx", "csv"]
FORMATS: tuple[Format, ...] = get_args(Format)


async def look(history: History, taxonomy: Taxonomy, asked: Asked, *, simulated: bool) -> Seen:
    """What is known when the report is made, and the levels as they stood when its period ended."""
    end_ms = min(asked.period.end_ms - 1, asked.made_ms)
    picture = await FastStart(history, taxonomy).picture_up_to(moment_id(end_ms))
    levels = {
        code: AreaLevel(level.event.level, _override(picture, code)) for code, level in picture.levels.items()
    }
    picture = (await replay(history, picture, moment_id(asked.made_ms))).picture
    incidents = tuple(picture.incidents.values())
    return Seen(incidents, levels, picture.last_id, picture.state_hash(), simulated)


def compiled(asked: Asked, seen: Seen, areas: Areas, taxonomy: Taxonomy, lang: Language) -> Form:
    return Compiler(asked, seen, areas, taxonomy, Words(lang)).form()


def written(form: Form, form_as: Format, lang: Language) -> bytes:
    """The report as a file of this format."""
    writers: dict[Format, Callable[[], bytes]] = {
        "pdf": lambda: to_pdf(form, lang),
        "html": lambda: to_html(form, lang),
        "xlsx": lambda: to_xlsx(form),
        "csv": lambda: to_csv(form),
    }
    return writers[form_as]()


def _override(picture: Picture, code: str) -> int | None:
    override = picture.override(code)
    return override.level if override is not None else None
