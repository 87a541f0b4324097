"""Frames a second of the officers' page with movers on the map, beside the same page without any."""

import os

from tests.bench.frames import Case, Result, chromium, under_load

CASES = (
    Case(2_000, 1_000),
    Case(7_600, 760, incidents_per_s=5),
    Case(7_600, 760, incidents_per_s=5, each=True),
    Case(7_600, 760, incidents_per_s=5, with_stations=True),
    Case(7_600, 760, incidents_per_s=5, open_incidents=10_000),
    Case(7_600, 760, incidents_per_s=5, open_incidents=10_000, path="/posko"),
    Case(20_000, 2_000),
    Case(20_000, 2_000, each=True),
)


#: Which of them, by their numbers from 1; all unless this says otherwise.
CHOSEN = os.environ.get("SIGER_BENCH_CASES", "")


def run() -> str:
    cases = [CASES[int(number) - 1] for number in CHOSEN.split(",")] if CHOSEN else CASES
    with chromium() as browser:
        results = [under_load(browser, case) for case in cases]
    return _table(results)


def _table(results: list[Result]) -> str:
    lines = [
        "| 1920x1080, officers' page or wall | frames/s empty | frames/s | of empty | p95 gap ms | in long tasks "
        "| by themselves | feeder's CPU |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in results:
        loaded = one.loaded
        frames = f"{one.empty.fps:.1f} | {loaded.fps:.1f} | {one.ratio:.2f} | {loaded.p95_gap_ms:.0f}"
        rest = f"{loaded.long_task_share:.0%} | {one.alone:,} | {one.harness_cpu_share:.0%}"
        lines.append(f"| {one.case.name} | {frames} | {rest} |")
    pictures = ", ".join(str(one.picture) for one in results)
    return "\n".join([*lines, "", f"Pictures to look at: {pictures}"])
