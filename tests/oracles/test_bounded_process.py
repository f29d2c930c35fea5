"""What a program of an oracle may use: the wall clock ends it, processor time only where nobody looks at that."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from oracles.bounded_process import Limits, confine

SAYS = "import json, resource as r; print(json.dumps([r.getrlimit(r.RLIMIT_CPU), r.getrlimit(r.RLIMIT_CORE)]))"


def test_threads_on_all_processors_reach_the_wall_clock_first() -> None:
    """Busy threads use a second of processor time each: the program was a CRASH (SIGXCPU) before it was a TIMEOUT."""
    limits = Limits(wall_s=5.0)
    command = [sys.executable, "-c", SAYS]
    done = subprocess.run(command, preexec_fn=confine(limits), capture_output=True, check=True)
    (soft, hard), core = json.loads(done.stdout)
    assert soft > limits.wall_s * (os.cpu_count() or 1) + 5
    assert soft < hard
    assert core == [0, 0]
