"""What an officer does about levels: readiness, alarms, an override; and the pages that set levels side by side."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Siger, running, wait_for

pytestmark = pytest.mark.browser

HOSTILE = "Rusuh <img src=x onerror=alert(1)> di Kota Agung"


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siger]:
    with running(tmp_path_factory.mktemp("analysis"), "--scenario", "none") as siger:
        wait_for(lambda: len(siger.get("/api/v1/levels")["levels"]) == 15)
        told = {"source": "uji", "category": "rusuh_massa", "severity": 5, "area": "180601"}
        now = datetime.now(UTC)
        siger.post(
            "/api/v1/incidents", {**told, "external_id": "0", "occurred_at": now.isoformat(), "title": HOSTILE}
        )
        for day in range(1, 20):
            past = (now - timedelta(days=day)).isoformat()
            siger.post("/api/v1/incidents", {**told, "external_id": str(day), "occurred_at": past, "title": "Lama"})
        wait_for(lambda: siger.get("/api/v1/levels/1806")["level"] == 3)
        wait_for(lambda: siger.get("/api/v1/alarms")["alarms"])
        yield siger


def order(window: Locator, why: str) -> None:
    """Fills in the reason, sends the form, and confirms what it says will happen."""
    window.locator("form").last.locator("textarea").fill(why)
    window.locator("form").last.locator("button[type=submit]").click()
    window.get_by_test_id("confirm").last.get_by_text("Ya, tetapkan").click()


def test_readiness_is_ordered_with_a_reason_and_shown_on_the_wall(page: Page, busy: Siger) -> None:
    page.goto(busy.url)
    page.get_by_test_id("readiness").click()
    window = page.get_by_test_id("readiness-dialog")
    window.locator("select[name=readiness]").select_option("siaga_1")
    order(window, "Menjelang <b>pemungutan</b> suara")
    expect(window).to_have_count(0)
    expect(page.get_by_test_id("readiness")).to_contain_text("Siaga I")
    page.goto(f"{busy.url}/posko")
    expect(page.get_by_test_id("readiness")).to_contain_text("oleh petugas-demo: Menjelang <b>pemungutan</b> suara")
    expect(page.get_by_test_id("wall-alarm")).to_contain_text("naik dari")
    expect(page.get_by_test_id("wall-ranking").locator("li")).to_have_count(10)


def test_an_alarm_leads_to_its_incident_and_is_taken_up(page: Page, busy: Siger) -> None:
    page.goto(busy.url)
    expect(page.get_by_test_id("alarm-count")).not_to_have_text("0")
    page.get_by_test_id("alarm-button").click()
    alarm = page.get_by_test_id("alarms").locator("li", has_text="Tanggamus").first
    expect(alarm).to_contain_text(HOSTILE)
    alarm.get_by_text("Sudah saya lihat").click()
    expect(alarm).to_contain_text("dilihat petugas-demo")
    alarm.get_by_role("link", name="Rusuh").click()
    expect(page.get_by_test_id("alarms")).to_have_count(0)
    expect(page.locator("[data-panel=detail] h3")).to_have_text(HOSTILE)


def test_an_override_is_set_shown_beside_the_level_and_ended(page: Page, busy: Siger) -> None:
    page.goto(f"{busy.url}/?area=1806")
    page.get_by_test_id("override-button").first.click()
    window = page.get_by_test_id("override-dialog")
    window.locator("select[name=level]").select_option("1")
    order(window, "Massa sudah bubar")
    detail = page.locator("[data-panel=detail]")
    expect(detail).to_contain_text("Ditetapkan Waspada sampai")
    expect(detail.locator(".level-3")).to_have_count(1)
    expect(page.locator('[data-testid="area-level"][data-code="1806"]')).to_have_attribute("data-level", "3")
    expect(page.locator('[data-testid="area-level"][data-code="1806"] .aside')).to_have_text("✎ 1")
    expect(page.locator('.siger-area[data-code="1806"]')).to_have_attribute("data-override", "1")
    page.get_by_test_id("override-button").first.click()
    ending = page.get_by_test_id("override-dialog").locator(".order-end")
    ending.locator("textarea").fill("Salah wilayah")
    ending.locator("button[type=submit]").click()
    ending.get_by_text("Ya, tetapkan").click()
    expect(detail).not_to_contain_text("Ditetapkan Waspada")


def test_the_table_of_levels_is_sorted_by_keys(page: Page, busy: Siger) -> None:
    page.goto(f"{busy.url}/analisis")
    table = page.get_by_test_id("levels-table")
    first = table.locator("tbody tr").first
    expect(first).to_have_attribute("data-code", "1806")
    expect(table.locator("tbody tr")).to_have_count(15)
    table.get_by_role("button", name="Wilayah").focus()
    page.keyboard.press("Enter")
    expect(table.locator("th[aria-sort=ascending]")).to_have_text("Wilayah")
    expect(first).to_contain_text("Bandar Lampung")
    expect(page.get_by_test_id("multiples").locator("svg path.spark-3")).to_have_count(1)


def test_official_classes_stand_side_by_side_and_apart(page: Page, busy: Siger) -> None:
    page.goto(f"{busy.url}/perbandingan")
    table = page.get_by_test_id("comparison")
    city = table.locator('tr[data-code="1871"]')
    expect(city).to_contain_text("tinggi 62,89")
    expect(city).to_contain_text("bukan tinggi")
    expect(city).to_contain_text("≠")
    expect(table.locator("tbody tr")).to_have_count(16)
    expect(table.locator("tbody", has_text="belum ada data")).to_have_count(1)
    expect(table.locator('tr[data-code="1806"] .level-3')).to_have_count(1)


def test_an_official_class_on_the_map_says_whose_it_is_and_is_gone_with_the_page(page: Page, busy: Siger) -> None:
    page.goto(busy.url)
    city = page.locator('.siger-area[data-code="1871"]')
    expect(page.locator('.siger-area[data-code="1806"]')).to_have_attribute("data-level", "3")
    page.get_by_test_id("paint").select_option("bawaslu-ikp-2024")
    expect(page.get_by_test_id("paint-notice")).to_contain_text("milik Bawaslu")
    expect(page.get_by_test_id("paint-notice")).to_contain_text("16/12/2022. Bukan tingkat Siger")
    expect(city).to_have_attribute("data-official", "4")
    expect(page.locator("[data-panel=legend] .swatch-4")).to_have_count(1)
    assert (
        page.locator("[data-testid=paint] option[disabled]").count() == 2
    )  # IPKP and polling stations: no area has a class
    page.get_by_test_id("paint").select_option("bawaslu-pilkada-2024")
    expect(city).to_have_attribute("data-official", "not")
    page.reload()
    expect(page.locator('.siger-area[data-code="1806"]')).to_have_attribute("data-level", "3")
    assert page.evaluate("document.documentElement.dataset.paint") is None


def test_the_forecast_speaks_of_places_and_of_its_own_record(page: Page, busy: Siger) -> None:
    page.goto(f"{busy.url}/prakiraan?area=1806")
    cards = page.get_by_test_id("forecast-cards")
    expect(cards.locator("li")).to_have_count(3)
    expect(cards).to_contain_text("antara")
    expect(page.get_by_test_id("forecast-table").locator("tbody tr")).to_have_count(20)
    expect(page.get_by_test_id("forecast-record")).to_contain_text("Kena sasaran")
    expect(page.locator("main")).to_contain_text("tidak pernah untuk orang")


def test_a_number_of_the_model_is_changed_with_a_reason(page: Page, busy: Siger) -> None:
    page.goto(f"{busy.url}/angka-model")
    row = page.locator('tr[data-name="dwell_min"]')
    row.get_by_role("button").click()
    window = page.get_by_test_id("numbers-dialog")
    window.locator("input[name=value]").fill("12")
    order(window, "Rapat evaluasi")
    expect(row).to_contain_text("12")
    expect(row).to_contain_text("oleh petugas-demo: Rapat evaluasi")
