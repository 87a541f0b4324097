"""What the API says of a polling station: every class and flag under the owner and the date that it rests on."""

from typing import Any

from feeds.events import TpsListed
from feeds.tps import FLAGS, Tps
from geo.jurisdictions import jurisdiction_of


def tps_feature(tps: Tps, event: TpsListed, *, personal: bool = True) -> dict[str, Any]:
    """A station as a GeoJSON feature. Not `personal`: without place and address, which may say whose house."""
    properties = _told(tps, _shared(event), personal)
    return _feature(tps, {**properties, "flags": tps.flags})


def flat_tps_feature(tps: Tps, event: TpsListed, *, personal: bool = True) -> dict[str, Any]:
    """The same for a table, whose cells hold no lists: each flag is a column of its own."""
    properties = _told(tps, _shared(event), personal)
    return _feature(tps, properties | {flag: flag in tps.flags for flag in FLAGS})


def _feature(tps: Tps, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": [tps.lon, tps.lat]}
    return {"type": "Feature", "id": tps.id, "geometry": geometry, "properties": properties}


def _told(tps: Tps, shared: dict[str, Any], personal: bool) -> dict[str, Any]:
    owner, date = shared["owner"], shared["date"]
    return {
        "id": tps.id,
        "number": tps.number,
        "village": tps.village,
        "village_code": tps.village_code,
        **shared["area"],
        "place": tps.place if personal else "",
        "address": tps.address if personal else "",
        "voters": tps.voters,
        "men": tps.men,
        "women": tps.women,
        "class": tps.klass,
        "class_owner": owner.get(tps.classed),
        "class_date": date.get(tps.classed),
        "flags_owner": owner.get(tps.flagged),
        "flags_date": date.get(tps.flagged),
        "listed_owner": owner.get(tps.listed),
        "listed_date": date.get(tps.listed),
        "located": tps.located,
        "astray": tps.astray,
        "simulated": shared["simulated"],
    }


def _shared(event: TpsListed) -> dict[str, Any]:
    """What all stations of a list have alike."""
    regency = event.district[:4]
    return {
        "area": {
            "district": event.district,
            "regency": regency,
            "polres": jurisdiction_of("polres", regency),
            "kodim": jurisdiction_of("kodim", regency),
        },
        "owner": {code: known.owner for code, known in event.references.items()},
        "date": {code: known.date for code, known in event.references.items()},
        "simulated": event.simulated,
    }
