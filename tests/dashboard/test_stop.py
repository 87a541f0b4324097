"""Stopping ends every task, also one that a lost cancellation would leave running for ever."""

import asyncio
import contextlib

from dashboard.app import end


async def test_a_task_that_loses_its_first_cancellation_is_ended_all_the_same() -> None:
    begun = asyncio.Event()

    async def deaf_once() -> None:
        # What asyncio.wait_for does before Python 3.12 when its answer comes together with the cancellation.
        begun.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        await asyncio.sleep(60)

    async def quick() -> None:
        return None

    tasks = [asyncio.create_task(deaf_once()), asyncio.create_task(quick())]
    await begun.wait()
    async with asyncio.timeout(15):
        await end(tasks)
    assert tasks[0].cancelled()
    assert tasks[1].done()


async def test_a_task_that_died_of_an_error_does_not_keep_the_others_from_ending() -> None:
    async def dies() -> None:
        raise ValueError("as it happens")

    tasks = [asyncio.create_task(dies()), asyncio.create_task(asyncio.sleep(60))]
    await asyncio.sleep(0)
    await end(tasks)
    assert isinstance(tasks[0].exception(), ValueError)
    assert tasks[1].cancelled()
