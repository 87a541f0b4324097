"""The main job in a real browser: publish an incident; see it in the list, on the map and in the level."""

import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Siger, start, wait_for

pytestmark = pytest.mark.browser


def incident(external_id: str, **fields: Any) -> dict[str, Any]:
    return {
        "external_id": external_id,
        "occurred_at": datetime.now(UTC).isoformat(),
        "category": "rusuh_massa",
        "severity": 5,
        "title": "Massa merusak kantor",
        "lon": 104.62,
        "lat": -5.49,
        **fields,
    }


def stats(page: Page) -> dict[str, Any]:
    return dict(page.evaluate("window.siger.stats()"))


def open_page(page: Page, siger: Siger, path: str = "/") -> None:
    page.goto(siger.url + path)
    expect(page.locator('[data-testid="live-status"]')).to_have_attribute("data-state", "live")
    expect(page.locator('[data-testid="map"]')).to_be_visible()


def test_a_published_incident_is_in_the_list_on_the_map_and_in_the_level(page: Page, siger: Siger) -> None:
    open_page(page, siger)
    expect(page.locator('[data-testid="area-level"]')).to_have_count(15)
    before = stats(page)["incidents"]
    made = siger.post("/api/v1/incidents", incident("main-1"))
    row = page.locator(f'[data-testid="incident"][data-id="{made["id"]}"]')
    expect(row).to_be_visible(timeout=2_000)
    expect(row).to_have_attribute("data-severity", "5")
    expect(row).to_have_attribute("data-status", "baru")
    assert stats(page)["incidents"] == before + 1
    tanggamus = page.locator('[data-testid="area-level"][data-code="1806"]')
    expect(tanggamus).not_to_have_attribute("data-level", "0")
    shown = page.evaluate("window.siger.level('1806')")
    assert shown["level"] == int(tanggamus.get_attribute("data-level") or -1)
    assert shown["level"] >= 2


def test_the_screen_proves_that_it_shows_what_the_server_knows(page: Page, siger: Siger) -> None:
    open_page(page, siger)
    position = {"unit": "P1", "observed_at": datetime.now(UTC).isoformat(), "lon": 105.1, "lat": -5.2}
    siger.post("/api/v1/positions", position)
    wait_for(lambda: stats(page)["units"] >= 1)
    wait_for(lambda: stats(page)["state_hash"] == siger.get("/api/v1/picture")["state_hash"])
    assert stats(page)["gaps"] == 0


def test_hostile_text_is_shown_as_text(page: Page, siger: Siger) -> None:
    open_page(page, siger)
    page.evaluate("window.hacked = false")
    title = "<img src=x onerror='window.hacked = true'>\x00<b>tebal</b> \u202egnp"
    made = siger.post("/api/v1/incidents", incident("hostile", title=title, severity=3))
    row = page.locator(f'[data-testid="incident"][data-id="{made["id"]}"]')
    expect(row).to_contain_text("<img src=x onerror=")
    row.click()
    page.wait_for_timeout(500)
    assert page.evaluate("window.hacked") is False
    assert page.locator('[data-testid="incident"] img, [data-testid="incident"] b').count() == 0


def test_a_filter_narrows_the_list_and_stands_in_the_url(page: Page, siger: Siger) -> None:
    flood = siger.post("/api/v1/incidents", incident("flood", category="banjir", severity=2, lon=105.26, lat=-5.4))
    riot = siger.post("/api/v1/incidents", incident("riot"))
    open_page(page, siger, "/?area=1871&hours=6")
    row = '[data-testid="incident"][data-id="{}"]'
    expect(page.locator(row.format(flood["id"]))).to_be_visible()
    expect(page.locator(row.format(riot["id"]))).to_have_count(0)
    page.locator('[data-testid="filter-area"] select').select_option("1806")
    expect(page.locator(row.format(riot["id"]))).to_be_visible()
    expect(page.locator(row.format(flood["id"]))).to_have_count(0)
    page.wait_for_url("**area=1806**")
    page.locator('[data-testid="filter-time"]').get_by_text("1 jam", exact=True).click()
    page.wait_for_url("**hours=1**")
    page.reload()
    expect(page.locator(row.format(riot["id"]))).to_be_visible()
    expect(page.locator('[data-testid="filter-area"] select')).to_have_value("1806")


def test_the_wall_shows_the_same_picture_without_controls(page: Page, siger: Siger) -> None:
    made = siger.post("/api/v1/incidents", incident("wall"))
    open_page(page, siger, "/posko")
    expect(page.locator(f'[data-testid="incident"][data-id="{made["id"]}"]')).to_be_visible()
    controls = "button:not([data-testid=incident]), select, input, .leaflet-control-zoom"
    assert [found.get_attribute("class") for found in page.locator(controls).all()] == []
    expect(page.get_by_text("WIB").first).to_be_visible()
    expect(page.get_by_text("SIMULASI").first).to_be_visible()
    wait_for(lambda: stats(page)["state_hash"] == siger.get("/api/v1/picture")["state_hash"])


@pytest.mark.parametrize(("path", "width"), [("/", 1920), ("/", 390), ("/posko", 1920), ("/posko", 3840)])
def test_nothing_is_wider_than_the_screen_and_nothing_leaves_the_machine(
    page: Page, siger: Siger, path: str, width: int
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": width, "height": 844 if width == 390 else width * 9 // 16})
    open_page(page, siger, path)
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert [url for url in asked if not url.startswith((siger.url, "data:", "blob:"))] == []


def test_the_wall_may_be_the_first_page_that_anybody_opens(page: Page, tmp_path: Path) -> None:
    siger = start(tmp_path, None, "--scenario", "none")
    try:
        open_page(page, siger, "/posko")
        wait_for(lambda: page.evaluate("window.siger.level('1806')"))
    finally:
        siger.stop()


def test_a_killed_server_leaves_the_last_picture_and_comes_back_to_the_same(page: Page, tmp_path: Path) -> None:
    siger = start(tmp_path, None, "--scenario", "none")
    try:
        made = siger.post("/api/v1/incidents", incident("survivor"))
        open_page(page, siger)
        row = page.locator(f'[data-testid="incident"][data-id="{made["id"]}"]')
        expect(row).to_be_visible()
        wait_for(lambda: siger.get("/api/v1/levels")["levels"][5]["level"] > 0)
        before = siger.get("/api/v1/incidents/" + made["id"] + "/history")
        siger.kill()
        status = page.locator("[data-testid=live-status]")
        expect(status).to_have_attribute("data-state", "offline")
        expect(row).to_be_visible()
        again = start(tmp_path, siger.port, "--scenario", "none")
        try:
            assert again.get("/api/v1/incidents/" + made["id"] + "/history") == before
            expect(status).to_have_attribute("data-state", "live")
            wait_for(lambda: stats(page)["state_hash"] == again.get("/api/v1/picture")["state_hash"])
            expect(row).to_have_count(1)
        finally:
            again.stop()
    finally:
        siger.stop()


def test_live_data_are_never_said_to_be_old(page: Page, siger: Siger) -> None:
    """However long nothing happens: each sign of life from the log takes the age back to where it was."""
    open_page(page, siger)
    status = page.locator('[data-testid="live-status"]')
    for _ in range(2):
        seen_ms = page.evaluate("siger.live.state.log.seen_ms")
        wait_for(partial(page.evaluate, "(before) => siger.live.state.log.seen_ms > before", seen_ms))
        expect(status).to_have_text(re.compile(r"\b[01] dtk"))
        expect(status).to_have_attribute("data-state", "live")


def test_a_likely_same_event_is_suggested_merged_by_a_person_and_taken_apart_again(
    page: Page, siger: Siger
) -> None:
    hostile = "<img src=x onerror=alert(1)> Massa di kantor"
    report = incident("same-1", source="polres", title="Massa di kantor", lon=105.1, lat=-4.5)
    other = incident("same-1", source="kodim", title=hostile, lon=105.103, lat=-4.5, agency="tni")
    first, second = (siger.post("/api/v1/incidents", one)["id"] for one in (report, other))
    open_page(page, siger)
    page.locator(f'[data-testid="incident"][data-id="{first}"]').click()
    likely = page.get_by_test_id("likely-same")
    expect(likely).to_have_count(1)
    expect(likely).to_contain_text(hostile)
    expect(likely).to_contain_text("berjarak 33")
    expect(likely).to_contain_text("jenis sama")
    likely.get_by_text("Gabungkan…").click()
    assert siger.get(f"/api/v1/incidents/{second}")["status"] == "baru", "asking alone does nothing"
    likely.get_by_role("button", name="Ya, gabungkan").click()
    merged = page.get_by_test_id("merged-report")
    expect(merged).to_contain_text("TNI · kodim")
    expect(likely).to_have_count(0)
    assert siger.get(f"/api/v1/incidents/{second}")["merged_into"] == first
    merged.get_by_role("button", name="Batalkan penggabungan").click()
    expect(likely).to_have_count(1)
    assert siger.get(f"/api/v1/incidents/{second}")["status"] == "baru"
