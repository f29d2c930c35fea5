"""`counterproof vm`: run programs on our virtual machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.commands import vm_run
from harness.commands.jobs import jobs_option, processes

app = typer.Typer(help="Run programs on our virtual machine.", no_args_is_help=True)


@app.callback()
def vm() -> None:
    """Run programs on our virtual machine."""


@app.command(
    help=vm_run.SUMMARY,
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False, "allow_extra_args": True},
)
def run(context: typer.Context) -> None:
    raise typer.Exit(vm_run.run(context.args))


@app.command()
def tiers() -> None:
    """List the ways to execute that --tier takes.

    Exit status: 0.
    """
    from engines.vm.tiers.executor import tier_names

    for name in tier_names():
        typer.echo(name)


@app.command()
def aot(
    program: Annotated[str, typer.Argument(metavar="PROG", help="A riscv64 Linux executable.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The image to write, usually PROG.cpi.")],
    tier: Annotated[str, typer.Option(help="Whose code: baseline, or llvm, which is slower to make and faster.")] = "",
    host: Annotated[str, typer.Option(help="For arm64 or riscv64, by the baseline tier; default: this machine.")] = "",
    jobs: Annotated[int, jobs_option("Processes of LLVM")] = 0,
) -> None:
    """Translate a whole program ahead of time, for `counterproof vm run --aot IMAGE PROG`.

    Exit status 2: the program cannot be loaded, or the image not written.
    """
    from rich.console import Console

    from engines.vm.aot.bundles import bundled
    from engines.vm.aot.image import encode
    from engines.vm.aot.translate import translate
    from engines.vm.runtime.executable_memory import ExecutableMemoryError
    from engines.vm.user.launch import LaunchError
    from engines.whole_file import ask_writable, replace_whole

    console = Console(stderr=True)
    try:
        ask_writable(out)
        with console.status("translating") as status:

            def tell(done: int, left: int) -> None:
                status.update(f"{done:,} regions, {left:,} places to look at")

            made = translate(program, tell, tier or ("baseline" if host else "llvm"), host, processes(jobs))
            replace_whole(out, encode(made.origin, bundled(made.regions)))
    except (LaunchError, ExecutableMemoryError, ValueError) as error:
        typer.echo(f"counterproof: {error}", err=True)
        raise typer.Exit(2) from None
    except OSError as error:
        typer.echo(f"counterproof: {out}: {error.strerror}", err=True)
        raise typer.Exit(2) from None
    typer.echo(f"{out}: {len(made.regions):,} regions, {made.insns:,} instructions, {out.stat().st_size:,} bytes")
    for reason, times in made.refused.most_common():
        typer.echo(f"left to the interpreter: {times:,} regions ({reason})")


@app.command()
def dump(
    program: Annotated[str, typer.Argument(metavar="PROG", help="A riscv64 Linux executable.")],
    pc: Annotated[list[str] | None, typer.Option(metavar="ADDRESS", help="Where a region begins; repeatable.")] = None,
    function: Annotated[list[str] | None, typer.Option(metavar="NAME", help="As --pc, by symbol.")] = None,
    tier: Annotated[str, typer.Option(help="Whose code: baseline or llvm.")] = "baseline",
    host: Annotated[str, typer.Option(help="Code for x86_64, arm64 or riscv64; default: this machine.")] = "",
    out: Annotated[str, typer.Option("--out", "-o", metavar="FILE", help="Write it there; - for the terminal.")] = "-",
) -> None:
    """Show guest code, IR before and after its passes, and host code side by side; of the entry point by default.

    Exit status 2: the program cannot be loaded, has no such place, or the tier leaves it to the interpreter.
    """
    from engines.vm.runtime.executable_memory import ExecutableMemoryError
    from engines.vm.tiers.listing import ListingError
    from engines.vm.user.launch import LaunchError
    from harness.commands import vm_dump

    try:
        pcs = [vm_dump.address(text) for text in pc or ()]
        found = vm_dump.listings(program, tier, host or vm_dump.this_host(), pcs, function or ())
        vm_dump.show(found, out)
    except (vm_dump.DumpError, ListingError, LaunchError, ExecutableMemoryError) as error:
        typer.echo(f"counterproof: {error}", err=True)
        raise typer.Exit(2) from None
    except OSError as error:
        typer.echo(f"counterproof: {out}: {error.strerror}", err=True)
        raise typer.Exit(2) from None
