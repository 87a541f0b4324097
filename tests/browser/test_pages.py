"""The pages under a person's hands: keyboard, search, detail, language and theme; the wall with nothing cut off."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Siger, running

pytestmark = pytest.mark.browser

#: Elements of the wall whose text does not fit into them, and rows that stick out of their list.
CLIPPED = """() => [...document.querySelectorAll('.wall-board *, .masthead *, .panel-words, .panel-legend *')]
  .filter((one) => !one.closest('svg') && one.tagName !== 'IMG' && one.children.length === 0)
  .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline'
    || one.getBoundingClientRect().right > innerWidth || one.getBoundingClientRect().bottom > innerHeight)
  .map((one) => `${one.className}: ${one.textContent}`)"""
OUTSIDE = """() => {
  const { bottom } = document.querySelector('[data-panel=attention]').getBoundingClientRect();
  const rows = [...document.querySelectorAll('.wall-row')];
  return rows.filter((row) => row.getBoundingClientRect().bottom > bottom + 1).length;
}"""
SIZES = """() => {
  const parts = document.querySelectorAll('.wall-board *, .masthead *, .panel-words *, .panel-legend *');
  const holds = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const texts = [...parts].filter(holds);
  return [...new Set(texts.map((one) => parseFloat(getComputedStyle(one).fontSize)))];
}"""
TITLES = (
    "Massa ±300 orang mengepung kantor KPU",
    "Unjuk rasa di kantor Bawaslu",
    "Ribuan orang berunjuk rasa soal dugaan politik uang di depan kantor bupati sampai malam",
    "Perusakan alat peraga kampanye di jalan lintas barat",
    "Banjir setinggi lutut di dua pekon",
)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siger]:
    """A Siger with a handful of incidents of every severity, some of them hours old."""
    with running(tmp_path_factory.mktemp("busy"), "--scenario", "none") as siger:
        siger.post("/api/v1/incidents", [report(n, title) for n, title in enumerate(TITLES * 3)])
        yield siger


def report(n: int, title: str) -> dict[str, Any]:
    return {
        "source": "uji",
        "external_id": f"halaman-{n}",
        "occurred_at": (datetime.now(UTC) - timedelta(minutes=7 + 55 * n)).isoformat(),
        "category": ["rusuh_massa", "politik_uang", "unjuk_rasa", "perusakan_apk", "banjir"][n % 5],
        "severity": 5 - n % 5,
        "title": title,
        "description": "Uraian menurut laporan pertama.",
        "area": ["180701", "187101", "180502", "180601", "180603"][n % 5],
        "agency": "polri",
        "reporter_unit": "Polsek",
    }


def opened(page: Page, siger: Siger, path: str = "/") -> Page:
    page.goto(siger.url + path)
    expect(page.get_by_test_id("live-status")).to_have_attribute("data-state", "live")
    expect(page.get_by_test_id("incident").first).to_be_visible()
    return page


@pytest.mark.parametrize(
    ("lang", "width", "height"),
    [("id", 1920, 1080), ("en", 1920, 1080), ("id", 3840, 2160), ("id", 1280, 1024)],
)
def test_nothing_is_cut_off_on_the_wall(page: Page, busy: Siger, lang: str, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.context.add_cookies([{"name": "siger_lang", "value": lang, "url": busy.url}])
    opened(page, busy, "/posko")
    page.wait_for_timeout(700)
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate(OUTSIDE) == 0
    more = page.locator('[data-panel="attention-more"]').inner_text()
    assert len(page.get_by_test_id("incident").all()) + int(re.findall(r"\d+", more)[0]) == len(TITLES) * 3


def test_the_wall_has_three_sizes_of_type(page: Page, busy: Siger) -> None:
    opened(page, busy, "/posko")
    sizes = page.evaluate(SIZES)
    assert len(sizes) == 3, sizes


def test_search_forgives_spelling_and_keys_are_enough(page: Page, busy: Siger) -> None:
    opened(page, busy)
    page.keyboard.press("/")
    page.keyboard.type("tlk betung sel")
    expect(page.locator("[role=option]").first).to_contain_text("Bandar Lampung")
    page.keyboard.press("Enter")
    page.wait_for_url("**area=1871*")
    expect(page.locator(".words-area")).to_contain_text("Kecamatan")
    page.keyboard.press("/")
    page.keyboard.type("zzzzzz")
    expect(page.locator(".search-found")).to_contain_text("zzzzzz")
    page.keyboard.press("Escape")
    expect(page.locator(".search-found")).to_be_hidden()


def test_the_list_is_walked_and_opened_by_keys(page: Page, busy: Siger) -> None:
    opened(page, busy)
    page.get_by_test_id("incident").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    second = page.get_by_test_id("incident").nth(1)
    expect(second).to_have_attribute("aria-pressed", "true")
    detail = page.locator('[data-panel="detail"]')
    expect(detail).to_contain_text("Uraian menurut laporan pertama.")
    expect(detail).to_contain_text("ditempatkan di pusat kecamatan")
    expect(detail).to_contain_text("Dilaporkan")
    page.keyboard.press("Escape")
    expect(detail).to_be_hidden()


def test_an_area_says_why_it_has_its_level(page: Page, busy: Siger) -> None:
    opened(page, busy)
    expect(page.locator('[data-testid="area-level"][data-code="1807"]')).not_to_have_attribute("data-level", "0")
    page.locator('[data-testid="area-level"][data-code="1807"]').click()
    page.wait_for_url("**area=1807*")
    expect(page.locator(".reasons li").first).to_contain_text("+")
    expect(page.get_by_test_id("filter-area").locator("select")).to_have_value("1807")


def test_groups_and_the_back_key(page: Page, busy: Siger) -> None:
    opened(page, busy, "/?hours=24")
    kinds = page.get_by_test_id("filter-category")
    kinds.get_by_text("Bencana", exact=True).click()
    page.wait_for_url("**category=bencana*")
    expect(page.get_by_test_id("incident")).to_have_count(3)
    page.go_back()
    expect(kinds.get_by_text("Semua", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("incident")).to_have_count(len(TITLES) * 3)


def test_a_link_to_an_unknown_filter_says_so(page: Page, busy: Siger) -> None:
    opened(page, busy, "/?area=9999")
    expect(page.locator(".words-unknown")).to_contain_text("area=9999")


def test_nothing_in_the_window_is_said_in_words(page: Page, busy: Siger) -> None:
    page.goto(busy.url + "/?category=gempa&hours=6")
    expect(page.locator(".panel-incidents .empty")).to_contain_text("Belum ada kejadian dalam 6 jam terakhir")


def test_language_and_theme_stay_and_stand_in_no_url(page: Page, busy: Siger) -> None:
    opened(page, busy, "/?hours=24")
    page.locator("[data-language=en]").click()
    expect(page.locator(".words-filter")).to_have_text("last 24 hours")
    page.get_by_text("Light", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url == busy.url + "/?hours=24"


def test_an_address_without_a_page_says_so(page: Page, busy: Siger) -> None:
    page.goto(busy.url + "/tidak-ada")
    expect(page.get_by_role("heading")).to_have_text("Halaman tidak ditemukan")


def test_a_phone_reaches_map_list_and_filters(browser: Browser, busy: Siger) -> None:
    phone = browser.new_page(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    opened(phone, busy)
    for part in ("map", "filter-area", "filter-time"):
        phone.get_by_test_id(part).scroll_into_view_if_needed()
        expect(phone.get_by_test_id(part)).to_be_in_viewport()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.close()
