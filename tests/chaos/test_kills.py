"""The kill harness, small enough for the suite; `python -m tests.chaos` runs it at full size."""

import sys
from pathlib import Path

import pytest

from tests.chaos.harness import Plan, run


@pytest.mark.timeout(240)
@pytest.mark.skipif(sys.platform != "linux", reason="finds the log server in /proc")
async def test_every_acknowledged_incident_is_there_exactly_once_whatever_is_killed(tmp_path: Path) -> None:
    plan = Plan(incidents=1500, web_kills=2, log_kills=4, engine_kills=3, seed=20241127, within_s=200)
    outcome = await run(plan, tmp_path)
    outcome.check(plan)
