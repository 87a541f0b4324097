"""Polling stations on the map: switched on by keyboard, kept in the URL, pressed, and new when the list is."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SIGER, Siger, running, wait_for

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>"
TABLE = f"""Kabupaten;Kecamatan;Desa;No TPS;DPT;Kategori;Alamat;lon;lat
Tanggamus;Kota Agung;Kuripan;1;490;Sangat rawan;{HOSTILE};104,62;-5,46
Tanggamus;Kota Agung;Kuripan;2;400;;;;
"""
MORE = "".join(f"Tanggamus;Kota Agung;Terbaya;{number};300;Rawan;;;\n" for number in range(1, 41))
COUNT = "window.siger.tps.data && window.siger.tps.data.count"
#: Where the mark of class "sangat rawan" (3) stands in the page.
SPOT = """() => {
  const { map, tps } = window.siger.map.mounted();
  const box = map.getContainer().getBoundingClientRect();
  const { klass } = window.siger.tps.data;
  const at = Array.from(tps.slots.subarray(0, tps.marks)).findIndex((slot) => klass[slot] === 3);
  return at < 0 ? null : [box.left + tps.xs[at], box.top + tps.ys[at]];
}"""


def take_in(siger: Siger, table: str) -> None:
    path = siger.data_dir.with_suffix(".csv")
    path.write_text(table, encoding="utf-8")
    command = [*SIGER, "import", "tps", str(path), "--demo", "--owner", "Polda Lampung", "--date", "2024-09-18"]
    env = {**os.environ, "SIGER_DATA_DIR": str(siger.data_dir)}
    subprocess.run(command, env=env, check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def stations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siger]:
    data: Path = tmp_path_factory.mktemp("tps") / "store"
    with running(data, "--scenario", "none") as siger:
        take_in(siger, TABLE)
        yield siger


def test_stations_are_switched_on_pressed_and_new_when_the_list_is(stations: Siger, page: Page) -> None:
    page.goto(f"{stations.url}/?area=180601")
    expect(page.get_by_test_id("live-status")).to_have_attribute("data-state", "live")
    assert page.evaluate("window.siger.tps.data") is None, "nobody asked for them"

    switch = page.get_by_test_id("map-layers").get_by_role("button", name="TPS")
    switch.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"area=180601&tps=1"))
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("tps-legend")).to_contain_text("Sangat rawan")
    expect(page.get_by_test_id("map-layers")).to_contain_text("Polda Lampung, 18/09/2024")
    wait_for(lambda: page.evaluate(COUNT) == 2)

    page.mouse.click(*wait_for(lambda: page.evaluate(SPOT)))
    card = page.get_by_test_id("tps-card")
    expect(card).to_contain_text("Sangat rawan (Polda Lampung, 18/09/2024)")
    expect(card).to_contain_text(HOSTILE)
    assert card.locator("img").count() == 0
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(page).to_have_url(re.compile("area=180601"))
    expect(page.get_by_test_id("area-tps")).to_contain_text("Di daftar ini")

    take_in(stations, TABLE + MORE)
    wait_for(lambda: page.evaluate(COUNT) == 42)
    wait_for(lambda: page.evaluate("window.siger.map.mounted().tps.clusters.length") > 0)
    drawn = page.evaluate("window.siger.map.mounted().tps.drawings")
    page.wait_for_timeout(500)
    assert page.evaluate("window.siger.map.mounted().tps.drawings") == drawn, "a still map is not drawn again"

    switch.click()
    expect(page).to_have_url(re.compile(r"\?area=180601$"))
    expect(page.get_by_test_id("tps-legend")).to_have_count(0)


def test_a_wall_shows_stations_only_where_its_address_asks(stations: Siger, page: Page) -> None:
    page.goto(f"{stations.url}/posko")
    expect(page.get_by_test_id("live-status")).to_have_attribute("data-state", "live")
    assert page.evaluate("window.siger.tps.data") is None
    page.goto(f"{stations.url}/posko?tps=1")
    wait_for(lambda: page.evaluate("window.siger.tps && " + COUNT))
    expect(page.get_by_test_id("tps-legend")).to_be_visible()
