"""Hazards as warning services publish them: BMKG's index of fire danger, and a CAP alert."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

BMKG = Path(__file__).parents[1] / "feeds" / "data" / "bmkg"


def an_index(minutes: float) -> bytes:
    """BMKG's real index as if it had been published now, with its warning over in so many minutes."""
    zone = datetime.now().astimezone(UTC) + timedelta(hours=7)
    end = zone + timedelta(minutes=minutes)
    months = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()  # noqa: SIM905
    text = (BMKG / "nowcast-rss-id.trimmed.xml").read_text(encoding="utf-8")
    for moment, old in ((zone, "24 September 2026, 13:50 WIB"), (end, "24 September 2026, 16:30 WIB")):
        text = text.replace(old, f"{moment.day} {months[moment.month - 1]} {moment.year}, {moment:%H:%M} WIB")
    sent = f"{zone:%a, %d %b %Y %H:%M:%S} +0700"
    return text.replace("Thu, 24 Sep 2026 13:40:00 +0700", sent).encode()


def alert(name: str, references: str = "") -> bytes:
    now = datetime.now(UTC)
    return f"""<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{name}</identifier>
    <sender>a@b.id</sender><sent>{now.isoformat()}</sent><status>Actual</status>
    <msgType>{"Update" if references else "Alert"}</msgType><scope>Public</scope>{references}
    <info><category>Met</category><event>Banjir</event><urgency>Immediate</urgency><severity>Severe</severity>
    <certainty>Likely</certainty><expires>{(now + timedelta(hours=2)).isoformat()}</expires>
    <headline>Banjir di Lampung</headline><area><areaDesc>Kalianda</areaDesc></area></info></alert>""".encode()
