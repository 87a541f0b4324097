"""Registering sources over HTTP and at the command line, and that every way in goes by it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from starlette.testclient import TestClient

from dashboard.app import create_app
from dashboard.cli import main
from dashboard.cli.sending import Server
from dashboard.settings import Settings
from feeds.log import EventLog
from feeds.picture import Source
from tests.dashboard.people import Siger
from tests.dashboard.reports import incident, now_text, position
from tests.dashboard.waiting import wait_until

HOSTILE = "<img src=x onerror=alert(1)>"
TANGGAMUS = {"lon": 104.62, "lat": -5.5}
ALERT = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>a-{n}</identifier>
<sender>s</sender><sent>{now}</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
<info><language>id</language><category>Met</category><event>Hujan Lebat</event><urgency>Immediate</urgency>
<severity>Severe</severity><certainty>Observed</certainty><expires>{then}</expires><headline>Hujan lebat</headline>
<area><areaDesc>Kota Bandar Lampung</areaDesc><geocode><valueName>x</valueName><value>18.71</value></geocode></area>
</info></alert>"""


def put(client: TestClient, name: str, **item: Any) -> None:
    answer = client.put(f"/api/v1/sources/{name}", json={"why": "uji coba", **item})
    assert answer.status_code == 200, answer.text


def reasons(answer: Any) -> str:
    assert answer.status_code == 403, answer.text
    return str(answer.json()["detail"])


def test_an_administrator_registers_and_everybody_goes_by_it(running: Siger) -> None:
    running.add("ani", "admin")
    running.add("kom", "komando")
    admin, komando = running.client("ani"), running.client("kom")
    program = running.client(token=running.issue("gateway", "sumber", "18"))
    assert komando.put("/api/v1/sources/gateway", json={"why": "uji"}).status_code == 403
    assert program.post("/api/v1/incidents", json=incident()).status_code == 201, "nobody needs to be registered"
    put(admin, "gateway", areas=["1871"], sends=["incidents"], every_s=60, why="hanya kota")

    def is_limited() -> bool:
        return program.post("/api/v1/positions", json=position()).status_code == 403

    wait_until(is_limited)
    assert "may send incidents, not positions" in reasons(program.post("/api/v1/positions", json=position()))
    outside = incident(external_id="2", **TANGGAMUS)
    assert "may report for 1871, not for" in reasons(program.post("/api/v1/incidents", json=outside))
    put(admin, "lain", senders=["other"])
    stolen = incident(external_id="3", source="lain")
    wait_until(lambda: program.post("/api/v1/incidents", json=stolen).status_code == 403)
    assert "not by 'gateway'" in reasons(program.post("/api/v1/incidents", json=stolen))

    put(admin, "gateway", enabled=False, title=HOSTILE, why="mengirim ngawur")
    wait_until(lambda: program.post("/api/v1/incidents", json=incident(external_id="4")).status_code == 403)
    assert "mengirim ngawur" in reasons(program.post("/api/v1/incidents", json=incident(external_id="4")))
    (shown,) = [one for one in admin.get("/api/v1/sources").json()["sources"] if one["name"] == "gateway"]
    told = shown["registration"]
    assert (told["by"], told["why"], told["enabled"], told["title"]) == ("ani", "mengirim ngawur", False, HOSTILE)
    assert "source.register" in str(running.run(_audit(running)))


async def _audit(running: Siger) -> list[bytes]:
    return [link.body async for link in running.access.audit.links()]


def test_a_registration_that_does_not_hold_names_the_field(running: Siger) -> None:
    running.add("ani", "admin")
    admin = running.client("ani")
    hostile: list[object] = [
        {},
        {"why": "x"},
        {"why": "uji coba", "areas": ["9999"]},
        {"why": "uji coba", "sends": ["gossip"]},
        {"why": "uji coba", "every_s": 0},
        {"why": "uji coba", "unknown": 1},
        [1, 2],
    ]
    for item in hostile:
        answer = admin.put("/api/v1/sources/app", json=item)
        assert answer.status_code == 422, item
        assert answer.json()["errors"]
    assert admin.put("/api/v1/sources/siger:levels", json={"why": "uji coba"}).status_code == 422


def alert(number: int) -> str:
    now = datetime.now(UTC)
    return ALERT.format(n=number, now=now.isoformat(), then=(now + timedelta(hours=1)).isoformat())


WAYS: dict[str, Callable[[TestClient, int], Any]] = {
    "api": lambda c, n: c.post("/api/v1/incidents", json=incident(external_id=str(n))),
    "cap": lambda c, n: c.post("/ingest/cap", content=alert(n)),
    "gpslogger": lambda c, _: c.get(f"/ingest/gpslogger?id=g-1&lat=-5.43&lon=105.266&time={now_text()[:19]}Z"),
    "osmand": lambda c, _: c.get("/ingest/osmand?id=o-1&lat=-5.43&lon=105.266"),
    "owntracks": lambda c, _: c.post(
        "/ingest/owntracks?u=u&d=d",
        json={"_type": "location", "lat": -5.43, "lon": 105.266, "tst": int(datetime.now(UTC).timestamp())},
    ),
    "sms": lambda c, n: c.get(f"/ingest/sms?from=%2B62811&text=LAP+UNRAS+SUKADANA+{200 + n}+KUNING&id={n}"),
}


@pytest.mark.parametrize("way", sorted(WAYS))
def test_a_disabled_source_is_refused_on_every_way_in_kept_and_counted(
    client: TestClient, app: FastAPI, way: str
) -> None:
    assert WAYS[way](client, 1).status_code < 300
    house = app.state.house
    register(client, app, way, enabled=False)
    wait_until(lambda: not house.registry.is_open)
    WAYS[way](client, 2)
    wait_until(lambda: len(client.get("/api/v1/refused").json()["refused"]) == 1)
    (kept,) = client.get("/api/v1/refused").json()["refused"]
    assert f"source '{way}' was disabled" in kept["reasons"][0]

    def counts() -> tuple[int, int]:
        found = {one["name"]: one for one in client.get("/api/v1/sources").json()["sources"]}
        return found[way]["accepted"], found[way]["refused"]

    wait_until(lambda: counts() == (1, 1))
    register(client, app, way, enabled=True)
    wait_until(lambda: house.registry.names[way].enabled)
    assert client.post(f"/api/v1/refused/{kept['id']}/resend").status_code == 201


def register(client: TestClient, app: FastAPI, name: str, **fields: Any) -> None:
    from tests.feeds.test_registry import registered

    assert client.portal is not None
    client.portal.call(app.state.house.log.append, [registered(name, **fields)])


def test_what_was_not_understood_is_kept_and_can_be_put_right(client: TestClient) -> None:
    assert client.get("/ingest/osmand?id=o-1&lat=x&lon=105").status_code == 400
    (kept,) = client.get("/api/v1/refused").json()["refused"]
    assert (kept["road"], kept["source"]) == ("osmand", "osmand")
    assert "lat=x" in kept["data"]
    assert client.post(f"/api/v1/refused/{kept['id']}/resend").status_code == 422
    assert client.post(f"/api/v1/refused/{kept['id']}/resend", json=position()).status_code == 201


def test_a_closed_registry_takes_only_what_is_registered(log_url: str, tmp_path: Path) -> None:
    settings = Settings(mode="demo", data_dir=tmp_path, sources="registered")
    app = create_app(settings, EventLog.open(log_url, prefix="test-closed"))
    with TestClient(app, raise_server_exceptions=False) as client:
        wait_until(lambda: client.get("/readyz").status_code == 200)
        assert "siger sources set" in reasons(client.post("/api/v1/incidents", json=incident()))
        register(client, app, "api")
        wait_until(lambda: client.post("/api/v1/incidents", json=incident()).status_code == 201)


def test_nihil_and_signs_of_life_are_taken_in(client: TestClient, app: FastAPI) -> None:
    since = (datetime.now(UTC) - timedelta(hours=6)).isoformat()
    assert (
        client.post("/api/v1/beats", json={"area": "1806", "since": since, "source": "polres"}).status_code == 201
    )
    assert client.post("/api/v1/beats", json={}).status_code == 201
    assert client.post("/api/v1/beats", json={"area": "9999", "since": since}).status_code == 422
    assert client.post("/api/v1/beats", json={"area": "1806"}).status_code == 422
    wait_until(lambda: app.state.house.picture.sources.get("polres", Source()).nihil.keys() == {"1806"})


def test_the_command_registers_lists_and_disables(tmp_path: Path) -> None:
    environment = {"SIGER_DATA_DIR": str(tmp_path)}

    def run(*words: str) -> str:
        done = CliRunner().invoke(main, ["sources", *words], env=environment)
        assert done.exit_code == 0, done.output
        return done.output

    run("set", "kodim", "--area", "1806", "--every", "60", "--title", "Kodim 0424", "--why", "baru")
    run("set", "kodim", "--sends", "positions", "--why", "hanya posisi")
    assert "sends positions; areas 1806; every 60 s" in run("list")
    run("disable", "kodim", "--why", "rusak")
    assert "rusak" in run("list")
    run("enable", "kodim", "--why", "baik lagi")
    assert "disabled" not in run("list")
    line = f'{{"external_id": "1", "occurred_at": "{now_text()}", "category": "curas", "severity": 2, "title": "x"'
    sent = CliRunner().invoke(
        main,
        ["publish", "--source", "kodim"],
        env=environment,
        input=line + ', "lon": 105.266, "lat": -5.43}\n',
    )
    assert "may send positions, not incidents" in sent.output
    assert (
        CliRunner().invoke(main, ["sources", "set", "x", "--area", "99", "--why", "uji"], env=environment).exit_code
    )


def test_publishing_to_a_server_tells_the_reason_line_by_line(client: TestClient, app: FastAPI) -> None:
    register(client, app, "api", areas=("1806",))
    wait_until(lambda: not app.state.house.registry.is_open)
    receiver = Server(client)
    for sent in (receiver.positions([position(), position()]), receiver.incidents([incident()])):
        assert sent.accepted == 0
        assert len(sent.refused) > 0
        assert all("may report for 1806, not for 1871" in problem.reason for _, problem in sent.refused)
