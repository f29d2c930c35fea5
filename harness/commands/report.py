"""`counterproof report`: the findings of a store for people (terminal, HTML) and for services (JUnit, SARIF)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from engines.whole_file import replace_whole

FILES = {"html": "findings.html", "junit": "findings.junit.xml", "sarif": "findings.sarif", "json": "findings.json"}
HISTORY = Path("out/bench/history.jsonl")


def report(
    out: Annotated[Path, typer.Argument(help="The campaign's --out directory.")] = Path("out/diff-riscv"),
    form: Annotated[
        list[str] | None, typer.Option("--format", help="terminal, html, junit, sarif or json; several times.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="Directory for the files; the store's own by default.")] = None,
    history: Annotated[Path, typer.Option(help="Benchmark history, for the trend in the HTML report.")] = HISTORY,
) -> None:
    """Write reports of a findings store.

    Exit status: 0 written, 2 wrong usage, 3 the store cannot be read or a file not written.
    """
    import json
    import platform

    from harness.commands.status import status_lines
    from harness.report.findings import findings_document
    from harness.report.findings_page import findings_page
    from harness.report.junit import findings_junit
    from harness.report.reproducer import versions
    from harness.report.sarif import findings_sarif, sarif_text
    from harness.report.trend import read, trends
    from harness.triage.store import DATABASE, FindingsStore, StoreError
    from harness.triage.tree import current_tree

    forms = list(dict.fromkeys(form or ["terminal", "html"]))
    for name in forms:
        if name != "terminal" and name not in FILES:
            _stop(f"--format {name}: there are terminal, {', '.join(FILES)}", 2)
    if not FindingsStore.is_at(out):
        _stop(f"{out} holds no findings ({DATABASE})", 2)
    place = to or out
    try:
        store = FindingsStore(out)
        try:
            document = findings_document(store)
        finally:
            store.close()
        measures, damaged = read(history)
        if damaged:
            print(f"counterproof report: {damaged} damaged lines in {history} are left out", file=sys.stderr)
        place.mkdir(parents=True, exist_ok=True)
        for name in forms:
            if name == "terminal":
                print("\n".join(status_lines(document)))
                continue
            if name == "html":
                text = findings_page(document, trends(measures, platform.node()))
            elif name == "junit":
                text = findings_junit(document)
            elif name == "sarif":
                log = findings_sarif(document, versions({})["counterproof"], commit=current_tree().commit)
                text = sarif_text(log)
            else:
                text = json.dumps(document, indent=1) + "\n"
            path = place / FILES[name]
            replace_whole(path, text.encode())
            print(f"{name}: {path}")
    except (StoreError, OSError) as error:
        _stop(str(error), 3)


def _stop(message: str, code: int) -> NoReturn:
    print(f"counterproof report: {message}", file=sys.stderr)
    raise typer.Exit(code)
