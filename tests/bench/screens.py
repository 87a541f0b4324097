"""Real pages in Chromium, and how long until they show exactly what the server knows."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from playwright.sync_api import Page

from tests.bench.frames import chromium, open_page
from tests.browser.conftest import Siger

PATHS = ("/", "/posko")

#: Each page looks by itself, in every frame, so that asking it takes nothing of its time.
_WATCH = """() => {
  window.benchHashes = {};
  let last = null;
  const look = () => {
    const { connected, state_hash } = siger.stats();
    if (connected && state_hash !== last) benchHashes[(last = state_hash)] ??= Date.now();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


@contextmanager
def screens(siger: Siger) -> Iterator[list[Page]]:
    """The officers' page and the wall, each with the whole picture."""
    with chromium() as browser, ExitStack() as stack:
        pages = []
        for path in PATHS:
            page = open_page(browser, siger, path)
            stack.callback(page.close)
            page.evaluate(_WATCH)
            pages.append(page)
        yield pages


def state_of(page: Page) -> str:
    """What a page says of itself to who looks at it: `live`, `stale` or `offline`."""
    return page.locator("[data-testid=live-status]").get_attribute("data-state") or ""


def seconds_until_exact(siger: Siger, pages: Sequence[Page], back: float, within_s: float = 30.0) -> float:
    """Seconds from `back` (`time.perf_counter()`) to the frame in which the last page had the server's hash."""
    back_ms = time.time() * 1000 - (time.perf_counter() - back) * 1000
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        known = siger.get("/api/v1/picture")["state_hash"]
        seen = [
            page.evaluate("(hash) => siger.stats().state_hash === hash && benchHashes[hash]", known)
            for page in pages
        ]
        if all(seen):
            _check(pages)
            last_ms: float = max(seen)
            return max(0.0, (last_ms - back_ms) / 1000)
        time.sleep(0.05)
    raise SystemExit(
        f"not all pages come to the state {known}: {[page.evaluate('siger.stats()') for page in pages]}"
    )


def _check(pages: Sequence[Page]) -> None:
    """Ends the run where a page missed something, or took something twice for something else."""
    for page in pages:
        stats: dict[str, Any] = page.evaluate("siger.stats()")
        if stats["gaps"] or stats["mismatches"]:
            raise SystemExit(f"a page found a gap or another hash than the server's: {stats}")
