"""`counterproof wasm`: our Rust-subset compiler for WebAssembly."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from harness.commands.jobs import MOST, processes
from harness.commands.wasm_crate import (
    USAGE,
    Lowering,
    Mode,
    Source,
    checked,
    engine_named,
    lowering_named,
    main_file,
    one_shot,
    settings_of,
    use_compiled,
)
from harness.commands.wasm_explain import explain
from harness.commands.wasm_unit_tests import test

if TYPE_CHECKING:
    from engines.rustwasm.build_cache import BuildOptions
    from engines.rustwasm.compilation import Compilation

app = typer.Typer(help="Compile a subset of Rust to WebAssembly.", no_args_is_help=True)

_LIMIT: Final = 124
INTERNAL: Final = 3
_FUEL: Final = 2_000_000_000
_MAIN: Final = 'fn main() {\n    println!("Hello, world!");\n}\n'


@app.callback()
def wasm() -> None:
    """Compile a subset of Rust to WebAssembly."""
    if one_shot() and "accelerate" not in sys.argv[1:]:
        use_compiled(os.environ.get("COUNTERPROOF_COMPILED", ""))


@app.command()
def accelerate() -> None:
    """Make machine code of the compiler itself, which the other commands take until its sources change (some minutes).

    Needs mypyc and setuptools (pip install 'counterproof[compiled]') and a C compiler. The copy lies with the caches.
    Exit status: 0, 2 it cannot be made.
    """
    from harness.campaign.compiled_compiler import CompilingError, compiled

    try:
        place = compiled(_tell if sys.stderr.isatty() else lambda done, files: None)
    except (CompilingError, OSError) as error:
        typer.echo(f"counterproof: {error}", err=True)
        raise typer.Exit(USAGE) from None
    typer.echo(f"{place}: the compiler as machine code")


def _tell(done: int, files: int) -> None:
    end = "\n" if done == files else ""
    typer.echo(f"\rcompiled {done} of {files} files{end}", err=True, nl=False)


@app.command()
def check(
    file: Source = Path(),
    json: Annotated[
        bool, typer.Option("--json", help="Diagnostics as lines of JSON, as rustc's, on standard error.")
    ] = False,
    advice: Annotated[
        bool, typer.Option("--advice", help="Warn of conversions between modes that cost, and of garbage in loops.")
    ] = False,
    mode: Mode = "ownership",
) -> None:
    """Say what is wrong with a crate: names, types, patterns, moves, borrows, modes. Nothing is written.

    Exit status: 0 nothing is wrong (there may be warnings), 1 there are errors, 2 the file cannot be read.
    """
    compilation = checked(file, json, settings_of(mode), advice)
    if compilation.diagnostics.has_errors:
        raise typer.Exit(1)


@app.command()
def build(
    file: Source = Path(),
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The module; FILE with .wasm where not given.")
    ] = None,
    profile: Annotated[str, typer.Option(help="dev, release or freestanding.")] = "dev",
    lowering: Lowering = "linear",
    mode: Mode = "ownership",
    names: Annotated[bool, typer.Option(help="Keep the names of functions.")] = True,
    debug: Annotated[
        bool, typer.Option("--debug", "-g", help="Add DWARF: lines, functions, what was inlined where.")
    ] = False,
    source_map: Annotated[
        bool, typer.Option("--source-map", help="Write a source map to the module's name with .map, and name it there.")
    ] = False,
    cache: Annotated[
        bool, typer.Option(help="Take the module from the directory of caches if it was built from these sources.")
    ] = True,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            "-j",
            min=0,
            max=MOST,
            help="Processes that optimise, 0: one for each processor; where not given, one for a small crate.",
        ),
    ] = None,
) -> None:
    """Compile a crate to a WebAssembly module, a WASI preview 1 command.

    dev compiles fast and checks arithmetic for overflow; release wraps and is optimised; freestanding is release whose
    panics are traps. The module is the same however many processes work; a dev build, and one with debug information,
    takes one.

    Exit status: 0, 1 the crate does not compile, 2 a file cannot be read or written, 3 a process was lost.
    """
    from engines.rustwasm.build_cache import BuildCache, BuildOptions

    main = main_file(file)
    options = BuildOptions(profile, names, lowering)
    settings = settings_of(mode)
    cache = cache and mode == "ownership"  # the cache knows a crate's files, which may depend on the mode
    target = out or main.with_suffix(".wasm")
    if debug or source_map:
        if jobs not in (None, 1):
            _tell_alone("debug information is made in one")
        _build_with_debug_info(main, target, options, settings, debug, source_map)
        return
    content = BuildCache().find(main, options) if cache else None
    if content is None:
        content = _built(main, options, cache, settings, None if jobs is None else processes(jobs))
    _write(target, content)


def _write(target: Path, content: bytes) -> None:
    try:
        target.write_bytes(content)
    except OSError as error:
        typer.echo(f"counterproof: {target}: {error.strerror}", err=True)
        raise typer.Exit(USAGE) from None
    typer.echo(f"{target}: {len(content):,} bytes")


def _compiled(main: Path, options: BuildOptions, settings: frozenset[str]) -> Compilation:
    from engines.rustwasm.driver import PROFILES

    if options.profile not in PROFILES:
        typer.echo(f"counterproof: --profile {options.profile}: there are {', '.join(PROFILES)}", err=True)
        raise typer.Exit(USAGE)
    lowering_named(options.lowering)
    compilation = checked(main, json=False, settings=settings)
    if compilation.diagnostics.has_errors:
        raise typer.Exit(1)
    return compilation


def _build_with_debug_info(
    main: Path, target: Path, options: BuildOptions, settings: frozenset[str], dwarf: bool, source_map: bool
) -> None:
    from engines.rustwasm.debug.build import build_with_debug_info

    compilation = _compiled(main, options, settings)
    place = target.with_name(f"{target.name}.map")
    url = place.name if source_map else None
    try:
        made = build_with_debug_info(
            compilation, options.profile, options.names, options.lowering, dwarf, url, target.name
        )
    except ValueError as error:
        typer.echo(f"counterproof: {main}: {error}", err=True)
        raise typer.Exit(1) from None
    _write(target, made.content)
    if made.source_map is not None:
        _write(place, made.source_map.encode())


def _tell_alone(why: str) -> None:
    typer.echo(f"counterproof: built in one process: {why}", err=True)


def _built(main: Path, options: BuildOptions, keep: bool, settings: frozenset[str], jobs: int | None) -> bytes:
    from engines.rustwasm.build_cache import BuildCache
    from engines.rustwasm.driver import build_bytes
    from engines.rustwasm.release.errands import Jobs, LostProcessError

    compilation = _compiled(main, options, settings)
    known = None
    if keep and one_shot() and (options.profile, options.lowering) == ("dev", "linear"):
        from engines.rustwasm.lower_linear.library_instances import save_library_instances, use_library_instances

        known = use_library_instances()
    try:
        content = build_bytes(compilation, options.profile, options.names, options.lowering, Jobs(jobs, _tell_alone))
    except ValueError as error:
        typer.echo(f"counterproof: {main}: {error}", err=True)
        raise typer.Exit(1) from None
    except LostProcessError as error:
        typer.echo(f"counterproof: {main}: {error}", err=True)
        raise typer.Exit(INTERNAL) from None
    if keep:
        try:
            BuildCache().keep(compilation, main, options, content)
            if known is not None:
                save_library_instances(known)
        except OSError as error:
            typer.echo(f"counterproof: the module is not kept for the next build: {error}", err=True)
    return content


@app.command()
def run(
    file: Source = Path(),
    engine: Annotated[
        str, typer.Option(help="mir, the reference interpreter; wasmtime, wasmtime-pulley or node runs the module.")
    ] = "mir",
    profile: Annotated[str, typer.Option(help="For an engine for Wasm: dev or release.")] = "dev",
    lowering: Lowering = "linear",
    mode: Mode = "ownership",
    fuel: Annotated[int, typer.Option(min=1, help="Stop after so many steps.")] = _FUEL,
) -> None:
    """Run a crate: on the reference interpreter of MIR, small, slow, and what the language means, or as a module.

    Exit status: that of the program, 101 after a panic; 1 it does not compile, 2 the file cannot be read or there is no
    such engine, 124 it took more steps than --fuel.
    """
    from engines.rustwasm.entry import entry_of

    lowering_named(lowering)
    executor = engine_named(engine)
    if profile not in ("dev", "release"):
        typer.echo(f"counterproof: --profile {profile}: there are dev, release", err=True)
        raise typer.Exit(USAGE)
    compilation = checked(file, json=False, settings=settings_of(mode))
    if compilation.diagnostics.has_errors:
        raise typer.Exit(1)
    try:
        entry_of(compilation)
    except ValueError as error:
        typer.echo(f"counterproof: {file}: {error}", err=True)
        raise typer.Exit(1) from None
    if executor is None:
        from engines.rustwasm.mir.interpreter import OutOfFuel, run_program

        try:
            status, output, errors = run_program(compilation, checks=profile == "dev", fuel=fuel)
        except OutOfFuel:
            _out_of_fuel(fuel)
    else:
        from engines.rustwasm.driver import build_bytes
        from harness.contract import End, ProgramCase, ProgramObservation

        with closing(executor):
            try:
                module = build_bytes(compilation, profile, lowering=lowering)
            except ValueError as error:
                typer.echo(f"counterproof: {file}: {error}", err=True)
                raise typer.Exit(1) from None
            seen = executor.run(ProgramCase("wasm32", module, ("program",), limit_insns=fuel))
        assert isinstance(seen, ProgramObservation)
        status, output, errors = seen.exit_status, seen.stdout, seen.stderr
        if seen.end is End.LIMIT:
            _out_of_fuel(fuel)
        if seen.end is not End.TRAP or seen.detail:
            errors += f"counterproof: {executor.name}: {seen.detail or seen.end.name.lower()}\n".encode()
            status = max(status, 1)
    sys.stdout.buffer.write(output)
    sys.stdout.flush()
    sys.stderr.buffer.write(errors)
    sys.stderr.flush()
    raise typer.Exit(status)


def _out_of_fuel(fuel: int) -> NoReturn:
    typer.echo(f"counterproof: stopped after {fuel:,} steps; allow more with --fuel", err=True)
    raise typer.Exit(_LIMIT) from None


app.command()(test)
app.command()(explain)


@app.command()
def size(
    file: Annotated[Path, typer.Argument(metavar="MODULE", help="A .wasm file, by whatever compiler.")],
    top: Annotated[int, typer.Option(min=1, help="Show so many functions.")] = 20,
) -> None:
    """Say what the bytes of a WebAssembly module are spent on: sections, and functions by name.

    Exit status: 0, or 2 if the file cannot be read or is no module.
    """
    from engines.rustwasm.wasm.binary import MalformedModuleError
    from engines.rustwasm.wasm.binary.sizes import sizes

    try:
        found = sizes(_bytes(file))
    except MalformedModuleError as error:
        typer.echo(f"counterproof: {file}: {error}", err=True)
        raise typer.Exit(USAGE) from None
    _table([(name, bytes_) for name, bytes_ in found.sections], found.total)
    typer.echo()
    functions = sorted(found.functions, key=lambda f: -f[1])
    _table(functions[:top], found.total)
    if len(functions) > top:
        rest = sum(bytes_ for _, bytes_ in functions[top:])
        typer.echo(f"{rest:>9,}  {rest / found.total:6.1%}  {len(functions) - top:,} more functions")


@app.command()
def new(directory: Annotated[Path, typer.Argument(metavar="DIRECTORY", help="Must not be there yet.")]) -> None:
    """Make a crate that says hello.

    Exit status: 0, or 2 if the directory is there already or cannot be made.
    """
    main = directory / "src" / "main.rs"
    try:
        directory.mkdir(parents=True)
        main.parent.mkdir()
        main.write_text(_MAIN)
    except FileExistsError:
        typer.echo(f"counterproof: {directory} is there already; name another directory, or remove it", err=True)
        raise typer.Exit(USAGE) from None
    except OSError as error:
        typer.echo(f"counterproof: {directory}: {error.strerror}", err=True)
        raise typer.Exit(USAGE) from None
    typer.echo(f"{main}: counterproof wasm run {main}")


def _bytes(path: Path) -> bytes:
    from engines.whole_file import read_whole

    try:
        return read_whole(path)
    except OSError as error:
        typer.echo(f"counterproof: {path}: {error.strerror}", err=True)
        raise typer.Exit(USAGE) from None


def _table(rows: Sequence[tuple[str, int]], total: int) -> None:
    for name, bytes_ in rows:
        typer.echo(f"{bytes_:>9,}  {bytes_ / total:6.1%}  {name}")
