"""What stands with an area's level on the page: an override beside it, its curve, and the official layers apart."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Siger, running, wait_for

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siger]:
    with running(tmp_path_factory.mktemp("levels"), "--scenario", "none") as siger:
        wait_for(lambda: len(siger.get("/api/v1/levels")["levels"]) == 15)
        riot = {
            "source": "uji",
            "external_id": "1",
            "occurred_at": datetime.now(UTC).isoformat(),
            "category": "rusuh_massa",
            "severity": 5,
            "title": "Rusuh massa di Kota Agung",
            "area": "180601",
        }
        siger.post("/api/v1/incidents", riot)
        wait_for(lambda: siger.get("/api/v1/levels/1806")["level"] == 3)
        yield siger


def test_an_area_shows_override_curve_and_official_layers_apart(page: Page, busy: Siger) -> None:
    until = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    busy.post("/api/v1/levels/1806/override", {"level": 1, "until": until, "why": "Massa <b>bubar</b>"})
    page.goto(f"{busy.url}/?area=1806")
    detail = page.locator("[data-panel=detail]")
    expect(detail).to_contain_text("Ditetapkan Waspada sampai")
    expect(detail).to_contain_text("Massa <b>bubar</b>")
    expect(detail).to_contain_text("Turun ke rawan bila 1 kejadian terberat selesai.")
    expect(detail.locator(".area-curve path")).to_have_count(1)
    expect(detail).to_contain_text("Klasifikasi resmi")
    expect(detail.locator("dd", has_text="belum ada data")).to_have_count(1)
    expect(detail.locator("dd", has_text="22 TPS sangat rawan")).to_have_count(1)
    shown = "window.siger.stats().state_hash"
    assert wait_for(lambda: busy.get("/api/v1/picture")["state_hash"] == page.evaluate(shown))


def test_a_district_has_its_own_level(page: Page, busy: Siger) -> None:
    page.goto(f"{busy.url}/?area=180601")
    detail = page.locator("[data-panel=detail]")
    expect(detail.locator(".level-3")).to_have_count(2)
