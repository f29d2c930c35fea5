"""`python -m ci.gate.evidence --gate DIR`: the capability matrix against the evidence of all the gate's test runs."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ci import capability_matrix


def merged(gate: Path) -> dict[str, object]:
    """The evidence of every task under `gate`, put together; what failed anywhere is evidence nowhere.

    Raises:
        OSError, ValueError: a file cannot be read.
    """
    rows: dict[str, set[str]] = {}
    failed: set[str] = set()
    for path in sorted(gate.glob("*/evidence.json")):
        document = json.loads(path.read_bytes())
        failed.update(document["failed"])
        for row, tests in document["rows"].items():
            rows.setdefault(row, set()).update(tests)
    return {"rows": {row: sorted(tests - failed) for row, tests in sorted(rows.items())}, "failed": sorted(failed)}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ci.gate.evidence", description=__doc__)
    parser.add_argument("--gate", type=Path, required=True, help="the gate's --out directory")
    options = parser.parse_args(arguments)
    try:
        document = merged(options.gate)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"evidence: {options.gate}: {error}", file=sys.stderr)
        return 3
    if not document["rows"]:
        print(f"evidence: {options.gate} has no evidence; run the stages unit and properties first", file=sys.stderr)
        return 3
    path = options.gate / "evidence.json"
    path.write_text(json.dumps(document, indent=1) + "\n")
    return capability_matrix.main(["--evidence", str(path)])


if __name__ == "__main__":
    sys.exit(main())
