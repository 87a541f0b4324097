"""`/ogc/…`: OGC API Features (parts 1.0 core, GeoJSON, OpenAPI 3.0), so that QGIS, GDAL and OWSLib open the
picture.

The next page goes on after the last id of the one before, not after a number of features: what comes in meanwhile
neither repeats nor hides anything (`offset` is there for clients that count). Unknown parameters are refused, as
the standard asks, because a filter that is silently ignored shows too much.
"""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api.answers import GeoJson, Json
from dashboard.api.ogc_description import OPENAPI_TYPE, api_description
from dashboard.api.ogc_layers import Layer, layers_of
from dashboard.api.ogc_query import LARGEST_PAGE, OgcQuery, page_of
from dashboard.api.problems import BadRequest
from dashboard.api.seen import note_look, view_of
from dashboard.house import house_of
from dashboard.view import View
from feeds.clock import now_ms, utc_text
from feeds.inputs import Problem, excerpt

router = APIRouter(prefix="/ogc", tags=["ogc"])

CONFORMS_TO = tuple(
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{part}" for part in ("core", "oas30", "geojson")
)
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
JSON, GEOJSON = "application/json", "application/geo+json"


@router.get("", summary="OGC API Features: where everything is")
@router.get("/", include_in_schema=False)
async def landing(request: Request) -> Response:
    base = _base(request)
    links = [
        _link(f"{base}/", "self", JSON, "This page"),
        _link(f"{base}/api", "service-desc", OPENAPI_TYPE, "The interface described"),
        _link(f"{base}/conformance", "conformance", JSON, "What it conforms to"),
        _link(f"{base}/collections", "data", JSON, "The layers"),
    ]
    title = "Siger (SIMULASI)" if house_of(request).hub.simulated else "Siger"
    return Json({"title": title, "description": "Situasi kamtibmas di Lampung", "links": links})


@router.get("/conformance", summary="OGC API Features: conformance classes")
async def conformance(_request: Request) -> Response:
    return Json({"conformsTo": CONFORMS_TO})


@router.get("/api", summary="OGC API Features: this part described in OpenAPI 3.0")
async def described(request: Request) -> Response:
    layers = layers_of(house_of(request), await view_of(request))
    description = api_description(_base(request), layers.values())
    return Json(description, media_type=OPENAPI_TYPE)


@router.get("/collections", summary="OGC API Features: the layers")
async def collections(request: Request) -> Response:
    base = _base(request)
    layers = layers_of(house_of(request), await view_of(request))
    found = [_collection(layer, base) for layer in layers.values()]
    links = [_link(f"{base}/collections", "self", JSON, "The layers")]
    return Json({"collections": found, "links": links})


@router.get("/collections/{layer}", summary="OGC API Features: one layer")
async def collection(request: Request, layer: str) -> Response:
    return Json(_collection(_layer(request, await view_of(request), layer), _base(request)))


@router.get("/collections/{layer}/items", summary="OGC API Features: features, with bbox, datetime and attributes")
async def items(request: Request, layer: str) -> Response:
    view = await view_of(request)
    asked = _layer(request, view, layer)
    query = OgcQuery.of(request.query_params.multi_items(), asked)
    page, matched, more = page_of(asked, query)
    if asked.name == "incidents":
        await note_look(request, *(view.incidents[feature["id"]] for feature in page))
    url = f"{_base(request)}/collections/{layer}"
    links = [
        _link(f"{url}/items{query.url()}", "self", GEOJSON, "This page"),
        _link(url, "collection", JSON, asked.title),
    ]
    if more:
        links.append(_link(f"{url}/items{query.url(page[-1]['id'])}", "next", GEOJSON, "The next page"))
    told = {"numberMatched": matched, "numberReturned": len(page), "timeStamp": utc_text(now_ms()), "links": links}
    return _in_crs84({"type": "FeatureCollection", "features": page, **told})


@router.get("/collections/{layer}/items/{feature}", summary="OGC API Features: one feature")
async def item(request: Request, layer: str, feature: str) -> Response:
    view = await view_of(request)
    asked = _layer(request, view, layer)
    found = next((known for known in asked.features() if known["id"] == feature), None)
    if found is None:
        raise BadRequest(404, "Not found", Problem("feature", excerpt(feature), f"there is none in {layer}"))
    if layer == "incidents":
        await note_look(request, view.incidents[feature])
    url = f"{_base(request)}/collections/{layer}"
    links = [
        _link(f"{url}/items/{feature}", "self", GEOJSON, "This feature"),
        _link(url, "collection", JSON, asked.title),
    ]
    return _in_crs84({**found, "links": links})


def _in_crs84(answer: dict[str, Any]) -> Response:
    return GeoJson(answer, headers={"content-crs": f"<{CRS84}>"})


def _layer(request: Request, view: View, name: str) -> Layer:
    layers = layers_of(house_of(request), view)
    if name not in layers:
        raise BadRequest(404, "Not found", Problem("layer", excerpt(name), f"there are: {', '.join(layers)}"))
    return layers[name]


def _collection(layer: Layer, base: str) -> dict[str, Any]:
    url = f"{base}/collections/{layer.name}"
    extent: dict[str, Any] = {"spatial": {"bbox": [layer.bbox], "crs": CRS84}}
    if layer.time is not None:
        extent["temporal"] = {"interval": [[None, None]]}
    return {
        "id": layer.name,
        "title": layer.title,
        "description": layer.description,
        "itemType": "feature",
        "extent": extent,
        "crs": [CRS84],
        "links": [
            _link(url, "self", JSON, layer.title),
            _link(f"{url}/items", "items", GEOJSON, f"{layer.title}, up to {LARGEST_PAGE} a page"),
        ],
    }


def _base(request: Request) -> str:
    public = house_of(request).settings.public_url
    return f"{(public or str(request.base_url)).rstrip('/')}/ogc"


def _link(href: str, rel: str, kind: str, title: str) -> dict[str, str]:
    return {"href": href, "rel": rel, "type": kind, "title": title}
