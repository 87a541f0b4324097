"""Runs a module of ours in a process of its own, which ends: what it takes of memory is given back.

Python keeps most of what it once took, and a server that goes on for weeks would keep the peak of each chore.
"""

import asyncio
import json
import sys


async def run_apart(module: str, told: object) -> None:
    """Runs `module` with `told` as JSON on its standard input; what it says goes to standard error.

    Raises `ChildProcessError` when it did not go through.
    """
    # -P: what lies in the directory in which Siger was started is not ours to run. What is told does not stand on
    # the command line: everybody on the machine can read that.
    words = (sys.executable, "-P", "-m", module)
    process = await asyncio.create_subprocess_exec(*words, stdin=asyncio.subprocess.PIPE)
    try:
        await process.communicate(json.dumps(told).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise ChildProcessError(f"{module}, in a process of its own, ended with {process.returncode}")
