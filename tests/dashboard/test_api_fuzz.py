"""Whatever the API's own description allows, and what it does not: no answer is a 5xx, none is undescribed.

`make fuzz` asks much more of it (SIGER_FUZZ_EXAMPLES), from other seeds.
"""

import contextlib
import os
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from starlette.testclient import TestClient

from tests.dashboard.reports import incident, position

EXAMPLES = int(os.environ.get("SIGER_FUZZ_EXAMPLES", "4"))


@pytest.fixture
def asked(client: TestClient) -> tuple[Any, TestClient]:
    """The description as a schema, and a Siger that is not empty."""
    client.post("/api/v1/incidents", json=incident())
    client.post("/api/v1/positions", json=position())
    return schemathesis.openapi.from_dict(client.get("/api/v1/openapi.json").json()), client


@pytest.mark.timeout(60 + 10 * EXAMPLES)
def test_every_operation_answers_as_it_is_described(asked: tuple[Any, TestClient]) -> None:
    schema, client = asked
    seen: set[str] = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        try_out(operation, GenerationMode.POSITIVE, client, seen)
        asks = operation.definition.raw
        if asks.get("parameters") or asks.get("requestBody"):
            with contextlib.suppress(Unsatisfiable):  # of a mere path everything holds
                try_out(operation, GenerationMode.NEGATIVE, client, seen)
    assert len(seen) > 40
    assert client.get("/readyz").status_code == 200
    assert client.get("/api/v1/sources").json()["unreadable"] == [], "what was accepted can be read"


def try_out(operation: Any, mode: GenerationMode, client: TestClient, seen: set[str]) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize="SIGER_FUZZ_EXAMPLES" not in os.environ,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers(case: Any) -> None:
        check(case, operation, send(case, client))
        seen.add(operation.label)

    answers()


def send(case: Any, client: TestClient) -> Any:
    told = case.as_transport_kwargs(base_url="http://testserver")
    data = told.get("data")
    body = {"json": told["json"]} if told.get("json") is not None else {}
    if data is not None:
        body = {"content": data if isinstance(data, bytes | str) else str(data)}
    headers = {name: quote(str(value), safe=" /;=.,*") for name, value in told["headers"].items()}
    return client.request(told["method"], told["url"], params=told.get("params"), headers=headers, **body)


def check(case: Any, operation: Any, answer: Any) -> None:
    what = f"{operation.label} answered {answer.status_code}: {answer.text[:300]}\n{case.as_curl_command()}"
    assert answer.status_code < 500, what
    described = operation.definition.raw["responses"]
    known = described.get(str(answer.status_code))
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if known is None:
        assert kind == "application/problem+json", what
    elif known.get("content") and answer.content:
        assert kind in {media.partition(";")[0] for media in known["content"]}, what
