"""Walking the areas: by keyboard alone and by pressing; commands outlined, names told apart, the base map."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Siger, running, wait_for

pytestmark = pytest.mark.browser

KOTA_AGUNG, TANGGAMUS = "180601", "1806"
IN_LIST = "document.activeElement.closest('[data-testid=area-list]') !== null"
FOCUSED = "document.activeElement.dataset.code"
ZOOM = "window.siger.map.mounted().map.getZoom()"
#: The page's spot of an area's name: every area holds its own.
SPOT = """(code) => {
  const { regencies, districts } = window.siger.areas;
  const [lon, lat] = (regencies.get(code) || districts.get(code)).feature.properties.label;
  const { map } = window.siger.map.mounted();
  const { x, y } = map.latLngToContainerPoint(window.siger.plane.latLng(lon, lat));
  const box = map.getContainer().getBoundingClientRect();
  return [box.left + x, box.top + y];
}"""
#: Pairs of labels on the map that cover each other.
COVERED = """() => {
  const boxes = window.siger.map.mounted().labels.placed.map(({ item, variant, x, y }) =>
    ({ key: item.key, l: x - variant.w / 2, r: x + variant.w / 2, t: y - variant.h / 2, b: y + variant.h / 2 }));
  return boxes.flatMap((a, i) => boxes.slice(i + 1)
    .filter((b) => a.l < b.r && b.l < a.r && a.t < b.b && b.t < a.b).map((b) => [a.key, b.key]));
}"""


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siger]:
    """A Siger with one open incident in Kota Agung."""
    with running(tmp_path_factory.mktemp("places"), "--scenario", "none") as siger:
        siger.post("/api/v1/incidents", report())
        yield siger


def report() -> dict[str, object]:
    return {
        "source": "uji",
        "external_id": "tempat-1",
        "occurred_at": (datetime.now(UTC) - timedelta(minutes=9)).isoformat(),
        "category": "unjuk_rasa",
        "severity": 4,
        "title": "Unjuk rasa di pelabuhan Kota Agung",
        "area": KOTA_AGUNG,
    }


def opened(page: Page, siger: Siger, path: str = "/") -> Page:
    page.goto(siger.url + path)
    expect(page.get_by_test_id("live-status")).to_have_attribute("data-state", "live")
    wait_for(lambda: page.evaluate("window.siger.areas.districts.size === 229"))
    return page


def crumbs(page: Page) -> list[str]:
    return page.get_by_test_id("breadcrumbs").locator("li").all_inner_texts()


def press_until(page: Page, key: str, holds: str, most: int = 60) -> None:
    for _ in range(most):
        if page.evaluate(holds):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} never led to {holds}")


def settled(page: Page) -> float:
    """The map's zoom once it has come to rest."""
    page.wait_for_timeout(700)
    return float(page.evaluate(ZOOM))


def test_keys_alone_lead_to_a_district_and_back(page: Page, places: Siger) -> None:
    opened(page, places)
    whole = settled(page)
    press_until(page, "Tab", f"{IN_LIST} && document.activeElement.tagName === 'SUMMARY'")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    press_until(page, "ArrowDown", f"{FOCUSED} === '{TANGGAMUS}'")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**area={TANGGAMUS}")
    wait_for(lambda: page.evaluate(f"{IN_LIST} && {FOCUSED}.length === 6"))
    assert crumbs(page) == ["Lampung", "Tanggamus"]
    regency = settled(page)
    assert regency > whole
    expect(page.get_by_test_id("area")).to_have_count(20)

    press_until(page, "ArrowDown", f"{FOCUSED} === '{KOTA_AGUNG}'")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**area={KOTA_AGUNG}")
    expect(page.get_by_test_id("breadcrumbs")).to_contain_text("Kota Agung")
    assert crumbs(page) == ["Lampung", "Tanggamus", "Kota Agung"]
    assert settled(page) > regency
    expect(page.get_by_test_id("incident")).to_have_count(1)

    page.keyboard.press("Escape")
    page.wait_for_url(f"**area={TANGGAMUS}")
    # The next step out starts from what the page shows, which follows the URL a moment later.
    wait_for(lambda: crumbs(page) == ["Lampung", "Tanggamus"])
    settled(page)
    page.keyboard.press("Escape")
    page.wait_for_url(places.url + "/")
    wait_for(lambda: page.evaluate(f"{FOCUSED} === '{TANGGAMUS}'"))
    assert crumbs(page) == ["Lampung"]
    assert abs(settled(page) - whole) < 0.3


def test_a_press_on_the_map_goes_in_and_the_back_key_out(page: Page, places: Siger) -> None:
    opened(page, places)
    settled(page)
    page.mouse.click(*page.evaluate(SPOT, TANGGAMUS))
    page.wait_for_url(f"**area={TANGGAMUS}")
    settled(page)
    page.mouse.click(*page.evaluate(SPOT, "180613"))
    page.wait_for_url("**area=180613")
    page.go_back()
    page.wait_for_url(f"**area={TANGGAMUS}")
    expect(page.get_by_test_id("breadcrumbs").locator("[aria-current=page]")).to_have_text("Tanggamus")
    page.get_by_test_id("breadcrumbs").get_by_role("link", name="Lampung").click()
    page.wait_for_url(places.url + "/")


def test_a_link_to_a_district_shows_it_and_the_filters_stay_on_the_way_out(page: Page, places: Siger) -> None:
    opened(page, places, f"/?hours=24&area={KOTA_AGUNG}")
    assert settled(page) > 10
    outline = page.get_by_test_id("area-outline")
    expect(outline).to_have_attribute("data-code", KOTA_AGUNG)
    expect(page.locator(".siger-credit")).to_contain_text("batas kecamatan indikatif")
    about = page.get_by_test_id("area-about")
    expect(about).to_contain_text("Polres Tanggamus · Kodim 0424/TGM")
    expect(about).to_contain_text("Batas indikatif")
    link = page.get_by_test_id("breadcrumbs").get_by_role("link", name="Tanggamus")
    expect(link).to_have_attribute("href", f"/?hours=24&area={TANGGAMUS}")
    link.click()
    page.wait_for_url(f"**/?area={TANGGAMUS}&hours=24")


def test_a_regency_stays_risky_on_the_map_where_its_districts_are_calm(page: Page, places: Siger) -> None:
    riot = report() | {"external_id": "tempat-2", "category": "rusuh_massa", "severity": 5, "area": "1808"}
    places.post("/api/v1/incidents", riot)
    opened(page, places, "/?area=1808")
    wait_for(lambda: page.evaluate("window.siger.level('1808').level") > 1)
    level = page.evaluate("window.siger.level('1808').level")
    expect(page.get_by_test_id("chosen-level")).to_have_attribute("data-level", str(level))
    named = "window.siger.map.mounted().labels.placed.map(({ item }) => item.key).includes('1808')"
    wait_for(lambda: page.evaluate(named))


@pytest.mark.parametrize("area", ["1806", "1871", "kodim:0411", "180601"])
def test_no_name_covers_another(page: Page, places: Siger, area: str) -> None:
    opened(page, places, f"/?area={area}")
    settled(page)
    placed = page.evaluate("window.siger.map.mounted().labels.placed.map(({ item }) => item.key)")
    assert len([key for key in placed if key.startswith("district ")]) >= (4 if area == "180601" else 15)
    assert page.evaluate(COVERED) == []


def test_a_polres_is_outlined_with_its_notes_and_polsek(page: Page, places: Siger) -> None:
    opened(page, places, "/?area=polres:tanggamus")
    expect(page.get_by_test_id("area-outline")).to_have_attribute("data-code", "polres:tanggamus")
    expect(page.get_by_test_id("area-notes")).to_contain_text("Sampai 2019 juga membawahi Pringsewu.")
    polsek = page.get_by_test_id("polsek")
    expect(polsek).to_contain_text("tidak resmi")
    polsek.locator("summary").click()
    expect(polsek.get_by_text("Wonosobo")).to_be_visible()
    about = page.get_by_test_id("area-about")
    expect(about).to_contain_text("641.036 jiwa")
    expect(about).to_contain_text("per 2024-09-22")
    expect(about.get_by_role("link", name="GeoParquet").first).to_have_attribute(
        "href", "/api/v1/areas/download?level=polres&format=parquet"
    )


def test_a_kodim_of_two_regencies_has_one_outer_line(page: Page, places: Siger) -> None:
    opened(page, places, "/?area=kodim:0424")
    outline = page.get_by_test_id("area-outline")
    expect(outline).to_have_count(1)
    expect(outline).to_have_attribute("data-code", "kodim:0424")
    held = "(([w, s, e, n]) => { const b = window.siger.map.mounted().map.getBounds();"
    held += " return b.getWest() < w && b.getEast() > e && b.getSouth() < s && b.getNorth() > n; })"
    box = places.get("/api/v1/areas/kodim:0424")["bbox"]
    wait_for(lambda: page.evaluate(f"{held}({box})"))
    expect(page.get_by_test_id("area-notes")).to_contain_text("Kodam XXI/Radin Inten")
    expect(page.get_by_test_id("area")).to_have_count(29)


def test_kotak_kosong_is_said_in_words(page: Page, places: Siger) -> None:
    opened(page, places, "/?area=1812")
    expect(page.get_by_test_id("area-about")).to_contain_text("melawan kotak kosong")


def test_the_province_tells_of_itself_when_asked(page: Page, places: Siger) -> None:
    opened(page, places)
    expect(page.get_by_test_id("area-about")).to_have_count(0)
    page.get_by_test_id("about-button").click()
    expect(page.get_by_test_id("area-about")).to_contain_text("13.282")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("area-about")).to_be_hidden()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("rajabasa", {"180116": "Raja Basa, Lampung Selatan", "187110": "Rajabasa, Bandar Lampung"}),
        ("pagar dewa", {"180420": "Pagar Dewa, Lampung Barat", "181208": "Pagar Dewa, Tulang Bawang Barat"}),
        ("bumi agung", {"180714": "Bumi Agung, Lampung Timur", "180814": "Bumi Agung, Way Kanan"}),
        ("labuhan ratu", {"180721": "Labuhan Ratu, Lampung Timur", "187114": "Labuhan Ratu, Bandar Lampung"}),
    ],
)
def test_doubled_names_are_told_apart(page: Page, places: Siger, typed: str, meant: dict[str, str]) -> None:
    opened(page, places)
    page.keyboard.press("/")
    page.keyboard.type(typed)
    options = page.locator("[role=option]")
    expect(options.nth(1)).to_be_visible()
    for code, name in meant.items():
        expect(page.locator(f"[role=option][data-code='{code}']")).to_contain_text(name)
    second = options.nth(1).get_attribute("data-code")
    assert second in meant
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**area={second}")
    expect(page.get_by_test_id("area-outline")).to_have_attribute("data-code", second)


def test_a_missing_base_map_is_said_quietly_and_stops_nothing(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGER_BASEMAP", str(tmp_path / "lampung.pmtiles"))
    with running(tmp_path / "data", "--scenario", "none") as siger:
        opened(page, siger)
        expect(page.locator(".siger-credit")).to_contain_text("peta dasar tidak tersedia")
        assert page.evaluate("window.siger.areas.regencies.size") == 15
        expect(page.locator(".has-basemap")).to_have_count(0)


def test_a_map_that_cannot_be_mounted_says_so_once(browser: Browser, places: Siger) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    broken = "window.siger.mapView = () => { throw new Error('broken on purpose'); };"
    page.route("**/48_view.js*", lambda route: route.fulfill(body=broken, content_type="text/javascript"))
    page.goto(places.url)
    expect(page.get_by_test_id("incident").first).to_be_visible()
    expect(page.get_by_test_id("map-failed")).to_have_count(1)
    page.wait_for_timeout(1500)
    expect(page.get_by_test_id("map-failed")).to_have_count(1)
    assert len([text for text in said if "could not be mounted" in text]) == 1
    page.close()
