"""Logging in, the first password, and a session that ends, in a real page under the content security policy."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import free_port

pytestmark = pytest.mark.browser


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "SIGER_PORT": str(free_port()), "SIGER_DATA_DIR": str(tmp_path)}


def command(env: dict[str, str], *words: str, typed: str = "") -> None:
    script = "from dashboard.cli import main; main()"
    subprocess.run([sys.executable, "-c", script, *words], env=env, input=typed, text=True, check=True, timeout=40)


@pytest.fixture
def url(env: dict[str, str]) -> Iterator[str]:
    script = "from dashboard.cli import main; main()"
    served = subprocess.Popen([sys.executable, "-c", script, "serve"], env=env, stdout=subprocess.PIPE, text=True)
    assert served.stdout is not None
    for line in served.stdout:
        if "http://" in line:
            break
    yield f"http://127.0.0.1:{env['SIGER_PORT']}"
    served.terminate()
    served.wait(20)
    served.stdout.close()


def test_from_the_log_in_page_to_the_map_and_out_again(env: dict[str, str], url: str, browser: Browser) -> None:
    command(env, "users", "add", "ani", "--role", "komando", typed="kuda-laut-biru\n")
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{url}/")
    page.wait_for_url("**/masuk?kembali=*")
    page.fill("[name=username]", "ani")
    page.fill("[name=password]", "kuda-laut-biru")
    page.click("form >> nth=0 >> button")
    page.wait_for_url("**/sandi")
    page.fill("[name=old]", "kuda-laut-biru")
    page.fill("[name=new]", "gajah-way-kambas")
    page.click("form >> nth=0 >> button")
    page.wait_for_selector('[data-testid="live-status"][data-state="live"]')
    page.wait_for_selector('[data-testid="map"]')
    assert not [line for line in said if "Content Security Policy" in line or "Error" in line]
    command(env, "users", "disable", "ani")
    page.wait_for_url("**/masuk**", timeout=20_000)
    page.close()
