"""The script that appends to the log, and how something else is written in the very same step.

The log knows nothing of what its witnesses write; it only promises that theirs and its own are stored together or
not at all. What a witness writes may hang on the ids that the events get. Who appends guesses them, so that the
witness can reckon beforehand what is dear to reckon in the server; the server takes neither guess on trust.
"""

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

APPEND: Final = (Path(__file__).parent / "log_scripts" / "append.lua").read_bytes()
_SHEBANG: Final = b"#!lua\n"

# A guessed id that lies in the server's future would drag all later ones along; one from long ago is a wrong clock.
_TAKE_APART: Final = b"""
local keys, words, rows = {}, {}, {}
for i = 3, #KEYS do keys[i - 2] = KEYS[i] end
local n_words = tonumber(ARGV[1])
for i = 4, #ARGV do
  if i <= n_words + 3 then words[i - 3] = ARGV[i] else rows[#rows + 1] = ARGV[i] end
end
local now = redis.call('TIME')
local age_ms = now[1] * 1000 + now[2] / 1000 - ARGV[2]
if age_ms >= 0 and age_ms < 1000 then
  rows.ms, rows.number = ARGV[2], tonumber(ARGV[3])
end
"""
_THEN_APPEND: Final = b"""
local appended, told = append({ KEYS[1], KEYS[2] }, rows), {}
"""


def nothing_reckoned(_ids: Sequence[str]) -> tuple[bytes, ...]:
    """Reckons nothing."""
    return ()


def nothing_learned(_told: Sequence[bytes | int]) -> None:
    """Learns nothing."""


class Witness(NamedTuple):
    """What must be written in the very step that appends, or neither is.

    `script` is Lua that runs behind the append and finds `appended` (id, new, id, new ...), its `keys` and `words`.
    `condition` is Lua that runs before it, finds the same but `appended`, and may return an error: nothing is
    stored then. `reckon` is given the ids that the events will get if the guess holds; its words stand before the
    others. `learn` is given what the script leaves in `told`.
    """

    script: bytes
    keys: tuple[str, ...]
    words: Sequence[bytes]
    condition: bytes = b""
    reckon: Callable[[Sequence[str]], tuple[bytes, ...]] = nothing_reckoned
    learn: Callable[[Sequence[bytes]], None] = nothing_learned


@cache
def witnessed(script: bytes, condition: bytes = b"") -> bytes:
    """The append script with a witness's script behind it, and its condition before."""
    append = b"local function append(KEYS, ARGV)\n" + APPEND.removeprefix(_SHEBANG) + b"end\n"
    return _SHEBANG + append + _TAKE_APART + condition + _THEN_APPEND + script + b"\nreturn { appended, told }\n"


@cache
def sha_of(script: bytes) -> str:
    """The name under which a server remembers a script."""
    return hashlib.sha1(script, usedforsecurity=False).hexdigest()
