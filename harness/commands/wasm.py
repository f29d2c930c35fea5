"""`counterproof wasm`: our Rust-subset compiler for WebAssembly."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation

app = typer.Typer(help="Compile a subset of Rust to WebAssembly.", no_args_is_help=True)

_USAGE: Final = 2
_LIMIT: Final = 124
_FUEL: Final = 2_000_000_000
_MAIN: Final = 'fn main() {\n    println!("Hello, world!");\n}\n'
Source = Annotated[
    Path, typer.Argument(metavar="FILE", help="The main file of the crate; `mod name;` finds the others.")
]


@app.callback()
def wasm() -> None:
    """Compile a subset of Rust to WebAssembly."""


@app.command()
def check(
    file: Source,
    json: Annotated[
        bool, typer.Option("--json", help="Diagnostics as lines of JSON, as rustc's, on standard error.")
    ] = False,
) -> None:
    """Say what is wrong with a crate: names, types, patterns, moves, borrows. Nothing is written.

    Exit status: 0 nothing is wrong (there may be warnings), 1 there are errors, 2 the file cannot be read.
    """
    compilation = _checked(file, json)
    if compilation.diagnostics.has_errors:
        raise typer.Exit(1)


@app.command()
def build(
    file: Source,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The module; FILE with .wasm where not given.")
    ] = None,
    profile: Annotated[str, typer.Option(help="dev, release or freestanding.")] = "dev",
    names: Annotated[bool, typer.Option(help="Keep the names of functions.")] = True,
) -> None:
    """Compile a crate to a WebAssembly module, a WASI preview 1 command.

    dev compiles fast and checks arithmetic for overflow; release wraps and is optimised; freestanding is release whose
    panics are traps. Exit status: 0, 1 the crate does not compile, 2 a file cannot be read or written.
    """
    from engines.rustwasm.driver import PROFILES, build_bytes

    if profile not in PROFILES:
        typer.echo(f"counterproof: --profile {profile}: there are {', '.join(PROFILES)}", err=True)
        raise typer.Exit(_USAGE)
    compilation = _checked(file, json=False)
    if compilation.diagnostics.has_errors:
        raise typer.Exit(1)
    try:
        content = build_bytes(compilation, profile, names)
    except ValueError as error:
        typer.echo(f"counterproof: {file}: {error}", err=True)
        raise typer.Exit(1) from None
    target = out or file.with_suffix(".wasm")
    try:
        target.write_bytes(content)
    except OSError as error:
        typer.echo(f"counterproof: {target}: {error.strerror}", err=True)
        raise typer.Exit(_USAGE) from None
    typer.echo(f"{target}: {len(content):,} bytes")


@app.command()
def run(
    file: Source,
    fuel: Annotated[int, typer.Option(min=1, help="Stop after so many steps of the interpreter.")] = _FUEL,
) -> None:
    """Run a crate on the reference interpreter of MIR: small, slow, and what the language means.

    Exit status: that of the program, 101 after a panic; 1 it does not compile, 2 the file cannot be read, 124 it took
    more steps than --fuel.
    """
    from engines.rustwasm.mir.interpreter import OutOfFuel, run_program
    from engines.rustwasm.resolve.modules import VALUES

    compilation = _checked(file, json=False)
    if compilation.diagnostics.has_errors:
        raise typer.Exit(1)
    if "main" not in compilation.root.names[VALUES]:
        typer.echo(f"counterproof: {file}: there is no function `main` to run", err=True)
        raise typer.Exit(1)
    try:
        status, output, errors = run_program(compilation, fuel=fuel)
    except OutOfFuel:
        typer.echo(f"counterproof: stopped after {fuel:,} steps; allow more with --fuel", err=True)
        raise typer.Exit(_LIMIT) from None
    sys.stdout.buffer.write(output)
    sys.stdout.flush()
    sys.stderr.buffer.write(errors)
    sys.stderr.flush()
    raise typer.Exit(status)


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
        raise typer.Exit(_USAGE) from None
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
        directory.mkdir()
        main.parent.mkdir()
        main.write_text(_MAIN)
    except FileExistsError:
        typer.echo(f"counterproof: {directory} is there already; name another directory, or remove it", err=True)
        raise typer.Exit(_USAGE) from None
    except OSError as error:
        typer.echo(f"counterproof: {directory}: {error.strerror}", err=True)
        raise typer.Exit(_USAGE) from None
    typer.echo(f"{main}: counterproof wasm run {main}")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        typer.echo(f"counterproof: {path}: {error.strerror}", err=True)
        raise typer.Exit(_USAGE) from None


def _checked(file: Path, json: bool) -> Compilation:
    """The crate, its diagnostics on standard error."""
    from engines.rustwasm.compilation import check_file

    try:
        compilation = check_file(file)
    except OSError as error:
        typer.echo(f"counterproof: {file}: {error.strerror}", err=True)
        raise typer.Exit(_USAGE) from None
    except ValueError as error:
        typer.echo(f"counterproof: {file}: {error}", err=True)
        raise typer.Exit(_USAGE) from None
    text = compilation.diagnostics.to_json_lines() if json else compilation.diagnostics.render()
    if text:
        typer.echo(text.rstrip("\n"), err=True)
    return compilation


def _table(rows: Sequence[tuple[str, int]], total: int) -> None:
    for name, bytes_ in rows:
        typer.echo(f"{bytes_:>9,}  {bytes_ / total:6.1%}  {name}")
