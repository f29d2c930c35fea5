"""`counterproof fuzz`: coverage-guided fuzzing of parsers, decoders, loaders, protocols, and of the machine itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from fuzz.targets.session import Outcome, Status

_OUT = typer.Option("--out", help="Directory for corpus, log and failing inputs; a folder per target.")
_DEFAULT_OUT = Path("out/fuzz")
_INT_MAX = 2**31 - 1
"""The largest value of a flag of libFuzzer, whose flags are ints of C++."""


class _TargetsAreCommands(TyperGroup):
    """`counterproof fuzz elf_image` means `counterproof fuzz run elf_image`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        from fuzz.targets.catalogue import names

        if args and (args[0] in names() or not (args[0].startswith("-") or args[0] in self.commands)):
            args = ["run", *args]
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=_TargetsAreCommands,
    help="Coverage-guided fuzzing: `counterproof fuzz TARGET`, or one of the commands below.",
    no_args_is_help=True,
)


@app.callback()
def fuzz() -> None:
    """Coverage-guided fuzzing: `counterproof fuzz TARGET`, or one of the commands below."""


@app.command("list")
def list_targets() -> None:
    """List the targets: what each examines, how many inputs are kept for it, and the bug that is planted in it.

    Exit status: 0, or 3 where a target cannot be loaded.
    """
    from fuzz.targets import stored
    from fuzz.targets.catalogue import load, names

    for name in names():
        target = _load(load, name)
        kept = [len(stored.inputs(kind, name)) for kind in (stored.SEEDS, stored.REGRESSIONS)]
        print(f"{name:<20} {target.summary}")
        print(f"{'':<20} {kept[0]} seeds, {kept[1]} regressions; planted: {target.planted_summary}")


@app.command()
def run(
    name: Annotated[str, typer.Argument(metavar="TARGET", help="One of `counterproof fuzz list`.")],
    seconds: Annotated[float, typer.Option(min=1.0, max=float(_INT_MAX), help="How long.")] = 60.0,
    by_processor: Annotated[bool, typer.Option("--cpu", help="Those are seconds of processor time.")] = False,
    runs: Annotated[int, typer.Option(min=-1, max=_INT_MAX, help="At most so many executions; -1 for no limit.")] = -1,
    seed: Annotated[int, typer.Option(min=0, max=_INT_MAX, help="Of libFuzzer; 0 lets it choose.")] = 0,
    out: Annotated[Path, _OUT] = _DEFAULT_OUT,
    planted: Annotated[bool, typer.Option("--planted", help="With the target's planted bug, to see it found.")] = False,
    keep: Annotated[bool, typer.Option(help="Keep what fails as a regression of the source tree.")] = True,
) -> None:
    """Fuzz one target until something fails or the time is over; what fails is reduced and kept as a regression.

    Exit status: 0 nothing failed, 1 something did, 2 wrong usage, 3 it could not run, 130 interrupted.
    """
    from fuzz.targets import stored
    from fuzz.targets.catalogue import load, module_of
    from fuzz.targets.session import EngineMissingError
    from fuzz.targets.session import run as run_session
    from harness.campaign.claim import InUseError, claimed

    try:
        module_of(name)
    except ValueError as error:
        _stop(str(error), 2)
    try:
        str(out).encode()
    except UnicodeEncodeError:
        _stop(f"--out {out}: its name is not UTF-8, which atheris needs; name another directory", 2)
    folder = out / (f"{name}-planted" if planted else name)
    progress = _Progress(name)
    try:
        with claimed(folder):
            outcome = run_session(
                name,
                folder,
                seconds=seconds,
                runs=runs,
                seed=seed,
                planted=planted,
                by_processor=by_processor,
                show=progress.show,
            )
    except InUseError as error:
        _stop(str(error), 2)
    except EngineMissingError as error:
        _stop(str(error), 3)
    except OSError as error:
        _stop(f"--out {out} cannot be used: {error}", 3)
    progress.end()
    print(_summary(name, outcome))
    if outcome.kind == "broken":
        _stop(f"{name} did not run: {_tail(outcome.log)}", 3)
    target = _load(load, name)
    for path in outcome.inputs:
        data, how = _reduced(name, path, planted)
        print(f"{how or outcome.kind}: {len(path.read_bytes())} bytes reduced to {len(data)}")
        destination = stored.REGRESSIONS / name if keep and not planted else folder / "regressions"
        try:
            print(f"kept as {stored.keep(destination, target.keep(data))}")
        except OSError as error:
            _stop(f"cannot keep it in {destination}: {error}", 3)
    if outcome.found:
        print(_tail(outcome.log, 25))
    raise typer.Exit({"clean": 0, "interrupted": 130}.get(outcome.kind, 1))


@app.command()
def replay(
    names: Annotated[list[str] | None, typer.Argument(metavar="[TARGET]...", help="Only these.")] = None,
) -> None:
    """Run every kept seed and regression once, without atheris.

    Exit status: 0 all pass, 1 one fails or cannot be read, 2 wrong usage.
    """
    from fuzz.targets import stored
    from fuzz.targets.catalogue import load, module_of
    from fuzz.targets.catalogue import names as all_names
    from fuzz.targets.shrink import failure

    left_out: list[str] = []
    failed = count = 0
    for name in names or all_names():
        try:
            module_of(name)
        except ValueError as error:
            _stop(str(error), 2)
        target = _load(load, name)
        for label, data in stored.all_inputs(name, left_out.append):
            count += 1
            how = failure(target, data)
            if how:
                failed += 1
                print(f"{label}: {how}")
    for line in left_out:
        print(line, file=sys.stderr)
    print(f"{count} inputs, {failed} fail" + (f", {len(left_out)} cannot be used" if left_out else ""))
    raise typer.Exit(1 if failed or left_out else 0)


@app.command()
def merge(
    name: Annotated[str, typer.Argument(metavar="TARGET", help="One of `counterproof fuzz list`.")],
    sources: Annotated[list[Path], typer.Argument(metavar="DIRECTORY...", help="Inputs to choose from.")],
    into: Annotated[Path | None, typer.Option(help="Where to; by default the seeds of the source tree.")] = None,
) -> None:
    """Add those inputs that reach something new, the smallest of each.

    Exit status: 0 merged, 2 wrong usage, 3 it could not run, 130 interrupted.
    """
    from fuzz.targets import stored
    from fuzz.targets.catalogue import module_of
    from fuzz.targets.session import EngineMissingError
    from fuzz.targets.session import merge as merge_corpora

    try:
        module_of(name)
    except ValueError as error:
        _stop(str(error), 2)
    for source in sources:
        if not os.path.isdir(source):  # noqa: PTH112 (Path's raises for a name that is too long)
            _stop(f"{source} is no directory", 2)
    destination = stored.SEEDS / name if into is None else into
    try:
        added = merge_corpora(name, destination, sources)
    except (EngineMissingError, RuntimeError, OSError) as error:
        _stop(str(error), 3)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    print(f"{added} inputs added to {destination}")


@app.command()
def minimize(
    name: Annotated[str, typer.Argument(metavar="TARGET", help="One of `counterproof fuzz list`.")],
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="A file with a failing input.")],
    out: Annotated[Path | None, typer.Option(help="Where to; by default beside the input.")] = None,
    planted: Annotated[bool, typer.Option("--planted", help="With the target's planted bug.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the result as a regression of the source tree.")] = False,
) -> None:
    """Reduce a failing input, of ours or of a platform's, to the smallest that fails in the same way.

    Exit status: 1 reduced (it still fails), 0 it does not fail, 2 wrong usage, 3 it cannot be reduced, 130 interrupted.
    """
    from engines.whole_file import read_whole
    from fuzz.targets.catalogue import module_of

    try:
        module_of(name)
        size = len(read_whole(source))
    except (ValueError, OSError) as error:
        _stop(str(error), 2)
    try:
        data, how = _reduced(name, source, planted)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    if not how:
        print(f"{source} does not fail")
        raise typer.Exit(0)
    destination = source.with_name(source.name + ".min") if out is None else out
    try:
        destination.write_bytes(data)
    except OSError as error:
        _stop(f"cannot write {destination}: {error}", 3)
    print(f"{how}: {size} bytes reduced to {len(data)} in {destination}")
    if keep:
        from fuzz.targets import stored
        from fuzz.targets.catalogue import load

        try:
            print(f"kept as {stored.keep(stored.REGRESSIONS / name, _load(load, name).keep(data))}")
        except OSError as error:
            _stop(f"cannot keep it in {stored.REGRESSIONS / name}: {error}", 3)
    raise typer.Exit(1)


class _Progress:
    """One line on a terminal, a line every ten seconds elsewhere."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._is_terminal = sys.stderr.isatty()
        self._last = time.monotonic()

    def show(self, status: Status) -> None:
        if not self._is_terminal and time.monotonic() - self._last < 10:
            return
        self._last = time.monotonic()
        text = f"{self._name}: {status.executions:,} executions, {status.edges} edges, {status.corpus} inputs kept"
        print(f"\r\x1b[K{text}" if self._is_terminal else text, end="" if self._is_terminal else "\n", file=sys.stderr)
        sys.stderr.flush()

    def end(self) -> None:
        if self._is_terminal:
            print("\r\x1b[K", end="", file=sys.stderr)


def _summary(name: str, outcome: Outcome) -> str:
    status = outcome.status
    return (
        f"{name}: {outcome.kind} after {outcome.seconds:.0f} s ({outcome.cpu_seconds:.0f} s of processor time): "
        f"{status.executions:,} executions, "
        f"{status.edges} edges, {status.features} features, {status.corpus} inputs in the corpus"
    )


def _reduced(name: str, path: Path, planted: bool) -> tuple[bytes, str]:
    """The input reduced in a process of its own, and how it fails; as it is where that process dies or gives up."""
    from fuzz.targets.session import environment

    folder = Path(tempfile.mkdtemp(prefix="counterproof-fuzz-"))
    try:
        command = [sys.executable, "-m", "fuzz.targets.shrink", name, str(path), str(folder / "out")]
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment(planted), timeout=300, check=False
        )
        if done.returncode == 0:
            return (folder / "out").read_bytes(), done.stdout.splitlines()[-1]
        how = "" if done.returncode == 1 and not done.stderr else f"ends the process (status {done.returncode})"
        return path.read_bytes(), how
    except subprocess.TimeoutExpired:
        return path.read_bytes(), "takes too long to reduce"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _load(load: Any, name: str) -> Any:
    try:
        return load(name)
    except ModuleNotFoundError as error:
        _stop(f"the target {name!r} needs the Python package {error.name!r}, which is not installed", 3)


def _tail(log: Path, lines: int = 12) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def _stop(message: str, code: int) -> NoReturn:
    print(f"counterproof fuzz: {message}", file=sys.stderr)
    raise typer.Exit(code)
