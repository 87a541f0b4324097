"""What is done in one place at a time: levels, alarms, warnings, ends, notifications, snapshots, archive, chores.

Of all processes on one log, web processes and `siger engine`s alike, the one that holds the lease does it. When it
is gone another takes over within seconds, once its picture stands where the log does. What is computed is appended
under the lease's fence: a holder that was stopped and wakes up late is refused by the log.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from dashboard import notifying, warning_feed
from dashboard.access.chores import chores
from dashboard.house import House
from dashboard.settings import Settings
from feeds.archive import Archive
from feeds.lease import ENGINE, Lease
from feeds.levels.alarms import Alarms
from feeds.levels.watch import AlarmsFeed
from feeds.log import LogError
from feeds.log_witness import Witness
from feeds.snapshot_process import Order
from feeds.upkeep import keep_in_order

#: A job that the log failed starts again after this long, one that failed by itself a little later.
RETRY_S = 1.0
RETRY_FAILED_S = 5.0
#: How often a web process that leaves the work to others looks whether anybody does it, and then says so.
LOOK_S = 5.0

Job = Callable[[House, Witness], Awaitable[None]]

log = logging.getLogger(__name__)


async def take_part(house: House) -> None:
    """Does the work whenever nobody else does, for ever."""
    await _settled(house)
    lease = Lease(house.log, ENGINE)
    await lease.run(lambda: _work(house, lease.fence))


async def look_on(house: House) -> None:
    """Leaves the work to `siger engine`, and says when nobody does it: levels that nobody computes grow old.

    Two looks in a row must find nobody: between two holders of the lease there is none for some seconds.
    """
    await _settled(house)
    lease = Lease(house.log, ENGINE)
    missed = False
    while True:
        await asyncio.sleep(LOOK_S)
        held = await lease.is_held()
        runs = held is not False or not missed
        if house.situation.engine_runs and not runs:
            log.error("no engine runs: levels, alarms, notifications and the archive stand still; run siger engine")
        elif runs and not house.situation.engine_runs:
            log.info("an engine runs again")
        house.situation.engine_runs = runs
        missed = held is False


async def _settled(house: House) -> None:
    """Whoever assesses: the ledger must know what came with the snapshot, which no event tells of any more."""
    await house.situation.caught_up.wait()
    house.levels.settle()


async def _work(house: House, fence: Witness) -> None:
    # What the last holder wrote must be known before anything is computed anew.
    await house.situation.reach(await house.log.last_id())
    async with asyncio.TaskGroup() as group:
        for job in _jobs(house.settings):
            group.create_task(_whatever_happens(job, house, fence))


async def _whatever_happens(job: Job, house: House, fence: Witness) -> None:
    """One job's trouble is not the others': it is said, and the job begins again."""
    name = job.__name__.strip("_")
    while True:
        try:
            await job(house, fence)
            return
        except LogError as error:
            log.warning("%s wait for the log: %s", name, error)
            await asyncio.sleep(RETRY_S)
        except Exception:  # a job's own fault must not end the others, nor itself for ever
            log.critical("%s failed and will be tried again", name, exc_info=True)
            await asyncio.sleep(RETRY_FAILED_S)


def _jobs(settings: Settings) -> list[Job]:
    """What asks another server does so only if a setting says so."""
    jobs: list[Job] = [_levels, _alarms, _ends, _order, _chores]
    if settings.cap_feed is not None:
        jobs.append(_warnings)
    if settings.notify is not None:
        jobs.append(_notifications)
    return jobs


async def _levels(house: House, fence: Witness) -> None:
    house.levels.fence = fence
    house.levels.settle()
    await house.levels.run()


async def _alarms(house: House, fence: Witness) -> None:
    alarms = Alarms(
        house.levels.ground,
        house.taxonomy,
        lambda: house.levels.parameters,
        simulated=house.intake.simulated,
    )
    watching = AlarmsFeed(house.picture, house.log, alarms, house.intake.placing.locator, fence=fence)
    watching.settle()
    house.situation.listen(watching.note)
    try:
        await watching.run()
    finally:
        house.situation.unlisten(watching.note)


async def _ends(house: House, _fence: Witness) -> None:
    await warning_feed.expire(house)


async def _warnings(house: House, _fence: Witness) -> None:
    await warning_feed.follow(house)


async def _notifications(house: House, _fence: Witness) -> None:
    await notifying.notify(house)


async def _order(house: House, _fence: Witness) -> None:
    settings, url = house.settings, house.log.url
    archive = Archive(settings.archive_dir)
    assert url is not None, "a running Siger opens its log by its URL"
    terms = str(settings.taxonomy) if settings.taxonomy is not None else None
    snapshot = Order(url, house.log.prefix, str(settings.archive_dir), terms)
    await keep_in_order(house.situation.history, archive, snapshot.carry_out)


async def _chores(house: House, _fence: Witness) -> None:
    await chores(house.access, house.log, house.picture)
