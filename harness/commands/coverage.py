"""`counterproof coverage`: what generated programs contain, what happens to them, and what never does."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from fuzz.coverage.outcomes import Outcomes
    from fuzz.coverage.riscv64 import Coverage
    from harness.campaign.plan import Chunk
    from harness.contract import Executor
    from harness.subjects.translation import Translation

SHOWN = 12
"""So many holes of one dimension are listed in text without `--all`; JSON has all of them."""


def coverage(
    out: Annotated[
        Path | None, typer.Argument(metavar="[DIRECTORY]", help="A campaign's --out; without it, generate anew.")
    ] = None,
    cases: Annotated[int, typer.Option(min=1, help="Generated programs, without a campaign.")] = 20_480,
    seed: Annotated[int, typer.Option(min=0, help="Of the generator, without a campaign.")] = 1,
    profile: Annotated[str, typer.Option(help="Kinds of programs, without a campaign; '': as diff-riscv.")] = "",
    executor: Annotated[str, typer.Option(help="Runs the programs.")] = "riscv64-interpreter",
    compiled: Annotated[
        int, typer.Option(min=0, help="So many programs are also compiled for every host; about 25 a second.")
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    every: Annotated[bool, typer.Option("--all", help="List everything that was never met.")] = False,
) -> None:
    """RISC-V: instruction × operand class, rounding mode, hazard and exception, changes and sequences of CSRs.

    Of the latest campaign in a directory every case that it compared, generated again; or of a fresh generation. The
    programs are run once, since exceptions and changes of CSRs show only then. With --compiled also IR operations and
    block shapes that compiling goes through, and the forms of the hosts' instructions.

    Exit status: 0 measured, 2 wrong usage, 3 the store cannot be read or nothing ran.
    """
    from fuzz.strategies.riscv64.profiles import ROTATION, profile_named
    from harness.campaign.plan import Plan
    from harness.registry import ExecutorUnavailableError, UnknownExecutorError, create
    from harness.triage.store import StoreError

    try:
        if out is None:
            plan = Plan(executor, (executor,), (seed,), cases, profile=profile or ROTATION, batch_cases=512)
            chunks, of = list(plan.chunks()), f"seed {seed}, profile {plan.profile}"
            for name in dict.fromkeys(plan.rotation()):
                profile_named(name)
        else:
            chunks, of = _campaign(out)
    except ValueError as error:
        _stop(str(error), 2)
    except (StoreError, OSError) as error:
        _stop(str(error), 3)
    try:
        running = create(executor)
    except (UnknownExecutorError, ExecutorUnavailableError) as error:
        _stop(str(error), 2)
    try:
        contents, outcomes = _measured(chunks, running)
        translation = _translated(chunks, compiled) if compiled else None
    except ValueError as error:
        _stop(str(error), 3)
    finally:
        running.close()
    document = coverage_document(contents, outcomes, of, running.name, translation)
    if as_json:
        print(json.dumps(document, indent=1))
        return
    print("\n".join(contents.rows()))
    print()
    for line in (*outcomes.lines(), "", *coverage_lines(document, None if every else SHOWN)):
        print(line)


def _campaign(out: Path) -> tuple[list[Chunk], str]:
    """The batches that the latest campaign in `out` has compared, and what to call them.

    Raises:
        ValueError: there is no campaign of generated RISC-V programs.
        StoreError: the store cannot be read.
    """
    from harness.campaign.plan import Plan
    from harness.triage.store import DATABASE, FindingsStore
    from harness.triage.tree import current_tree

    if not FindingsStore.is_at(out):
        raise ValueError(f"{out} holds no campaign ({DATABASE}); give the --out of `counterproof diff riscv`")
    store = FindingsStore(out)
    try:
        found = [row for row in store.campaigns() if row.plan.get("isa") == "riscv64"]
        if not found:
            raise ValueError(f"{out} holds no campaign of generated RISC-V programs")
        row = found[-1]
        point = store.stable_point(row.number)
    finally:
        store.close()
    try:
        sides = {"oracles": tuple(row.plan["oracles"]), "seeds": tuple(row.plan["seeds"])}
        plan = Plan(**(row.plan | sides))
    except (KeyError, TypeError) as error:
        raise ValueError(f"the plan of campaign {row.number} in {out} is not of this release: {error}") from None
    done = 0 if point is None else int(point[0]["next_chunk"])
    if not done:
        raise ValueError(f"campaign {row.number} in {out} has compared nothing yet")
    of = f"campaign {row.number} in {out}"
    if row.tree != current_tree().name:
        of += f", of tree {row.tree[:12] or 'unknown'}, generated again by this one"
    return [chunk for chunk in plan.chunks() if chunk.index < done], of


def _measured(chunks: list[Chunk], executor: Executor) -> tuple[Coverage, Outcomes]:
    """Generate, run and measure; a line of progress on a terminal.

    Raises:
        ValueError: the executor does not observe what is measured, or refuses every case.
    """
    from fuzz.coverage.outcomes import Outcomes, outcomes_of
    from fuzz.coverage.riscv64 import Coverage
    from fuzz.strategies.riscv64 import coverage as coverage_of
    from fuzz.strategies.riscv64 import generate

    contents, outcomes = Coverage(), Outcomes()
    for chunk in chunks:
        batch = generate(chunk.seed, chunk.first, chunk.count, chunk.profile)
        seen = executor.run_batch(batch)
        contents += coverage_of(batch)
        outcomes += outcomes_of(batch, seen)
        if sys.stderr.isatty():
            print(f"\r\x1b[K{contents.cases:,} cases", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    if not outcomes.modes.sum():
        raise ValueError(f"{executor.name} ran none of the {contents.cases} cases")
    return contents, outcomes


def _translated(chunks: list[Chunk], most: int) -> Translation:
    """Compile the first `most` programs, taken from all chunks alike; a line of progress on a terminal."""
    from fuzz.strategies.riscv64 import generate
    from harness.subjects.translation import Translation, translation_of

    found, done = Translation(), 0
    for place, chunk in enumerate(chunks):
        count = min(chunk.count, most * (place + 1) // len(chunks) - done)
        if count:
            found += translation_of(generate(chunk.seed, chunk.first, count, chunk.profile))
            done += count
            if sys.stderr.isatty():
                print(f"\r\x1b[K{done:,} of {most:,} compiled", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    return found


def coverage_document(
    contents: Coverage, outcomes: Outcomes, of: str, executor: str, translation: Translation | None = None
) -> dict[str, Any]:
    """Everything measured, JSON-ready: per dimension how much there is to meet, how much was met, and what was not.

    Of the hosts' instruction forms nobody knows how many there are; what was met at most three times is named.
    """
    from harness.campaign.statistics import coverage_document as raw

    missing = {
        "instructions": contents.missing_instructions(),
        "operand classes": contents.missing_classes(),
        "rounding modes": contents.missing_rounding(),
        "hazards": contents.missing_hazards(),
        "exceptions": outcomes.missing_traps(),
        "rounding mode changes": outcomes.missing_modes(),
        "flag changes": outcomes.missing_flags(),
        "CSR access pairs": outcomes.missing_accesses(),
    }
    figures = contents.figures() | outcomes.figures()
    if translation is not None:
        missing |= {"IR operations": translation.missing_operations(), "block shapes": translation.missing_shapes()}
        figures |= translation.figures()
    return {
        "format": "counterproof-coverage",
        "version": 1,
        "of": of,
        "executor": executor,
        "cases": contents.cases,
        "dimensions": {
            name: {"met": figures[name][0], "possible": figures[name][1], "never": never}
            for name, never in missing.items()
        },
        "host forms": {}
        if translation is None
        else {
            host: {"met": len(forms), "rare": translation.rare_forms(host)} for host, forms in translation.forms.items()
        },
        "counts": raw(contents) | raw(outcomes),
    }


def coverage_lines(document: dict[str, Any], shown: int | None) -> Iterator[str]:
    """The dimensions of the document as lines: met of possible, then what was never met, at most `shown` of each."""
    yield f"{document['cases']:,} cases of {document['of']}, run on {document['executor']}"
    for name, dimension in document["dimensions"].items():
        yield f"{name:<24}{dimension['met']:>6} of {dimension['possible']}"
        never = dimension["never"]
        kept = never if shown is None else never[:shown]
        for hole in kept:
            yield f"{'':<24}never: {hole}"
        if len(never) > len(kept):
            yield f"{'':<24}and {len(never) - len(kept)} more; --all lists them"
    for host, forms in document["host forms"].items():
        kept = forms["rare"] if shown is None else forms["rare"][:shown]
        yield f"{host + ' forms':<24}{forms['met']:>6}; rarest: {', '.join(kept) or 'all met more than three times'}"


def _stop(message: str, code: int) -> NoReturn:
    print(f"counterproof coverage: {message}", file=sys.stderr)
    raise typer.Exit(code)
