"""What the API says of a polling station: every class and flag under the owner and the date that it rests on."""

from typing import Any

from feeds.events import TpsListed
from feeds.tps import FLAGS, Tps
from geo.jurisdictions import jurisdiction_of


def tps_feature(tps: Tps, event: TpsListed, *, personal: bool = True) -> dict[str, Any]:
    """A station as a GeoJSON feature. Not `personal`: without place and address, which may say whose house."""
    regency = event.district[:4]
    properties = {
        "id": tps.id,
        "number": tps.number,
        "village": tps.village,
        "village_code": tps.village_code,
        "district": event.district,
        "regency": regency,
        "polres": jurisdiction_of("polres", regency),
        "kodim": jurisdiction_of("kodim", regency),
        "place": tps.place if personal else "",
        "address": tps.address if personal else "",
        "voters": tps.voters,
        "men": tps.men,
        "women": tps.women,
        "class": tps.klass,
        **_reference(event, tps.classed, "class"),
        "flags": tps.flags,
        **_reference(event, tps.flagged, "flags"),
        **_reference(event, tps.listed, "listed"),
        "located": tps.located,
        "astray": tps.astray,
        "simulated": event.simulated,
    }
    geometry = {"type": "Point", "coordinates": [tps.lon, tps.lat]}
    return {"type": "Feature", "id": tps.id, "geometry": geometry, "properties": properties}


def flat_tps_feature(tps: Tps, event: TpsListed, *, personal: bool = True) -> dict[str, Any]:
    """The same for a table, whose cells hold no lists: each flag is a column of its own."""
    feature = tps_feature(tps, event, personal=personal)
    flags = feature["properties"].pop("flags")
    feature["properties"] |= {flag: flag in flags for flag in FLAGS}
    return feature


def _reference(event: TpsListed, code: str, part: str) -> dict[str, Any]:
    known = event.references.get(code)
    return {f"{part}_owner": known.owner if known else None, f"{part}_date": known.date if known else None}
