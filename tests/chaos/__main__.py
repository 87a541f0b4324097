"""`python -m tests.chaos [SEED ...]`: the kill harness at full size, once for each seed, with figures."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.chaos.harness import Plan, run


def main(seeds: list[int]) -> None:
    print("| seed | incidents | web kills | log kills | engine kills | answers | seconds | exactly once |")
    print("|---|---|---|---|---|---|---|---|")
    for seed in seeds:
        plan = Plan(seed=seed)
        with tempfile.TemporaryDirectory(prefix="siger-chaos-") as directory:
            outcome = asyncio.run(run(plan, Path(directory)))
        outcome.check(plan)
        answers = ", ".join(f"{name} {count}" for name, count in outcome.ledger.answers.most_common())
        kills = outcome.kills
        print(
            f"| {seed} | {plan.incidents} | {kills['web']} | {kills['log']} | {kills['engine']} | {answers} | "
            f"{outcome.took_s:.0f} | yes |",
            flush=True,
        )


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [1, 2, 3])
