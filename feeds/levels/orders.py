"""What an officer orders about levels, checked: overrides, readiness, parameters. Each is an event with a reason.

Whether somebody may order it is decided where it is taken in; here only whether it makes sense.
"""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from feeds.clock import epoch_ms
from feeds.events import LevelNumber, LevelOverridden, ParameterChanged, Readiness, ReadinessDeclared
from feeds.inputs import Line, Moment, Problem, problems_of
from feeds.intake import Refusal, Refused
from feeds.levels.parameters import ParameterError, Parameters

#: An override is for the hours of a situation; who needs longer says so again.
LONGEST_OVERRIDE_MS = 7 * 24 * 3_600_000

Why = Annotated[Line, Field(min_length=3, max_length=500)]


class _Order(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    why: Why


class OverrideIn(_Order):
    """A level to be shown beside the computed one until a time; `level` null takes an override back."""

    level: LevelNumber | None
    until: Moment | None = None

    @model_validator(mode="after")
    def _has_end(self) -> "OverrideIn":
        if self.level is not None and self.until is None:
            raise ValueError("an override needs 'until', the time at which it ends")
        return self


class ReadinessIn(_Order):
    """The readiness that is ordered for the province or another area."""

    area: Annotated[str, Field(max_length=40)] = "18"
    readiness: Readiness
    since: Moment | None = None


class ParameterIn(_Order):
    """A parameter of the risk model and its new value; null goes back to the bundled one."""

    name: Annotated[str, Field(max_length=60)]
    value: Annotated[float, Field(allow_inf_nan=False)] | None


Order = TypeVar("Order", bound=_Order)


def read(model: type[Order], item: object) -> Order:
    """The order in a request's body. Raises `Refused` naming the fields."""
    try:
        return model.model_validate(item)
    except ValidationError as error:
        raise Refused([Refusal(0, tuple(problems_of(error)))]) from error


def override(order: OverrideIn, area: str, now_ms: int, **who: Any) -> LevelOverridden:
    """The event of an override. Raises `Refused` when it would end in the past or too late."""
    until_ms = epoch_ms(order.until) if order.until else now_ms
    if order.level is not None and not now_ms < until_ms <= now_ms + LONGEST_OVERRIDE_MS:
        raise _refused("until", str(order.until), "must lie ahead, at most 7 days; it can be ordered again")
    return LevelOverridden(
        at_ms=now_ms, received_ms=now_ms, area=area, level=order.level, until_ms=until_ms, why=order.why, **who
    )


def readiness(order: ReadinessIn, area: str, now_ms: int, **who: Any) -> ReadinessDeclared:
    """The event of a readiness order; it may be dated back to when it was given, never ahead."""
    since_ms = epoch_ms(order.since) if order.since else now_ms
    if since_ms > now_ms:
        raise _refused("since", str(order.since), "lies ahead; declare it when it begins")
    return ReadinessDeclared(
        at_ms=since_ms, received_ms=now_ms, area=area, readiness=order.readiness, why=order.why, **who
    )


def parameter(order: ParameterIn, known: Parameters, now_ms: int, **who: Any) -> ParameterChanged:
    """The event of a changed parameter. Raises `Refused` for an unknown one or a value out of range."""
    try:
        if order.value is None:
            known.check(order.name, known.table[order.name].value if order.name in known.table else 0.0)
        else:
            known.changed([(order.name, order.value)])
    except ParameterError as error:
        raise _refused("name", order.name, str(error)) from error
    return ParameterChanged(
        at_ms=now_ms, received_ms=now_ms, name=order.name, value=order.value, why=order.why, **who
    )


def _refused(field: str, value: str, reason: str) -> Refused:
    return Refused([Refusal(0, (Problem(field, value, reason),))])
