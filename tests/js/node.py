"""Runs a script of this folder in Node: JSON in, JSON out. Without Node these tests are skipped, and say so."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
NODE = shutil.which("node")

needs_node = pytest.mark.skipif(
    NODE is None, reason="Node is not installed; the browser's scripts are not tested here"
)


def run(script: str, asked: Any = None) -> Any:
    """What `script` answers to `asked`; an error in the script fails the test with its own words."""
    assert NODE is not None
    done = subprocess.run(
        [NODE, str(HERE / script)], input=json.dumps(asked), capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
