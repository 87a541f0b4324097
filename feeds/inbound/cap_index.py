"""An RSS index of alerts, as BMKG publishes its nowcasts. An item alone is enough: the text has districts and
end."""

from datetime import UTC
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element

from feeds.clock import epoch_ms
from feeds.inbound.bmkg_text import names_in, period_ms
from feeds.inbound.cap import USUAL_MS, Alert, alerts, document, is_alert
from feeds.inbound.reading import NotUnderstood

MOST_ITEMS = 500


def parse(data: bytes) -> list[Alert]:
    """The alerts of a CAP document (one) or of an RSS index (each of its items). Raises `NotUnderstood`."""
    root = document(data)
    if is_alert(root):
        return alerts(root)
    if root.tag != "rss":
        raise NotUnderstood("(document)", root.tag, "neither a CAP 1.2 alert nor an RSS index of alerts")
    items = list(root.iter("item"))
    if len(items) > MOST_ITEMS:
        raise NotUnderstood("item", len(items), f"at most {MOST_ITEMS} items")
    return [_item(item) for item in items]


def _item(item: Element) -> Alert:
    text, title, link = (_text(item, name) for name in ("description", "title", "link"))
    sent_ms = _time_ms(_text(item, "pubDate"))
    starts_ms, ends_ms = period_ms(text)
    starts_ms = starts_ms or sent_ms
    name = _text(item, "guid") or link
    if not name:
        raise NotUnderstood("guid", "(missing)", "an item of the index has neither a guid nor a link")
    return Alert(
        id=name,
        sender=_text(item, "author"),
        sent_ms=sent_ms,
        starts_ms=starts_ms,
        ends_ms=ends_ms or starts_ms + USUAL_MS,
        headline=title,
        description=text,
        event=title.partition(" di ")[0],
        category=_text(item, "category") or "Met",
        names=names_in(text),
        link=link,
    )


def _text(item: Element, name: str) -> str:
    return (item.findtext(name) or "").strip()


def _time_ms(text: str) -> int:
    try:
        at = parsedate_to_datetime(text)
        return epoch_ms(at if at.tzinfo else at.replace(tzinfo=UTC))
    except (TypeError, ValueError, OverflowError) as error:
        raise NotUnderstood("pubDate", text or "(missing)", "must be an RFC 822 date") from error
