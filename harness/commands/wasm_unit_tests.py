"""`counterproof wasm test`: run the `#[test]` functions of a crate and say which fail."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from harness.commands.wasm_crate import Lowering, Source, checked, engine_named, lowering_named

if TYPE_CHECKING:
    from collections.abc import Callable

    from engines.rustwasm.compilation import Compilation
    from engines.rustwasm.unit_tests import Outcome, UnitTest
    from harness.contract import Executor

_FUEL: Final = 100_000_000
_FAILED: Final = 101


def test(
    file: Source = Path(),
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Run tests whose name has one of these in it.")
    ] = None,
    engine: Annotated[str, typer.Option(help="mir, the reference interpreter, or an engine for Wasm.")] = "mir",
    exact: Annotated[bool, typer.Option("--exact", help="Names are whole names.")] = False,
    ignored: Annotated[bool, typer.Option("--ignored", help="Run the ignored tests only.")] = False,
    include_ignored: Annotated[bool, typer.Option("--include-ignored", help="Run the ignored tests, too.")] = False,
    show: Annotated[bool, typer.Option("--list", help="List the tests; run none.")] = False,
    nocapture: Annotated[bool, typer.Option("--nocapture", help="Show what passing tests write, too.")] = False,
    profile: Annotated[str, typer.Option(help="For an engine for Wasm: dev or release.")] = "dev",
    lowering: Lowering = "linear",
    fuel: Annotated[int, typer.Option(min=1, help="Stop a test after so many steps.")] = _FUEL,
) -> None:
    """Run the #[test] functions of a crate, each by itself, and say which fail.

    Exit status: 0 all passed, 101 some failed (as with cargo), 1 the crate does not compile, 2 the file cannot be read
    or there is no such engine.
    """
    from engines.rustwasm.compilation import SETTINGS
    from engines.rustwasm.unit_tests import SETTING, find_tests, run_interpreted, select

    lowering_named(lowering)
    executor = engine_named(engine)
    if profile not in ("dev", "release"):
        typer.echo(f"counterproof: --profile {profile}: there are dev, release", err=True)
        raise typer.Exit(2)
    compilation = checked(file, json=False, settings=SETTINGS | {SETTING})
    if compilation.diagnostics.has_errors:
        raise typer.Exit(1)
    known = find_tests(compilation)
    chosen = select(known, names or [], exact)
    if show:
        for one in chosen:
            typer.echo(f"{one.name}: test")
        typer.echo(f"\n{len(chosen)} tests, 0 benchmarks")
        return
    if executor is None:
        failed = _run(chosen, len(known), ignored, include_ignored, nocapture, lambda one: run_interpreted(
            compilation, one, fuel))  # fmt: skip
    else:
        with closing(executor):
            failed = _run(chosen, len(known), ignored, include_ignored, nocapture, lambda one: _run_compiled(
                compilation, one, executor, (profile, lowering), fuel))  # fmt: skip
    if failed:
        raise typer.Exit(_FAILED)


def _run(
    chosen: list[UnitTest], known: int, ignored: bool, all_: bool, show: bool, run: Callable[[UnitTest], Outcome]
) -> int:
    """Run tests one after the other; how many failed."""
    begun = time.perf_counter()
    if ignored:
        chosen = [one for one in chosen if one.ignored]
    typer.echo(f"\nrunning {len(chosen)} test{'' if len(chosen) == 1 else 's'}")
    failures: list[tuple[UnitTest, Outcome]] = []
    skipped = 0
    for one in chosen:
        name = f"test {one.name}{' - should panic' if one.panics else ''}"
        if one.ignored and not (ignored or all_):
            skipped += 1
            typer.echo(f"{name} ... ignored")
            continue
        outcome = run(one)
        typer.echo(f"{name} ... {'FAILED' if outcome.failure else 'ok'}")
        if outcome.failure:
            failures.append((one, outcome))
        elif show:
            _show(outcome)
    if failures:
        typer.echo("\nfailures:\n")
        for one, outcome in failures:
            typer.echo(f"---- {one.name} stdout ----")
            _show(outcome)
            if outcome.failure != "panicked":
                typer.echo(f"note: {outcome.failure}")
            typer.echo()
        typer.echo("\nfailures:")
        for one, _ in failures:
            typer.echo(f"    {one.name}")
    passed = len(chosen) - skipped - len(failures)
    typer.echo(
        f"\ntest result: {'FAILED' if failures else 'ok'}. {passed} passed; {len(failures)} failed; {skipped} ignored; "
        f"0 measured; {known - len(chosen)} filtered out; finished in {time.perf_counter() - begun:.2f}s\n"
    )
    return len(failures)


def _show(outcome: Outcome) -> None:
    for text in (outcome.output, outcome.errors):
        if text:
            typer.echo(text.decode("utf-8", "replace"), nl=not text.endswith(b"\n"))


def _run_compiled(
    compilation: Compilation, one: UnitTest, engine: Executor, how: tuple[str, str], fuel: int
) -> Outcome:
    """One test as a module of its own on an engine; `how` are the profile and the lowering."""
    from engines.rustwasm.driver import build_bytes
    from engines.rustwasm.unit_tests import Outcome, judge
    from harness.contract import End, ProgramCase, ProgramObservation

    compilation.entry = one.function
    try:
        module = build_bytes(compilation, how[0], lowering=how[1])
    except ValueError as error:
        return Outcome(f"cannot be built: {error}", b"", b"")
    finally:
        compilation.entry = None
    seen = engine.run(ProgramCase("wasm32", module, (one.name,), limit_insns=fuel, label=one.name))
    if not isinstance(seen, ProgramObservation):
        return Outcome(f"{engine.name} gave no observation of a program", b"", b"")
    if seen.end is End.LIMIT:
        return Outcome(f"took more than {fuel:,} instructions", seen.stdout, seen.stderr)
    if seen.end is not End.TRAP:
        return Outcome(f"{engine.name}: {seen.detail or seen.end.name.lower()}", seen.stdout, seen.stderr)
    return judge(one, seen.exit_status, seen.stdout, seen.stderr)
