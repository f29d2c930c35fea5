"""`counterproof executors`: the subjects and oracles, what they can, and whether they are available here."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer


def executors(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the subjects and oracles with their capabilities, and what to install for those that are not available.

    Exit status: 0.
    """
    rows = [_row(name) for name in _names()]
    if as_json:
        print(json.dumps(rows, indent=1))
        return
    for row in rows:
        state = row["version"] if row["available"] else "not available"
        print(f"{row['name']:<26}{row['role']:<12}{state}")
        print(f"{'':<26}{row['summary']}")
        if row["available"]:
            print(f"{'':<26}cases: {', '.join(row['kinds'])}; observes {', '.join(row['observes'])}")
        else:
            print(f"{'':<26}{row['why_not']}")


def _names() -> tuple[str, ...]:
    from harness.registry import names

    return names()


def _row(name: str) -> dict[str, Any]:
    from harness.campaign.wire import capabilities_document
    from harness.registry import ExecutorUnavailableError, create, describe

    description = describe(name)
    row: dict[str, Any] = {"name": name, "role": description.role, "summary": description.summary}
    try:
        executor = create(name)
    except ExecutorUnavailableError as error:
        return row | {"available": False, "why_not": str(error)}
    try:
        return row | {"available": True} | capabilities_document(executor.capabilities)
    finally:
        executor.close()
