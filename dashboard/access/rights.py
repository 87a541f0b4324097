"""Rights = role x area x sensitivity x action, in one table. Pure: no store, no clock, no web.

Everything that asks "may this caller ...?" asks here. A right that is not in the table does not exist.

    sensitivity   normal      everybody who reads the picture
                  neutrality  reports about the neutrality of officials, and restricted election reports
                  informant   every other restricted report: somebody's safety may hang on it
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, get_args

from feeds.events import Action
from feeds.incident import Incident, Secrecy
from geo.areas import PROVINCE, Areas

Role = Literal["admin", "komando", "satwil", "bawaslu", "kpu", "pemda", "layar", "sumber"]
Kind = Literal["person", "token", "demo"]
#: Where a role's rights hold: the whole province, the areas given to each holder, or those if any are given.
Where = Literal["province", "given", "given or province"]
Right = Literal[
    "read",  # the picture: pages, lists, map, levels, counts, live feed
    "detail",  # free text, history, callsigns: what may name people
    "terms",  # taxonomy, areas, the API's description
    "report",
    "position",
    Action,  # each action on an incident is a right of its own
    "level",  # set an area's level aside for a while, declare a readiness
    "tune",  # change the numbers of the risk model
    "identity",  # look at who reported, on a restricted report
    "sources",  # register sources: who may send what for which areas
    "resend",  # put right what was refused, and send it again
    "metrics",
    "audit",  # read and export the audit
    "people",  # manage people and tokens
    "account",  # one's own password and sessions
]

ROLES: Final[tuple[Role, ...]] = get_args(Role)
RIGHTS: Final[tuple[Right, ...]] = get_args(Right)


@dataclass(frozen=True, slots=True)
class Rule:
    """One role's line of the table."""

    where: Where
    sees: frozenset[Secrecy]
    may: frozenset[Right]
    is_token: bool = False


def _rule(where: Where, sees: str, may: str, *, is_token: bool = False) -> Rule:
    secrecies = frozenset(name for name in get_args(Secrecy) if name in sees.split())
    rights = frozenset(name for name in RIGHTS if name in may.split())
    return Rule(where, secrecies, rights, is_token)


_ACTS: Final = "verify reject assign respond on_scene resolve reopen comment correct merge share"
_DUTY: Final = f"report position {_ACTS} level"
_RULES: Final = "audit metrics tune resend"
_BASE: Final = "read detail terms account"

# fmt: off
TABLE: Final[Mapping[Role, Rule]] = MappingProxyType({
    #                where                sees                           may
    "admin":   _rule("province",          "normal",                      f"{_BASE} people sources audit metrics"),
    "komando": _rule("province",          "normal neutrality informant", f"{_BASE} {_DUTY} identity {_RULES}"),
    "satwil":  _rule("given",             "normal informant",            f"{_BASE} {_DUTY} identity"),
    "bawaslu": _rule("given or province", "normal neutrality",           f"{_BASE} report comment share identity"),
    "kpu":     _rule("given or province", "normal",                      f"{_BASE} report comment"),
    "pemda":   _rule("given or province", "normal",                      f"{_BASE}"),
    "layar":   _rule("given or province", "normal",                      "read terms metrics", is_token=True),
    "sumber":  _rule("given or province", "",                            "terms report position", is_token=True),
})
# fmt: on


class BadGrant(ValueError):
    """A role and areas that do not go together; the text says what to give instead."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The places that rights hold for. `everywhere` includes what lies in no area at all, such as the open sea."""

    everywhere: bool
    regencies: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()

    def holds(self, regency: str | None, district: str | None) -> bool:
        """Whether something in this regency and district (either may be unknown) lies within."""
        return self.everywhere or regency in self.regencies or district in self.districts


@dataclass(frozen=True, slots=True)
class Scope:
    """What a caller sees. Two callers with equal scopes see the same picture, byte for byte."""

    reach: Reach
    secrecies: frozenset[Secrecy]
    personal: bool

    def sees(self, incident: Incident) -> bool:
        report = incident.report
        return incident.secrecy in self.secrecies and self.reach.holds(report.regency, report.district)

    def sees_area(self, code: str) -> bool:
        """Whether the level of a regency or district (by its code) is within."""
        reach = self.reach
        return bool(self.secrecies) and (
            reach.everywhere or code in reach.regencies or code in reach.districts or code[:4] in reach.regencies
        )

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the picture is kept from it."""
        return self.reach.everywhere and self.personal and self.secrecies == frozenset(get_args(Secrecy))


WHOLE: Final = Scope(Reach(everywhere=True), frozenset(get_args(Secrecy)), personal=True)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody or something that has shown who it is. `areas` as they were given, `scope` what they come to."""

    name: str
    role: Role
    areas: tuple[str, ...]
    kind: Kind
    scope: Scope

    def may(self, right: Right) -> bool:
        return right in TABLE[self.role].may

    def sees(self, incident: Incident) -> bool:
        return self.scope.sees(incident)

    def sees_area(self, code: str) -> bool:
        return self.scope.sees_area(code)

    def reaches(self, regency: str | None, district: str | None) -> bool:
        """Whether the caller may write there."""
        return self.scope.reach.holds(regency, district)


def caller_of(name: str, role: Role, codes: Iterable[str], kind: Kind, areas: Areas) -> Caller:
    """The caller with this role in these areas. Raises `BadGrant` or `UnknownArea`."""
    rule = TABLE[role]
    known = grant(role, codes, areas)
    reach = _reach(known, areas)
    return Caller(name, role, known, kind, Scope(reach, rule.sees, "detail" in rule.may))


def grant(role: Role, codes: Iterable[str], areas: Areas) -> tuple[str, ...]:
    """The areas that a holder of `role` gets when these are asked for. Raises `BadGrant` or `UnknownArea`."""
    known = tuple(dict.fromkeys(areas.get(code).code for code in codes))
    where = TABLE[role].where
    if where == "province" and set(known) - {PROVINCE}:
        raise BadGrant(f"role {role} holds for the whole province: leave out the areas ({', '.join(known)})")
    if where == "given" and not known:
        raise BadGrant(f"role {role} holds for areas: name at least one, such as 1806, polres:metro or kodim:0422")
    return known or (PROVINCE,)


def _reach(codes: Iterable[str], areas: Areas) -> Reach:
    found = [areas.get(code) for code in codes]
    if any(area.level == "province" for area in found):
        return Reach(everywhere=True)
    return Reach(
        everywhere=False,
        regencies=frozenset(code for area in found if area.level != "district" for code in area.regencies),
        districts=frozenset(area.code for area in found if area.level == "district"),
    )
