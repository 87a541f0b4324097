"""Breaks real messages in every way that a bad line, a bad program or a bad person might. Deterministic by seed."""

import random
from pathlib import Path

import orjson

DATA = Path(__file__).parent / "data"
#: What parsers have choked on elsewhere.
NASTY = (
    b"\x00",
    b"\xff\xfe",
    b"&lol;",
    b"<!DOCTYPE a [<!ENTITY lol 'x'>]>",
    b"]]>",
    b"<![CDATA[",
    b"</event>",
    b"<event ",
    b"1e999",
    b"-1e999",
    b"NaN",
    b"Infinity",
    b"9" * 400,
    b"-0",
    b"%00",
    b"%ff",
    b"\xed\xa0\x80",
    b'"' * 50,
    b"{" * 60,
    b"[" * 60,
    b"\xbf\x01\xbf",
    b"\xbf\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    b"=cmd|' /C calc'!A0",
    b"\r\n\r\n",
    b"",
    b"'" * 9,
    b"true",
    b"null",
    b"\\u0000",
    b"2024-02-30T25:61:61+99:99",
    b"\xe2\x80\xae",
    b"+" * 30,
    b",;\t|" * 20,
)


def seeds() -> dict[str, list[bytes]]:
    """Real messages by protocol."""
    vectors = [orjson.loads(line) for line in _lines("client_vectors/traccar_http_vectors.jsonl")]
    queries = [
        v["path"].partition("?")[2].encode() for v in vectors if v["protocol"] == "osmand" and "?" in v["path"]
    ]
    bodies = [v["body"].encode() for v in vectors if v["protocol"] == "osmand" and v.get("body")]
    return {
        "osmand": queries + bodies,
        "owntracks": [v["body"].encode() for v in vectors if v["protocol"] == "owntracks"],
        "cot": [bytes.fromhex(orjson.loads(line)["hex"]) for line in _lines("client_vectors/pytak_capture.jsonl")],
        "cap": [path.read_bytes() for path in sorted((DATA / "bmkg").glob("*.xml"))],
        "csv": [
            b"No;Tanggal;Jam;Kecamatan;Jenis Kejadian;Uraian;LR\n1;27/11/2024;14.05;Sukadana;Unras;tertib;2\n",
            b"external_id,occurred_at,category,severity,title,lon,lat\n1,2024-11-27T01:00:00Z,banjir,3,x,105.2,-5.4\n",
        ],
        "sms": [b"LAP UNRAS SUKADANA 200 KUNING", b"LAP BANJIR LABUHAN RATU LAMTIM 40 ORG. air setinggi lutut"],
    }


def mutated(rng: random.Random, data: bytes, others: list[bytes]) -> bytes:
    """The message with one to four faults."""
    broken = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randint(0, len(broken))
        kind = rng.randrange(7)
        if kind == 0 and broken:
            broken[at % len(broken)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            broken[at:at] = rng.choice(NASTY)
        elif kind == 2:
            del broken[at : at + rng.randint(1, 30)]
        elif kind == 3:
            broken[at : at + rng.randint(1, 20)] = rng.choice(NASTY)
        elif kind == 4:
            broken[at:at] = broken[at : at + rng.randint(1, 60)] * rng.randint(1, 5)
        elif kind == 5:
            other = rng.choice(others)
            broken[at:] = other[rng.randint(0, len(other)) :]
        else:
            del broken[at:]
    return bytes(broken)


def _lines(name: str) -> list[bytes]:
    return (DATA / name).read_bytes().splitlines()
