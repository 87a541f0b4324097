"""The hub: encoded once, a chain without gaps, resume, and slow viewers who miss no incident."""

import asyncio

from dashboard.framed import unframed
from dashboard.hub import MOST_WAITING, Hub, LogState, Viewer
from dashboard.pace import AT_ONCE, PATIENCE_S
from feeds.events import Event
from feeds.picture import Picture
from tests.dashboard.frames import Frame, read
from tests.feeds.test_picture import K1, levelled, moved, reported


class Stage:
    """A picture with a hub on it, fed by hand."""

    def __init__(self) -> None:
        self.picture = Picture()
        self.hub = Hub(self.picture, lambda: LogState(up=True, seen_ms=5), simulated=True)
        self.count = 0

    def happen(self, event: Event) -> None:
        self.count += 1
        self.hub.note(self.picture.apply(f"{self.count}-0", event))


async def drain(viewer: Viewer) -> list[Frame]:
    frames: list[Frame] = []
    while True:
        try:
            message = await asyncio.wait_for(viewer.take(), 0.01)
        except TimeoutError:
            return frames
        assert message is not None
        frames.append(read(unframed(message)))


async def test_a_viewer_gets_a_snapshot_and_then_what_changes() -> None:
    stage = Stage()
    stage.happen(reported())
    viewer = Viewer()
    stage.hub.join(viewer)
    stage.happen(moved("P1", 1_700_000_000_000, 105.25, heading_deg=90, speed_kmh=31.5, state="patroli"))
    await asyncio.sleep(PATIENCE_S * 2)
    snapshot, tick, delta = await drain(viewer)
    assert (snapshot.kind, tick.kind, delta.kind) == ("snapshot", "tick", "delta")
    assert [incident["id"] for incident in snapshot.header["incidents"]] == [K1]
    assert delta.header["prev"] == snapshot.header["id"]
    assert delta.header["units"]["meta"] == [[0, "P1", None, None, None]]
    assert {name: values[0] for name, values in delta.columns.items()} == {
        "observed_ms": 1_700_000_000_000,
        "slot": 0,
        "lon_e6": 105_250_000,
        "lat_e6": -5_000_000,
        "heading_deg": 90,
        "speed_dkmh": 315,
        "state": 2,
    }


async def test_the_first_changes_after_silence_leave_at_once_and_the_rest_of_a_burst_is_one_frame() -> None:
    stage = Stage()
    viewer = Viewer()
    stage.hub.join(viewer)
    await drain(viewer)
    for second in range(50):
        stage.happen(moved("P1", second))
    first = await drain(viewer)
    assert [frame.columns["observed_ms"] for frame in first] == [[second] for second in range(AT_ONCE)]
    await asyncio.sleep(PATIENCE_S * 2)
    (rest,) = await drain(viewer)
    assert rest.columns["observed_ms"] == [49]
    assert rest.header["id"] == "50-0"


async def test_a_report_does_not_wait_for_what_moves_and_reports_are_paced_all_the_same() -> None:
    stage = Stage()
    viewer = Viewer()
    stage.hub.join(viewer)
    await drain(viewer)
    for second in range(AT_ONCE + 1):
        stage.happen(moved("P1", second))
    stage.happen(reported("1"))
    *_, last = await drain(viewer)
    assert (last.columns["observed_ms"], len(last.header["incidents"])) == ([AT_ONCE], 1)
    for number in range(50):
        stage.happen(moved("P1", 3 + number))
        stage.happen(reported(str(2 + number)))
    frames = await drain(viewer)
    await asyncio.sleep(PATIENCE_S * 4)
    frames += await drain(viewer)
    assert sum(len(frame.header["incidents"]) for frame in frames) == 50
    assert len(frames) <= 4


async def test_many_who_join_do_not_hold_up_what_moves() -> None:
    stage = Stage()
    viewer = Viewer()
    stage.hub.join(viewer)
    for second in range(40):
        stage.happen(moved("P1", second))
        stage.hub.join(Viewer())
    stage.happen(moved("P1", 40))
    await drain(viewer)
    await asyncio.sleep(PATIENCE_S * 4)
    (last,) = await drain(viewer)
    assert last.columns["observed_ms"] == [40]


async def test_all_viewers_get_the_same_bytes() -> None:
    stage = Stage()
    viewers = [Viewer() for _ in range(3)]
    for viewer in viewers:
        stage.hub.join(viewer)
        await drain(viewer)
    stage.happen(reported())
    taken = [await viewer.take() for viewer in viewers]
    assert taken[0] is taken[1] is taken[2]


async def test_a_viewer_that_comes_back_goes_on_where_it_was() -> None:
    stage = Stage()
    viewer = Viewer()
    stage.hub.join(viewer)
    stage.happen(reported())
    last = (await drain(viewer))[-1].header["id"]
    stage.hub.leave(viewer)
    stage.happen(reported("2"))
    await asyncio.sleep(PATIENCE_S * 2)
    stage.happen(levelled("1871", 2, 9))
    again = Viewer()
    stage.hub.join(again, since=last, boot=stage.hub.boot)
    frames = await drain(again)
    assert [frame.kind for frame in frames] == ["delta", "delta", "tick"]
    assert frames[0].header["prev"] == last
    assert frames[1].header["prev"] == frames[0].header["id"]
    assert frames[2].header["hash"] == stage.picture.state_hash()


async def test_catching_up_does_not_make_a_viewer_slow() -> None:
    stage = Stage()
    since = stage.picture.last_id
    for number in range(MOST_WAITING + 10):
        stage.happen(reported(str(number)))
        stage.hub.flush()
    viewer = Viewer()
    stage.hub.join(viewer, since=since, boot=stage.hub.boot)
    stage.happen(reported("later"))
    stage.hub.flush()
    frames = await drain(viewer)
    assert [frame.kind for frame in frames] == ["delta"] * (MOST_WAITING + 10) + ["tick", "delta"]


async def test_a_viewer_of_another_run_or_of_long_ago_gets_a_snapshot() -> None:
    stage = Stage()
    stage.happen(reported())
    for since, boot in (("1-0", "another run"), ("0-7", stage.hub.boot)):
        viewer = Viewer()
        stage.hub.join(viewer, since=since, boot=boot)
        assert (await drain(viewer))[0].kind == "snapshot"


async def test_a_stalled_viewer_is_given_a_snapshot_and_costs_the_others_nothing() -> None:
    stage = Stage()
    stalled, quick = Viewer(), Viewer()
    stage.hub.join(stalled)
    stage.hub.join(quick)
    seen = len(await drain(quick))
    for number in range(MOST_WAITING + 5):
        stage.happen(reported(str(number)))
        stage.hub.flush()
        seen += len(await drain(quick))
    assert seen == MOST_WAITING + 5 + 2
    assert await stalled.take() is None
    stage.hub.resync(stalled)
    snapshot = (await drain(stalled))[0]
    assert len(snapshot.header["incidents"]) == MOST_WAITING + 5


async def test_frames_go_straight_out_while_nothing_waits_and_queue_where_the_network_takes_no_more() -> None:
    stage = Stage()
    went: list[bytes] = []
    takes = [True]

    def write(message: bytes) -> bool:
        if takes[0]:
            went.append(message)
        return takes[0]

    def happen(name: str) -> None:
        stage.happen(reported(name))
        stage.hub.flush()

    viewer = Viewer(write)
    stage.hub.join(viewer)
    happen("1")
    assert not went, "the snapshot has not been taken yet: nothing may overtake it"
    assert [await viewer.take() for _ in range(3)]
    happen("2")
    assert not went, "what was taken may not be sent yet"
    assert await viewer.take()
    waiting = asyncio.create_task(viewer.take())
    await asyncio.sleep(0)
    happen("3")
    assert len(went) == 1
    assert not waiting.done()
    takes[0] = False
    happen("4")
    takes[0] = True
    happen("5")
    later = [await waiting, await viewer.take()]
    ids = [read(unframed(message)).header["id"] for message in later if message is not None]
    assert (ids, len(went)) == (["4-0", "5-0"], 1)


async def test_many_joining_at_once_share_one_snapshot_and_get_what_came_since() -> None:
    stage = Stage()
    stage.happen(reported())
    first, second = Viewer(), Viewer()
    stage.hub.join(first)
    stage.happen(reported("2"))
    stage.hub.join(second)
    shared, delta, _ = await drain(second)
    assert shared.header["id"] == "1-0"
    assert delta.header["prev"] == "1-0"
    assert [incident["id"] for incident in delta.header["incidents"]] != [K1]
