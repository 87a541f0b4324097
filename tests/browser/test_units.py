"""Units on a real page: chosen by keys, told in words, counted where thick; and what the screen says of itself."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Siger, running, wait_for

HOSTILE = "<img src=x onerror=window.hit=1>"


def unit(name: str, lon: float, lat: float, **fields: Any) -> dict[str, Any]:
    base = {"unit": name, "callsign": f"Rajawali {name}", "agency": "polri", "kind": "car", "state": "patroli"}
    moment = {"observed_at": datetime.now(UTC).isoformat(), "speed_kmh": 42, "heading_deg": 90}
    return {**base, **moment, "lon": lon, "lat": lat, **fields}


@pytest.fixture(scope="module")
def posted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siger]:
    with running(tmp_path_factory.mktemp("units"), "--scenario", "none") as siger:
        siger.post("/api/v1/positions", [unit("10", 104.70, -5.30)])
        siger.post(
            "/api/v1/positions",
            [
                unit("10", 104.72, -5.30, battery_pct=41, strength=6),
                unit("2", 104.9, -5.2, callsign=HOSTILE, kind="foot", state="istirahat"),
                *(unit(f"ramai-{n}", 105.26 + n / 1e4, -5.42, agency="tni") for n in range(60)),
            ],
        )
        siger.post(
            "/api/v1/incidents",
            {
                "external_id": "1",
                "occurred_at": datetime.now(UTC).isoformat(),
                "category": "tawuran",
                "severity": 4,
                "title": "Tawuran di Kota Agung",
                "lon": 104.62,
                "lat": -5.49,
            },
        )
        yield siger


def opened(page: Page, siger: Siger) -> Page:
    page.goto(siger.url)
    wait_for(lambda: page.evaluate("window.siger?.stats?.().units === 62 && Boolean(siger.map.mounted())"))
    return page


def test_keys_alone_lead_to_a_unit_and_its_card_says_all(page: Page, posted: Siger) -> None:
    opened(page, posted)
    page.locator("[data-testid='incident']").first.click()
    page.locator("[data-testid='unit-list'] summary").press("Enter")
    rows = page.locator("[data-testid='unit']")
    expect(rows).to_have_count(50)
    expect(page.locator("[data-testid='unit-list'] .more")).to_contain_text("12")
    assert [rows.nth(i).get_attribute("data-id") for i in range(2)] == ["10", "2"]  # nearest to the incident first
    rows.first.press("Enter")
    card = page.locator("[data-testid='unit-card']")
    expect(card).to_be_visible()
    said = {name: card.locator(f"[data-fact='{name}']") for name in FACTS}
    for name, text in FACTS.items():
        expect(said[name]).to_contain_text(text)
    wait_for(lambda: page.evaluate("siger.map.mounted().units.notes.trails.older.size") == 1)
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(page.locator("[data-testid='incident'][aria-pressed='true']")).to_have_count(1)
    rows.first.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(card).to_contain_text(HOSTILE)
    assert page.evaluate("window.hit") is None


FACTS = {
    "agency": "Polri",
    "kind": "mobil",
    "state": "patroli",
    "speed": "42 km/jam",
    "heard": "lalu",
    "battery": "41%",
    "strength": "6 orang",
    "distance": "24 km",
}


def test_a_crowd_is_one_number_that_opens_and_can_be_taken_apart(page: Page, posted: Siger) -> None:
    opened(page, posted)
    note = page.locator("[data-testid='units-hidden']")
    expect(note).to_contain_text("60 unit")
    at = page.evaluate("siger.map.mounted().units.groupLayer.placed[0]")
    assert (at["shares"]["army"], at["shares"]["count"]) == (60, 60)
    box = page.locator("[data-testid='map']").bounding_box()
    assert box
    zoom = page.evaluate("siger.map.mounted().map.getZoom()")
    page.mouse.move(box["x"] + at["x"], box["y"] + at["y"])
    expect(page.locator(".siger-note")).to_contain_text("60 TNI")
    page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
    wait_for(lambda: page.evaluate("siger.map.mounted().map.getZoom()") > zoom + 1)
    page.locator("[data-testid='units-each']").click()
    expect(note).to_be_hidden()


def test_a_crowd_of_incidents_is_one_number_that_opens(page: Page, posted: Siger) -> None:
    now = datetime.now(UTC).isoformat()
    told = {"occurred_at": now, "category": "curat", "title": HOSTILE}
    for n in range(12):
        place = {"lon": 105.6 + n / 1e3, "lat": -4.6 if n else -4.5, "severity": 3 if n else 5}
        posted.post("/api/v1/incidents", {"external_id": f"ramai-{n}", **told, **place})
    opened(page, posted)
    numbers = "siger.map.mounted().incidents.placed.filter(({ mark }) => mark.counts)"
    # Numbers make room for the names once these are laid out.
    wait_for(lambda: page.evaluate(f"siger.map.mounted().incidents.isSeated && {numbers}.length") == 1)
    at = page.evaluate(f"{numbers}[0]")
    assert (at["mark"]["more"], at["mark"]["severity"]) == (11, 3)  # the critical one has a mark of its own
    box = page.locator("[data-testid='map']").bounding_box()
    assert box
    page.mouse.move(box["x"] + at["x"], box["y"] + at["y"])
    expect(page.locator(".siger-note")).to_contain_text("11 kejadian di sini11 sedang")
    zoom = page.evaluate("siger.map.mounted().map.getZoom()")
    page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
    wait_for(lambda: page.evaluate("siger.map.mounted().map.getZoom()") > zoom + 1)
    wait_for(lambda: not page.evaluate("siger.map.mounted().map._animatingZoom"))
    page.evaluate("siger.map.mounted().map.setView([-4.6, 105.6055], 15, { animate: false })")
    wait_for(
        lambda: (
            page.evaluate("siger.map.mounted().incidents.placed.filter(({ mark }) => mark.incident).length") == 11
        )
    )
    assert page.evaluate("window.hit === undefined")


def test_the_screen_tells_what_it_knows_of_itself(page: Page, posted: Siger) -> None:
    opened(page, posted)
    button = page.locator("[data-testid='diagnostics-button']")
    expect(button).to_be_visible()
    page.keyboard.press("d")
    panel = page.locator("[data-testid='diagnostics']")
    expect(panel.locator("[data-figure='hash']")).to_contain_text("sama dengan server")
    expect(panel.locator("[data-figure='units']")).to_have_text("62")

    def is_the_servers() -> bool:
        picture = posted.get("/api/v1/picture")
        sequence, state = (panel.locator(f"[data-figure='{name}']").inner_text() for name in ("sequence", "hash"))
        return sequence == picture["last_event_id"] and picture["state_hash"] in state

    wait_for(is_the_servers)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    button.press("Enter")
    expect(panel).to_be_visible()


HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
COUNT = """() => {
  window.drawn = 0;
  const { drawImage, putImageData, fillText } = CanvasRenderingContext2D.prototype;
  for (const draw of [drawImage, putImageData, fillText]) {
    CanvasRenderingContext2D.prototype[draw.name] = function (...how) {
      window.drawn++;
      return draw.apply(this, how);
    };
  }
}"""


def test_a_hidden_page_draws_nothing_and_shows_all_when_it_is_looked_at_again(page: Page, posted: Siger) -> None:
    opened(page, posted)
    marks = "siger.map.mounted().incidents.placed.reduce((sum, { mark }) => sum + (mark.more || 1), 0)"
    wait_for(lambda: page.evaluate(marks) == page.evaluate("siger.stats().incidents"))
    page.evaluate(COUNT)
    page.evaluate(HIDE, True)
    page.evaluate("window.drawn = 0")
    before = page.evaluate("siger.stats().incidents")
    place = {"occurred_at": datetime.now(UTC).isoformat(), "category": "curat", "lon": 105.0, "lat": -4.9}
    for severity in (2, 5):
        told = {"external_id": f"hidden-{severity}", "severity": severity, "title": "Tak terlihat", **place}
        posted.post("/api/v1/incidents", told)
    posted.post("/api/v1/positions", [unit("10", 104.73, -5.31)])
    wait_for(lambda: page.evaluate("siger.stats().incidents") == before + 2)
    page.wait_for_timeout(300)
    assert page.evaluate("window.drawn") == 0
    page.evaluate(HIDE, False)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate(marks) == before + 2
    assert page.evaluate("window.drawn") > 0
    wait_for(lambda: page.evaluate("siger.stats().state_hash") == posted.get("/api/v1/picture")["state_hash"])


def test_what_is_silent_fades_and_leaves_though_nothing_more_is_heard(page: Page, posted: Siger) -> None:
    opened(page, posted)
    shown = "(() => { const v = siger.map.mounted().units.visible; return [v.stale, v.capacity - v.fresh]; })()"

    def come_to(counts: list[int]) -> None:
        wait_for(lambda: page.evaluate(shown) == counts)

    page.locator("[data-testid='units-each']").click()
    come_to([0, 62])
    for minutes, expected in ((3, [62, 0]), (16, [0, 0])):
        page.evaluate(f"siger.clock.sync = () => null; siger.now = () => Date.now() + {minutes} * 60000")
        come_to(expected)
