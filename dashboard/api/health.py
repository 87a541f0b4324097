"""Whether Siger lives, is ready, and how it does: `/healthz`, `/readyz`, `/metrics`."""

from collections.abc import Iterator

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from dashboard.access.gate import caller_of
from dashboard.access.rights import Scope
from dashboard.api.answers import Json
from dashboard.api.problems import document
from dashboard.house import House, house_of
from feeds.clock import now_ms
from feeds.lease import ENGINE, Lease

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="200 when the process lives")
async def alive() -> Response:
    return Json({"status": "ok"})


@router.get("/readyz", summary="200 when the log answers and the picture is built, else 503 with the reason")
async def ready(request: Request) -> Response:
    """`engine`: whether a process computes levels, alarms and the archive; null when the log does not say."""
    situation = house_of(request).situation
    if not situation.log_state().up:
        return document(503, "Not ready", f"the log does not answer: {situation.reason}")
    if not situation.caught_up.is_set():
        return document(503, "Not ready", f"the picture is being built: {situation.applied} events so far")
    # No more than that: this door is open, and that something has just happened may be a restricted report.
    engine = await Lease(situation.history.log, ENGINE).is_held()
    return Json({"status": "ready", "engine": engine})


@router.get("/metrics", summary="Prometheus metrics")
async def metrics(request: Request) -> Response:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_HouseMetrics(house_of(request), caller_of(request).scope))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _HouseMetrics(Collector):
    """Reads the figures off the running parts at the moment of asking; nothing is counted twice."""

    def __init__(self, house: House, scope: Scope) -> None:
        self._house = house
        self._scope = scope

    def collect(self) -> Iterator[Metric]:
        house = self._house
        state = house.situation.log_state()
        taxonomy = house.taxonomy
        # Whoever reads metrics may not be let into everything: restricted reports and their events count nowhere.
        incidents = [i for i in house.picture.incidents.values() if i.secrecy == "normal"]
        opened = sum(taxonomy.is_open(i.status) for i in incidents)
        yield _gauge("siger_log_up", "1 while the log answers", float(state.up))
        yield _gauge("siger_data_age_seconds", "Since the log last answered", _age_s(state.seen_ms))
        yield _gauge("siger_incidents", "Incidents in the picture", len(incidents))
        yield _gauge("siger_incidents_open", "Open incidents in the picture", opened)
        yield _gauge("siger_units", "Units in the picture", len(house.picture.units))
        yield _gauge("siger_viewers", "Open live sockets", house.hub.viewer_count)
        yield _counter("siger_events_applied", "Log entries applied since start", self._applied())
        yield _counter("siger_events_unreadable", "Log entries left out", house.situation.unreadable)
        yield _counter("siger_frames", "Live frames encoded since start", house.hub.frames_for(self._scope))
        yield _counter("siger_resyncs", "Snapshots sent to viewers that fell behind", house.hub.resyncs)

    def _applied(self) -> int:
        situation = self._house.situation
        return situation.applied if self._scope.is_whole else situation.applied_openly


def _age_s(seen_ms: int) -> float:
    return (now_ms() - seen_ms) / 1000 if seen_ms else float("inf")


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(name, text, value=value)
