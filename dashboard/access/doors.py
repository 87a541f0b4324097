"""The routes for coming, going and asking who one is: /masuk, /keluar, /sandi, /api/v1/me.

Forms are read by hand, bounded; a form that somebody fills in while logged in carries a seal that only this session
can have. Whatever goes wrong while logging in is answered alike, so that nobody learns which names exist.
"""

import hashlib
import hmac
from urllib.parse import parse_qsl

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dashboard.access.coming import (
    DEVICE_FOR_S,
    Attempt,
    Entered,
    NeedsCode,
    Wait,
    WrongPassword,
    change_password,
    hang_up_wall,
    log_in,
    sign_out_everywhere,
)
from dashboard.access.desk import Access
from dashboard.access.gate import ADMISSION, admission_of, caller_of, origin_of
from dashboard.access.passwords import TooBusy, WeakPassword
from dashboard.access.register import digest_of_secret
from dashboard.access.rights import TABLE
from dashboard.api.answers import Json
from dashboard.api.bodies import read_bytes
from dashboard.house import house_of
from dashboard.pages.login import account_page, log_in_page
from dashboard.text import COOKIE as LANGUAGE_COOKIE
from dashboard.text import Language, language, say

DEVICE_COOKIE = "siger_device"
MOST_FORM_BYTES = 8 * 1024

router = APIRouter(tags=["access"])


@router.get("/masuk", include_in_schema=False)
async def log_in_form(request: Request) -> Response:
    return HTMLResponse(log_in_page(_language(request), _back(request.query_params.get("kembali"))))


@router.post("/masuk", include_in_schema=False)
async def come_in(request: Request) -> Response:
    """A session cookie and the way back, or the form again with what went wrong."""
    form = await _form(request)
    access, lang, back = house_of(request).access, _language(request), _back(form.get("kembali"))
    name = form.get("username", "")
    try:
        entered = await _enter(access, request, form)
    except WrongPassword:
        word = "login.wrong_token" if "token" in form else "login.wrong"
        return _again(401, log_in_page(lang, back, name=name, problem=say(lang, word)))
    except NeedsCode:
        problem = say(lang, "login.needs_code")
        return _again(401, log_in_page(lang, back, name=name, problem=problem, with_code=True))
    except Wait as wait:
        problem = say(lang, "login.wait").replace("{n}", str(round(wait.wait_s) or 1))
        return _again(429, log_in_page(lang, back, name=name, problem=problem), wait.wait_s)
    except TooBusy:
        return _again(503, log_in_page(lang, back, name=name, problem=say(lang, "login.busy")), 2)
    answer = RedirectResponse("/sandi" if entered.must_change else back, 303)
    _give(answer, request, entered)
    return answer


@router.post("/keluar", include_in_schema=False)
async def go(request: Request) -> Response:
    """Ends this session, or all of this person's."""
    form = await _form(request)
    access = house_of(request).access
    cookie = request.cookies.get(access.cookie)
    admission = request.scope.get(ADMISSION)
    if cookie and admission is not None and _is_ours(form, cookie):
        caller = admission.caller
        if form.get("where") == "everywhere" and caller.kind == "person":
            await sign_out_everywhere(access, caller.name, origin_of(request))
        await access.leave(caller, digest_of_secret(cookie), origin_of(request))
    answer = RedirectResponse("/masuk", 303)
    answer.delete_cookie(access.cookie, path="/", secure=access.is_https, httponly=True, samesite="lax")
    return answer


@router.get("/sandi", include_in_schema=False)
async def account(request: Request) -> Response:
    return HTMLResponse(_account(request))


@router.post("/sandi", include_in_schema=False)
async def other_password(request: Request) -> Response:
    """Changes the password, ends every other session, and starts a new one here."""
    form, lang = await _form(request), _language(request)
    access, caller = house_of(request).access, caller_of(request)
    if caller.kind != "person" or not _is_ours(form, request.cookies.get(access.cookie, "")):
        return _again(403, _account(request, say(lang, "login.elsewhere")))
    old, new = form.get("old", ""), form.get("new", "")
    try:
        await change_password(access, caller.name, old, new, origin_of(request))
        entered = await log_in(access, _attempt(request, caller.name, new, renewed=True))
    except Wait as wait:
        problem = say(lang, "login.wait").replace("{n}", str(round(wait.wait_s) or 1))
        return _again(429, _account(request, problem), wait.wait_s)
    except TooBusy:
        return _again(503, _account(request, say(lang, "login.busy")), 2)
    except WrongPassword:
        return _again(401, _account(request, say(lang, "account.wrong")))
    except WeakPassword:
        return _again(422, _account(request, say(lang, "account.weak")))
    answer = RedirectResponse("/", 303)
    _give(answer, request, entered)
    return answer


@router.get("/api/v1/me", summary="Who is asking, and what that caller may")
async def me(request: Request) -> Response:
    admission = admission_of(request)
    caller = admission.caller
    return Json(
        {
            "name": caller.name,
            "kind": caller.kind,
            "role": caller.role,
            "areas": caller.areas,
            "sees": sorted(caller.scope.secrecies),
            "may": sorted(TABLE[caller.role].may),
            "must_change_password": admission.must_change,
        }
    )


async def _enter(access: Access, request: Request, form: dict[str, str]) -> Entered:
    if "token" in form:
        return await hang_up_wall(access, form["token"], origin_of(request))
    attempt = _attempt(request, form.get("username", ""), form.get("password", ""), form.get("code", ""))
    return await log_in(access, attempt)


def _attempt(request: Request, name: str, password: str, code: str = "", *, renewed: bool = False) -> Attempt:
    device = request.cookies.get(DEVICE_COOKIE, "")
    return Attempt(name, password, code, origin_of(request), device, renewed=renewed)


def _account(request: Request, problem: str = "") -> str:
    admission = admission_of(request)
    seal = _seal(request.cookies.get(house_of(request).access.cookie, ""))
    return account_page(
        _language(request), admission.caller.name, seal, first=admission.must_change, problem=problem
    )


async def _form(request: Request) -> dict[str, str]:
    raw = await read_bytes(request, MOST_FORM_BYTES)
    return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))


def _seal(cookie: str) -> str:
    """What only who holds the session's cookie can know, and what does not give the cookie away."""
    return hmac.new(cookie.encode(), b"siger form", hashlib.sha256).hexdigest()


def _is_ours(form: dict[str, str], cookie: str) -> bool:
    return hmac.compare_digest(form.get("seal", ""), _seal(cookie))


def _give(answer: Response, request: Request, entered: Entered) -> None:
    access = house_of(request).access
    secure = request.url.scheme == "https" or access.is_https
    answer.set_cookie(
        access.cookie, entered.session, entered.lasts_s, path="/", secure=secure, httponly=True, samesite="lax"
    )
    if entered.device is not None:
        answer.set_cookie(
            DEVICE_COOKIE,
            entered.device,
            DEVICE_FOR_S,
            path="/masuk",
            secure=secure,
            httponly=True,
            samesite="strict",
        )


def _back(asked: str | None) -> str:
    """Where to go after the log in: a page of ours, never another site."""
    path = asked or "/"
    ours = path.startswith("/") and not path.startswith(("//", "/\\", "/masuk")) and path.isprintable()
    return path[:200] if ours else "/"


def _language(request: Request) -> Language:
    return language(request.cookies.get(LANGUAGE_COOKIE), house_of(request).settings.language)


def _again(status: int, page: str, wait_s: float = 0) -> Response:
    headers = {"retry-after": str(max(1, round(wait_s)))} if wait_s else None
    return HTMLResponse(page, status, headers)
