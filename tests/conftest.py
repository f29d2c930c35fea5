"""What every test process begins with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

import pytest

# A shell starts background jobs with SIGINT ignored, and all processes below inherit that; the tests of Ctrl-C need it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Tests are of the Rust compiler's sources: a compiled copy in somebody's cache is left alone.
os.environ["COUNTERPROOF_COMPILED"] = "0"

# No test leaves a process behind that translates what was hot in it.
os.environ["COUNTERPROOF_TRANSLATE"] = "0"


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Say how a process of pytest-xdist ended: it only says that one did."""
    if not error:
        return
    process: subprocess.Popen[bytes] = node.gateway._io.popen
    try:
        status = process.wait(10)
    except subprocess.TimeoutExpired:
        how = "still runs"
    else:
        how = f"ended by {signal.Signals(-status).name}" if status < 0 else f"exited with status {status}"
    print(f"\n{node.gateway.id}, process {process.pid}, {how}", file=sys.stderr)
