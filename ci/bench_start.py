"""What starting costs: `counterproof vm run` of a program that ends at once, warm and on the first run of an install.

`python -m ci.bench_start PROGRAM` runs it by turns with Python that does nothing, and prints the least wall clock and
the least processor time of each. Bytecode of Python's modules is there in both; "first" has an empty cache, so
the interpreter's native code is made. `--python` names an environment's Python, as one where the wheel is installed:
an editable install has a folder more to look for modules in. The command is started as its script is; `python -m` takes
some milliseconds more. Exit status 0, or 2 where the program does not run.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

NOTHING = "python -c pass"
COMMAND = "from harness.cli import main; main()"
"""What the installed command does, see scripts/counterproof."""


def measured(command: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds of wall clock and of processor time of one run.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def least(runs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The least of each."""
    return min(wall for wall, _ in runs), min(processor for _, processor in runs)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ci.bench_start", description=__doc__)
    parser.add_argument("program", help="a static riscv64 Linux executable that ends at once")
    parser.add_argument("--runs", type=int, default=10, help="of each, by turns")
    parser.add_argument("--tier", default="default")
    parser.add_argument("--python", default=sys.executable, help="of the installation that is measured")
    options = parser.parse_args(arguments)
    if options.runs < 1:
        parser.error(f"--runs is {options.runs}; it must be at least 1")
    run = [options.python, "-P", "-c", COMMAND, "vm", "run", options.program]
    if options.tier != "default":  # options cost a parser
        run[-1:] = ["--tier", options.tier, options.program]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    rows = {}
    try:
        measured(run, kept)
        pairs = [(measured([options.python, "-c", "pass"], kept), measured(run, kept)) for _ in range(options.runs)]
        rows[NOTHING] = least([nothing for nothing, _ in pairs])
        rows["vm run, warm"] = least([ran for _, ran in pairs])
        with tempfile.TemporaryDirectory() as empty:
            rows["vm run, first"] = measured(run, kept | {"COUNTERPROOF_CACHE": empty})
    except OSError as error:
        print(f"bench_start: --python {options.python}: {error.strerror}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        print(f"bench_start: {options.program}: exit status {error.returncode}", file=sys.stderr)
        return 2
    floor = rows[NOTHING][1]
    for name, (wall, processor) in rows.items():
        print(f"{name:<16}{wall:8.3f} s wall{processor:8.3f} s processor{processor / floor:8.1f} x {NOTHING}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
