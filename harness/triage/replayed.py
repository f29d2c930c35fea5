"""What a bisection runs on an old commit: `python -P replayed.py CASE SUBJECT ORACLE`, with that commit's modules.

It uses nothing but the entry point that every reproducer uses, and must itself run on any commit: it imports nothing
of ours before it is known which ours that is. Exit status: 0 they agree, 1 they differ, 125 cannot be judged.
"""

from __future__ import annotations

import sys
from pathlib import Path

CANNOT_BE_JUDGED = 125


def main(arguments: list[str]) -> int:
    path, subject, oracle = arguments
    sys.stdout = sys.stderr
    try:
        import harness
        from harness.commands.repro import replay_text

        if not Path(harness.__path__[0]).resolve().is_relative_to(Path.cwd().resolve()):
            return CANNOT_BE_JUDGED  # from an installation beside it: this commit has no such package
        status = replay_text(Path(path).read_text(), subject, oracle)
    except BaseException:  # noqa: BLE001  (a commit that does not build may fail in any way)
        return CANNOT_BE_JUDGED
    return status if status in (0, 1) else CANNOT_BE_JUDGED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
