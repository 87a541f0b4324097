"""The table of rights: who sees and may what, where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.access.rights import RIGHTS, ROLES, TABLE, WHOLE, BadGrant, Caller, Role, caller_of, grant
from feeds.events import Correction, IncidentActed, IncidentReported
from feeds.incident import Incident, fold
from feeds.taxonomy import bundled as taxonomy
from geo.areas import UnknownArea
from geo.areas import bundled as areas


def caller(role: Role, *codes: str) -> Caller:
    return caller_of("ani", role, codes, "person", areas())


def report(**facts: object) -> IncidentReported:
    fields: dict[str, object] = {
        "at_ms": 1,
        "received_ms": 1,
        "source": "t",
        "incident": "K1",
        "external_id": "1",
        "category": "tawuran",
        "severity": 3,
        "title": "Tawuran",
        "lon": 104.6,
        "lat": -5.4,
        "regency": "1806",
        "district": "180601",
        **facts,
    }
    return IncidentReported.model_validate(fields)


def act(action: str, actor: str | None = "ani", **facts: object) -> IncidentActed:
    fields = {
        "at_ms": 2,
        "received_ms": 2,
        "source": "t",
        "actor": actor,
        "incident": "K1",
        "action": action,
        **facts,
    }
    return IncidentActed.model_validate(fields)


def folded(*events: IncidentReported | IncidentActed) -> Incident:
    incident = fold(((f"{number}-0", event) for number, event in enumerate(events, 1)), taxonomy())
    assert incident is not None
    return incident


def test_the_table_names_every_role_and_only_known_rights() -> None:
    assert set(TABLE) == set(ROLES)
    assert set().union(*(rule.may for rule in TABLE.values())) == set(RIGHTS)


def test_only_people_have_an_account_and_only_tokens_write_without_reading() -> None:
    for role, rule in TABLE.items():
        assert ("account" in rule.may) != rule.is_token, role
    assert "read" not in TABLE["sumber"].may


@pytest.mark.parametrize(
    ("role", "codes", "inside", "outside"),
    [
        ("satwil", ["polres:tanggamus"], ("1806", "180601"), ("1810", "181001")),
        ("satwil", ["kodim:0424"], ("1810", "181001"), ("1801", "180101")),
        ("satwil", ["18.06.01"], ("1806", "180601"), ("1806", "180602")),
        ("satwil", ["1806", "1871"], ("1871", None), ("1872", None)),
        ("kpu", [], (None, None), None),
    ],
)
def test_rights_hold_within_the_given_areas(
    role: Role, codes: list[str], inside: tuple[str, str], outside: tuple[str, str] | None
) -> None:
    who = caller(role, *codes)
    assert who.reaches(*inside)
    assert outside is None or not who.reaches(*outside)


def test_what_lies_in_no_area_is_seen_by_the_whole_province_alone() -> None:
    at_sea = folded(report(regency=None, district=None))
    assert caller("komando").sees(at_sea)
    assert not caller("satwil", *(area.code for area in areas().at("regency"))).sees(at_sea)


def test_who_sees_which_sensitivity() -> None:
    normal = folded(report())
    neutrality = folded(report(category="netralitas"))
    restricted_election = folded(report(category="politik_uang", sensitivity="restricted"))
    informant = folded(report(sensitivity="restricted"))
    seen = {
        role: [
            caller(role, *(["1806"] if role == "satwil" else [])).sees(incident)
            for incident in (normal, neutrality, restricted_election, informant)
        ]
        for role in ROLES
    }
    assert seen == {
        "admin": [True, False, False, False],
        "komando": [True, True, True, True],
        "satwil": [True, False, False, True],
        "bawaslu": [True, True, True, False],
        "kpu": [True, False, False, False],
        "pemda": [True, False, False, False],
        "layar": [True, False, False, False],
        "sumber": [False, False, False, False],
    }


def test_levels_are_seen_for_ones_own_regencies_and_their_districts() -> None:
    who = caller("satwil", "kodim:0424")
    assert [who.sees_area(code) for code in ("1806", "181003", "1801", "180101", "18")] == [True, True] + [
        False
    ] * 3
    assert caller("layar").sees_area("1801")
    assert not caller("sumber").sees_area("1801")


def test_a_grant_that_makes_no_sense_is_refused_in_words() -> None:
    with pytest.raises(BadGrant, match="at least one"):
        grant("satwil", [], areas())
    with pytest.raises(BadGrant, match="whole province"):
        grant("komando", ["1806"], areas())
    with pytest.raises(UnknownArea):
        grant("satwil", ["polres:tangamus"], areas())
    assert grant("satwil", ["18.06", "1806"], areas()) == ("1806",)


@given(st.sampled_from(ROLES), st.sampled_from([area.code for area in areas().at("regency")]))
def test_equal_rights_have_one_scope_and_only_komando_has_the_whole(role: Role, code: str) -> None:
    codes = [] if TABLE[role].where == "province" else [code]
    who = caller(role, *codes)
    again = caller(role, *(f"{code[:2]}.{code[2:]}" for code in codes))
    assert who.scope == again.scope
    assert hash(who.scope) == hash(again.scope)
    assert (who.scope == WHOLE) == who.scope.is_whole == (role == "komando")


def test_sharing_takes_two_people() -> None:
    secret = report(sensitivity="restricted")
    assert folded(secret, act("share", "ani")).secrecy == "informant"
    assert folded(secret, act("share", "ani"), act("share", "ani")).secrecy == "informant"
    assert folded(secret, act("share", None), act("share", "ani")).secrecy == "informant"
    shared = folded(secret, act("share", "ani"), act("share", "budi"))
    assert (shared.secrecy, shared.share_asked_by) == ("normal", "ani")


def test_a_report_can_be_restricted_afterwards_even_when_it_was_shared() -> None:
    restrict = act("correct", correction=Correction(sensitivity="restricted"))
    assert folded(report(), restrict).secrecy == "informant"
    again = folded(
        report(sensitivity="restricted"), act("share"), act("share", "budi"), restrict, act("share", "budi")
    )
    assert again.secrecy == "informant"
