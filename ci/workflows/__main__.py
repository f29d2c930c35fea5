"""`python -m ci.workflows` checks that .github/workflows and .clusterfuzzlite equal their sources, `--write` copies."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

SOURCE = Path(__file__).parent
TARGET = SOURCE.parents[1] / ".github" / "workflows"
COPIES = (
    (SOURCE, TARGET, "*.yml"),
    (SOURCE.parent / "clusterfuzzlite", SOURCE.parents[1] / ".clusterfuzzlite", "*"),
)
"""(source, target, which files)."""


def differences(source: Path = SOURCE, target: Path = TARGET, pattern: str = "*.yml") -> list[str]:
    """Names of files that are missing, stale, or present only in `target`."""
    want = {p.name: p.read_text() for p in source.glob(pattern) if p.is_file()}
    have = {p.name: p.read_text() for p in target.glob(pattern)} if target.is_dir() else {}
    return sorted(name for name in want.keys() | have.keys() if want.get(name) != have.get(name))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ci.workflows", description=__doc__)
    parser.add_argument("--write", action="store_true", help="copy the sources into place, remove strangers")
    options = parser.parse_args(arguments)
    if options.write:
        for source, target, pattern in COPIES:
            target.mkdir(parents=True, exist_ok=True)
            for name in differences(source, target, pattern):
                if (source / name).is_file():
                    (target / name).write_text((source / name).read_text())
                else:
                    (target / name).unlink()
        return 0
    stale = [name for copy in COPIES for name in differences(*copy)]
    if stale:
        print(f"out of date: {', '.join(stale)}; run `python -m ci.workflows --write`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
