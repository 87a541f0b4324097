"""The real thing: nobody sees anything without logging in, and a session that ends takes its open pages with it.

All under the content security policy: a violation is an error in the console, which fails the test.
"""

import os
import subprocess
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SIGER, Siger, start

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

FIRST, SECOND = "a first password, long", "another password, longer"


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Siger]:
    siger = start(tmp_path, mode="serve")
    yield siger
    siger.stop()


def command(siger: Siger, *words: str, said: str = "") -> str:
    env = {**os.environ, "SIGER_DATA_DIR": str(siger.data_dir)}
    done = subprocess.run(
        [*SIGER, *words], input=said, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.expects("401")
def test_a_person_logs_in_sees_the_live_picture_and_is_shown_out_when_disabled(page: Page, real: Siger) -> None:
    with pytest.raises(urllib.error.HTTPError, match="401"):
        real.get("/api/v1/incidents")
    command(real, "users", "add", "budi", "--role", "komando", said=f"{FIRST}\n")
    page.goto(real.url)
    page.wait_for_url("**/masuk?kembali=*")
    page.fill("[name=username]", "budi")
    page.fill("[name=password]", FIRST)
    page.locator("form").first.locator("button").click()
    page.wait_for_url("**/sandi")
    page.fill("[name=old]", FIRST)
    page.fill("[name=new]", SECOND)
    page.locator("form").first.locator("button").click()
    expect(page.locator('[data-testid="live-status"]')).to_have_attribute("data-state", "live")
    expect(page.locator('[data-testid="map"]')).to_be_visible()
    expect(page.get_by_text("SIMULASI").first).to_be_hidden()
    command(real, "users", "disable", "budi")
    page.wait_for_url("**/masuk**")
