"""The script that appends to the log, and how something else is written in the very same step.

The log knows nothing of what its witnesses write; it only promises that theirs and its own are stored together or
not at all.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

APPEND: Final = (Path(__file__).parent / "log_scripts" / "append.lua").read_bytes()
_SHEBANG: Final = b"#!lua\n"

_TAKE_APART: Final = b"""
local keys, words, rows = {}, {}, {}
for i = 3, #KEYS do keys[i - 2] = KEYS[i] end
local n_words = tonumber(ARGV[1])
for i = 2, #ARGV do
  if i <= n_words + 1 then words[i - 1] = ARGV[i] else rows[#rows + 1] = ARGV[i] end
end
"""
_THEN_APPEND: Final = b"""
local appended = append({ KEYS[1], KEYS[2] }, rows)
"""


@dataclass(frozen=True, slots=True)
class Witness:
    """What must be written in the very step that appends, or neither is.

    `script` is Lua that runs behind the append and finds `appended` (id, new, id, new ...), its `keys` and `words`.
    `condition` is Lua that runs before it, finds the same but `appended`, and may return an error: nothing is
    stored then.
    """

    script: bytes
    keys: tuple[str, ...]
    words: tuple[bytes, ...]
    condition: bytes = b""


@cache
def witnessed(script: bytes, condition: bytes = b"") -> bytes:
    """The append script with a witness's script behind it, and its condition before."""
    append = b"local function append(KEYS, ARGV)\n" + APPEND.removeprefix(_SHEBANG) + b"end\n"
    return _SHEBANG + append + _TAKE_APART + condition + _THEN_APPEND + script + b"\nreturn appended\n"


@cache
def sha_of(script: bytes) -> str:
    """The name under which a server remembers a script."""
    return hashlib.sha1(script, usedforsecurity=False).hexdigest()
