"""`counterproof diff wasm`: generated and mutated WebAssembly modules on several engines."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from harness.campaign.wasm import WasmDivergence, WasmStatistics
    from harness.contract import Executor

KEPT = 20
"""Divergences that are written out; more of them are counted."""
PROGRESS_SECONDS = 5.0


def wasm(
    engine: Annotated[
        list[str] | None, typer.Option(help="An engine; several times. The first is compared with the others.")
    ] = None,
    modules: Annotated[int, typer.Option(min=1, help="Generated modules.")] = 1_000,
    mutants: Annotated[int, typer.Option(min=0, help="Mutants of each, for our validator.")] = 8,
    seed: Annotated[int, typer.Option(min=0, help="The first module's seed; the others follow.")] = 1,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start at a seed that nobody has seen; it is printed.")
    ] = False,
    budget_seconds: Annotated[float, typer.Option(min=0.0, help="Start nothing new after this; 0: no limit.")] = 0.0,
    out: Annotated[Path, typer.Option(help="Directory for divergences and the summary.")] = Path("out/diff-wasm"),
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first divergence.")] = False,
) -> None:
    """WebAssembly: generated modules on several engines, and our validator against theirs.

    Exit status: 0 they agree, 1 they diverge, 2 wrong usage, 3 internal error or nothing was compared, 130 interrupted.
    """
    from harness.campaign.claim import InUseError, claimed
    from harness.registry import ExecutorUnavailableError, UnknownExecutorError, create

    names = engine or ["wasmtime", "wasmtime-pulley", "node"]
    if len(names) < 2:
        _stop(f"--engine was given {len(names)} time; comparing takes two engines or more", 2)
    first = int.from_bytes(os.urandom(5), "little") if fresh else seed
    print(f"seeds from {first}", flush=True)
    opened: list[Executor] = []
    try:
        try:
            opened.extend(create(name) for name in [*names, "wasm-validator"])
            judge = next((one for one in opened if one.name == "wasmtime"), None) or create("wasmtime")
        except (UnknownExecutorError, ExecutorUnavailableError) as error:
            _stop(str(error), 2)
        if judge not in opened:
            opened.append(judge)
        try:
            with claimed(out):
                code = _run(
                    opened[: len(names)], opened[len(names)], judge, modules, mutants, first, budget_seconds, out,
                    fail_fast,
                )  # fmt: skip
        except InUseError as error:
            _stop(str(error), 2)
        except OSError as error:
            _stop(f"--out {out} cannot be used: {error}", 3)
    finally:
        for executor in opened:
            executor.close()
    raise typer.Exit(code)


def _run(
    engines: list[Executor],
    validator: Executor,
    judge: Executor,
    modules: int,
    mutants: int,
    first: int,
    budget_seconds: float,
    out: Path,
    fail_fast: bool,
) -> int:
    from harness.campaign.wasm import WasmCampaign

    started = time.monotonic()
    shown = [started]

    def show(statistics: WasmStatistics) -> None:
        now = time.monotonic()
        if now - shown[0] >= PROGRESS_SECONDS:
            shown[0] = now
            print(
                f"{statistics.modules}/{modules} modules, {statistics.mutants} verdicts, {now - started:.0f} s",
                flush=True,
            )

    def seeds() -> Iterator[int]:
        for one in range(first, first + modules):
            if budget_seconds and time.monotonic() - started > budget_seconds:
                return
            yield one

    campaign = WasmCampaign(engines, validator, judge, mutants, show)
    found = 0
    interrupted = False
    try:
        for divergence in campaign.run(seeds()):
            found += 1
            print(
                f"DIVERGED seed {divergence.seed}: {divergence.signature} ({', '.join(divergence.comparison.fields)})"
            )
            if found <= KEPT:
                _write(divergence, out / f"divergence-{found:02}")
            if fail_fast:
                break
    except KeyboardInterrupt:
        interrupted = True
    statistics = campaign.statistics
    summary = {
        "engines": [f"{one.name} ({one.capabilities.version})" for one in engines],
        "first_seed": first,
        "modules": statistics.modules,
        "calls": statistics.calls,
        "outcomes": dict(statistics.outcomes),
        "verdicts": dict(statistics.verdicts),
        "discards": dict(statistics.discards),
        "divergences": found,
        "seconds": round(time.monotonic() - started, 1),
    }
    (out / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")
    print(json.dumps(summary, indent=2))
    if interrupted:
        return 130
    if not statistics.modules:
        return 3
    return 1 if found else 0


def _write(divergence: WasmDivergence, place: Path) -> None:
    """The module as bytes and text, the case, and what both sides saw."""
    from engines.rustwasm.wasm.binary import MalformedModuleError, decode
    from engines.rustwasm.wasm.text import print_module
    from harness.case_file import case_document
    from harness.observation_file import observation_document

    place.mkdir(parents=True, exist_ok=True)
    (place / "module.wasm").write_bytes(divergence.case.module)
    try:
        (place / "module.wat").write_text(print_module(decode(divergence.case.module)))
    except (MalformedModuleError, LookupError) as error:
        (place / "module.wat").write_text(f";; no text: {error}\n")
    (place / "case.json").write_text(json.dumps(case_document(divergence.case), indent=1) + "\n")
    finding = {
        "signature": divergence.signature,
        "fields": divergence.comparison.fields,
        divergence.subject: observation_document(divergence.subject_seen),
        divergence.oracle: observation_document(divergence.oracle_seen),
    }
    (place / "finding.json").write_text(json.dumps(finding, indent=1) + "\n")


def _stop(message: str, code: int) -> None:
    print(f"counterproof diff wasm: {message}", file=sys.stderr)
    raise typer.Exit(code)
