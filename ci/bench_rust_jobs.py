"""What several processes bring to a release build: `python -m ci.bench_rust_jobs`.

Makes crates of the given numbers of lines as `ci.bench_rust_front` does, and builds each for release in 1 process and
in more, every build in a process of its own with nothing kept. The clock on the wall is around `driver.build_bytes`:
lowering, all passes and encoding, but not the check before it, which takes one process and is printed beside it. Prints
the best of the rounds in seconds, and the processor time of all processes together. Exits with 1 where bytes differ.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ci.bench_rust_front import SEED, crate, write


def measure(main: Path, lowering: str, jobs: int) -> dict[str, Any]:
    """One build here: seconds on the wall to check and to build, processor seconds to build, and what it gave."""
    from engines.rustwasm.compilation import check_file, library
    from engines.rustwasm.driver import build_bytes
    from engines.rustwasm.release.errands import Jobs

    gc.disable()  # as the command line does
    library()
    begun = time.perf_counter()
    compilation = check_file(main)
    checked, before = time.perf_counter() - begun, _processor_seconds()
    begun = time.perf_counter()
    content = build_bytes(compilation, "release", True, lowering, Jobs(jobs))
    built = time.perf_counter() - begun
    digest = hashlib.sha256(content).hexdigest()
    return {"check": checked, "build": built, "processor": _processor_seconds() - before, "digest": digest}


def _processor_seconds() -> float:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ci.bench_rust_jobs", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lines", type=int, action="append", help="of a crate; several times (500, 2,000, 10,000)")
    parser.add_argument("--jobs", type=int, action="append", help="processes; several times (1, 2)")
    parser.add_argument("--lowering", default="linear")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.measure is not None:
        print(json.dumps(measure(options.measure, options.lowering, options.jobs[0])))
        return 0
    differ = False
    print(f"{'lines':>7}{'jobs':>6}{'check s':>10}{'build s':>10}{'processor s':>13}")
    for lines in options.lines or (500, 2_000, 10_000):
        with tempfile.TemporaryDirectory() as temporary:
            files = crate(lines, SEED)
            place = write(files, Path(temporary))
            digests = set()
            for jobs in options.jobs or (1, 2):
                command = [sys.executable, "-m", "ci.bench_rust_jobs", "--measure", str(place), "--jobs", str(jobs)]
                command += ["--lowering", options.lowering]
                found = [
                    json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
                    for _ in range(options.rounds)
                ]
                best = min(found, key=lambda one: float(one["build"]))
                digests |= {one["digest"] for one in found}
                count = sum(text.count("\n") for text in files.values())
                print(f"{count:>7,}{jobs:>6}{best['check']:>10.2f}{best['build']:>10.2f}{best['processor']:>13.2f}")
            differ |= len(digests) > 1
    if differ:
        print("the bytes depend on the number of processes")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
