"""`python -m ci.workflows` checks that .github/workflows equals ci/workflows; `--write` makes it so."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

SOURCE = Path(__file__).parent
TARGET = SOURCE.parents[1] / ".github" / "workflows"


def differences(source: Path = SOURCE, target: Path = TARGET) -> list[str]:
    """Names of workflows that are missing, stale, or present only in `target`."""
    want = {p.name: p.read_text() for p in source.glob("*.yml")}
    have = {p.name: p.read_text() for p in target.glob("*.yml")} if target.is_dir() else {}
    return sorted(name for name in want.keys() | have.keys() if want.get(name) != have.get(name))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ci.workflows", description=__doc__)
    parser.add_argument("--write", action="store_true", help="copy the sources into place, remove strangers")
    options = parser.parse_args(arguments)
    if options.write:
        TARGET.mkdir(parents=True, exist_ok=True)
        for name in differences():
            if (SOURCE / name).is_file():
                (TARGET / name).write_text((SOURCE / name).read_text())
            else:
                (TARGET / name).unlink()
        return 0
    stale = differences()
    if stale:
        print(f"workflows out of date: {', '.join(stale)}; run `python -m ci.workflows --write`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
