"""`make bench`: measures, with peers side by side in one run, and prints one table a benchmark.

    python -m tests.bench                    all of ours
    python -m tests.bench paint ...          some of them, by name (tests/bench/bench_NAME.py)
    python -m tests.bench --peers            those beside other people's maps (tests/bench/beside_NAME.py)
    python -m tests.bench --peers frames     some of those

Each benchmark is a module with `run() -> str`, a table in Markdown. Figures are ratios within one run; absolute
times belong to the machine. Results that we stand by are kept in docs/benchmarks.md.
"""

import importlib
import os
import platform
import sys
import time
from pathlib import Path


def main(names: list[str]) -> int:
    kind = "beside" if "--peers" in names else "bench"
    names = [name for name in names if name != "--peers"]
    here = Path(__file__).parent
    known = sorted(path.stem.removeprefix(f"{kind}_") for path in here.glob(f"{kind}_*.py"))
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    print(f"{time.strftime('%Y-%m-%d %H:%M')} · {os.cpu_count()} cores · Python {platform.python_version()}")
    for name in names or known:
        print(f"\n## {name}\n", flush=True)
        print(importlib.import_module(f"tests.bench.{kind}_{name}").run(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
