"""The log in page and the account page: plain forms without a line of script, that work when nothing else does.

Everything that somebody typed is escaped before it is shown again; a password never is.
"""

from collections.abc import Iterable
from html import escape

from dashboard.text import Language, say

_FRAME = """<!DOCTYPE html>
<html lang="{lang}" data-theme="dark">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>Siger: {title}</title>
    <link rel="icon" href="/assets/siger.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/assets/00_tokens.css">
    <link rel="stylesheet" href="/assets/14_login.css">
  </head>
  <body class="login">
    <main>
      <h1><img src="/assets/siger.svg" alt="" width="40" height="40"> SIGER</h1>
{content}
    </main>
  </body>
</html>
"""


def log_in_page(lang: Language, back: str, *, name: str = "", problem: str = "", with_code: bool = False) -> str:
    """The form at /masuk; `back` is the page to go to afterwards, `problem` what went wrong the last time."""
    code = _field(lang, "code", "login.code", kind="text", more='inputmode="numeric" autocomplete="one-time-code"')
    content = [
        f"<p>{_text(lang, 'login.about')}</p>",
        _problem(problem),
        '<form method="post" action="/masuk">',
        _hidden("kembali", back),
        _field(
            lang,
            "username",
            "login.username",
            kind="text",
            more=f'value="{escape(name)}" autocomplete="username" required',
        ),
        _field(lang, "password", "login.password", more='autocomplete="current-password" required'),
        code if with_code else "",
        _button(lang, "login.enter"),
        "</form>",
        f"<details><summary>{_text(lang, 'login.wall')}</summary>",
        f"<p>{_text(lang, 'login.wall_about')}</p>",
        '<form method="post" action="/masuk">',
        _hidden("kembali", "/posko"),
        _field(lang, "token", "login.token", more='autocomplete="off" required'),
        _button(lang, "login.enter"),
        "</form></details>",
    ]
    return _page(lang, "login.title", content)


def account_page(lang: Language, name: str, seal: str, *, first: bool, problem: str = "") -> str:
    """The form at /sandi: another password, and the ways out. `seal` proves that the form is ours."""
    content = [
        f"<p><strong>{escape(name)}</strong></p>",
        f'<p role="status">{_text(lang, "account.first")}</p>' if first else "",
        _problem(problem),
        '<form method="post" action="/sandi">',
        _hidden("seal", seal),
        _field(lang, "old", "account.old", more='autocomplete="current-password" required'),
        _field(lang, "new", "account.new", more='autocomplete="new-password" required minlength="8"'),
        _button(lang, "account.change"),
        "</form>",
        '<form method="post" action="/keluar" class="out">',
        _hidden("seal", seal),
        _button(lang, "account.leave", more='name="where" value="here"'),
        _button(lang, "account.leave_all", more='name="where" value="everywhere"'),
        "</form>",
    ]
    return _page(lang, "account.title", content)


def _page(lang: Language, title: str, content: Iterable[str]) -> str:
    lines = "\n".join(f"      {line}" for line in content if line)
    return _FRAME.format(lang=lang, title=_text(lang, title), content=lines)


def _text(lang: Language, key: str) -> str:
    return escape(say(lang, key))


def _problem(text: str) -> str:
    return f'<p role="alert" class="problem">{escape(text)}</p>' if text else ""


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


def _field(lang: Language, name: str, key: str, *, kind: str = "password", more: str = "") -> str:
    return f'<label>{_text(lang, key)}<input type="{kind}" name="{name}" maxlength="200" {more}></label>'


def _button(lang: Language, key: str, more: str = "") -> str:
    return f'<button type="submit" {more}>{_text(lang, key)}</button>'
