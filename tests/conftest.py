"""What every test process begins with."""

from __future__ import annotations

import os
import signal

# A shell starts background jobs with SIGINT ignored, and all processes below inherit that; the tests of Ctrl-C need it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Tests are of the Rust compiler's sources: a compiled copy in somebody's cache is left alone.
os.environ["COUNTERPROOF_COMPILED"] = "0"

# No test leaves a process behind that translates what was hot in it.
os.environ["COUNTERPROOF_TRANSLATE"] = "0"
