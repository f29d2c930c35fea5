"""What the commands for Rust crates share: finding the main file, checking it, and engines by name."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation
    from harness.contract import Executor

USAGE: Final = 2
ENGINES: Final = ("mir", "wasmtime", "wasmtime-pulley", "node")
Source = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="The main file of the crate, or its directory; `mod name;` finds the other files."
    ),
]
Lowering = Annotated[
    str, typer.Option(help="linear, memory that the program manages; gc, objects of the host's collector.")
]
Mode = Annotated[str, typer.Option(help="ownership; gc: as if the crate began with #![wasm::gc].")]
COPIES: Final = "compiled-compiler"
"""Where `harness.campaign.compiled_compiler` has its copies, below the directory of caches."""
_MAIN_FILES: Final = ("src/main.rs", "src/lib.rs", "main.rs", "lib.rs")


def main_file(path: Path) -> Path:
    """The crate's main file: `path` itself, or in a directory src/main.rs, src/lib.rs, main.rs, lib.rs."""
    if not os.path.isdir(path):  # noqa: PTH112 (Path's raises for a name that is too long)
        return path
    for name in _MAIN_FILES:
        if (path / name).is_file():
            return path / name
    typer.echo(f"counterproof: {path}: there is no crate here: none of {', '.join(_MAIN_FILES)}", err=True)
    raise typer.Exit(USAGE)


def one_shot() -> bool:
    """Is this process here for one command only? Then nothing that it makes needs to be collected."""
    return Path(sys.argv[0]).name in ("counterproof", "__main__.py")


def use_compiled(wanted: str) -> None:
    """Run the compiler as machine code from here on (`harness.campaign.compiled_compiler`) where there is a copy of
    these very sources; says so where there are copies of other sources only. `wanted` is COUNTERPROOF_COMPILED: with 0
    never, with 1 a copy is made if there is none. Leaves with status 2 where that cannot be made."""
    from engines.vm.runtime.object_cache import cache_folder

    if wanted == "0" or (wanted != "1" and not Path(cache_folder(), COPIES).is_dir()):
        return  # sooner than the module below is imported
    from harness.campaign.compiled_compiler import CompilingError, compiled, existing, outdated, use

    try:
        place = compiled() if wanted == "1" else existing()
        if place is not None:
            use(place)
        elif outdated():
            typer.echo(
                "counterproof: the compiled compiler is of other sources and not used: "
                "`counterproof wasm accelerate` makes it anew, COUNTERPROOF_COMPILED=0 does without",
                err=True,
            )
    except (CompilingError, OSError) as error:
        typer.echo(f"counterproof: COUNTERPROOF_COMPILED: {error}; unset it to run the compiler's sources", err=True)
        raise typer.Exit(USAGE) from None


def checked(file: Path, json: bool, settings: frozenset[str] | None = None, advice: bool = False) -> Compilation:
    """The crate, its diagnostics on standard error, with advice on conversions where that is asked for. Leaves with
    status 2 where a file cannot be read."""
    from engines.rustwasm.compilation import SETTINGS, check_file

    if one_shot():
        from engines.rustwasm.snapshot import use_snapshot

        gc.disable()
        use_snapshot()
    file = main_file(file)
    try:
        compilation = check_file(file, SETTINGS if settings is None else settings)
    except OSError as error:
        typer.echo(f"counterproof: {file}: {error.strerror}", err=True)
        raise typer.Exit(USAGE) from None
    except ValueError as error:
        typer.echo(f"counterproof: {error}", err=True)
        raise typer.Exit(USAGE) from None
    if advice and not compilation.diagnostics.has_errors:
        from engines.rustwasm.modes.advice import advise

        advise(compilation)
    text = compilation.diagnostics.to_json_lines() if json else compilation.diagnostics.render()
    if text:
        typer.echo(text.rstrip("\n"), err=True)
    return compilation


def settings_of(mode: str) -> frozenset[str]:
    """What `#[cfg(...)]` finds set in a mode. Leaves with status 2 where there is no mode of that name."""
    from engines.rustwasm.compilation import SETTINGS

    if mode not in ("ownership", "gc"):
        typer.echo(f"counterproof: --mode {mode}: there are ownership, gc", err=True)
        raise typer.Exit(USAGE)
    return SETTINGS | {"wasm_gc"} if mode == "gc" else SETTINGS


def lowering_named(name: str) -> None:
    """Leaves with status 2 where there is no lowering of that name."""
    from engines.rustwasm.driver import LOWERINGS

    if name not in LOWERINGS:
        typer.echo(f"counterproof: --lowering {name}: there are {', '.join(LOWERINGS)}", err=True)
        raise typer.Exit(USAGE)


def engine_named(name: str) -> Executor | None:
    """The engine, or None for `mir`. Leaves with status 2 where there is none of that name, or it is not installed."""
    if name not in ENGINES:
        typer.echo(f"counterproof: --engine {name}: there are {', '.join(ENGINES)}", err=True)
        raise typer.Exit(USAGE)
    if name == "mir":
        return None
    from harness.registry import ExecutorUnavailableError, create

    try:
        return create(name, isolated=False)
    except (ExecutorUnavailableError, ImportError, RuntimeError) as error:
        typer.echo(f"counterproof: --engine {name}: {error}", err=True)
        raise typer.Exit(USAGE) from None
