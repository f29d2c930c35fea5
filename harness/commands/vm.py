"""`counterproof vm`: run programs on our virtual machine."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="Run programs on our virtual machine.", no_args_is_help=True)

_CPUS = ("rv64gc", "rv64", "max")
"""Names for the one machine that there is; the last two are qemu-riscv64's."""
_USAGE = 2


@app.callback()
def vm() -> None:
    """Run programs on our virtual machine."""


@app.command(context_settings={"allow_interspersed_args": False, "ignore_unknown_options": False})
def run(
    program: Annotated[str, typer.Argument(metavar="PROG", help="A riscv64 Linux executable.")],
    arguments: Annotated[list[str] | None, typer.Argument(metavar="[--] [ARGS]...", help="Its arguments.")] = None,
    tier: Annotated[str, typer.Option(help="How to execute: default, interpreter or reference.")] = "default",
    strace: Annotated[bool, typer.Option("--strace", help="Print system calls to standard error.")] = False,
    stats: Annotated[bool, typer.Option("--stats", help="Print what was done, at the end, to standard error.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="Retire at most N instructions; 0 for no limit.")] = 0,
    timeout: Annotated[float, typer.Option(min=0.0, help="Run at most so many seconds; 0 for no limit.")] = 0.0,
    environment: Annotated[
        list[str] | None, typer.Option("-E", "--env", metavar="VAR=VAL", help="Set a variable of the program.")
    ] = None,
    unset: Annotated[
        list[str] | None, typer.Option("-U", "--unset", metavar="VAR", help="Unset a variable of the program.")
    ] = None,
    prefix: Annotated[
        str, typer.Option("-L", "--prefix", metavar="PREFIX", help="Look for the guest's files below PREFIX first.")
    ] = "",
    argv0: Annotated[str | None, typer.Option("-0", "--argv0", help="The program's argv[0].")] = None,
    seed: Annotated[int | None, typer.Option(help="Make the guest's random numbers repeat.")] = None,
    cpu: Annotated[str, typer.Option(help="The processor: rv64gc.")] = "rv64gc",
) -> None:
    """Run a Linux program for riscv64, as qemu-riscv64 does.

    Standard streams pass through, the exit status is the program's, and a signal that ends it ends this process. Exit
    status 2 with one line on standard error: the program could not be started. 124: --limit or --timeout ended it.
    """
    from engines.vm.user import launch

    def fail(text: str) -> typer.Exit:
        typer.echo(f"counterproof: {text}", err=True)
        return typer.Exit(_USAGE)

    if cpu not in _CPUS:
        raise fail(f"--cpu {cpu}: there is only {', '.join(_CPUS)}")
    bad = next((setting for setting in environment or () if "=" not in setting), None)
    if bad is not None:
        raise fail(f"-E {bad}: must be VAR=VAL")
    rest = list(arguments or ())
    if rest[:1] == ["--"]:
        del rest[0]
    try:
        status = launch.run(
            launch.Launch(
                program=program,
                arguments=tuple(rest),
                argv0=argv0,
                base_environment=tuple(s for s in _given_environment() if s.partition("=")[0] not in (unset or ())),
                environment=tuple(environment or ()),
                prefix=prefix,
                tier=tier,
                limit_insns=limit,
                timeout_s=timeout,
                strace=strace,
                stats=stats,
                seed=seed,
            )
        )
    except launch.LaunchError as error:
        raise fail(str(error)) from None
    raise typer.Exit(status)


def _given_environment() -> tuple[str, ...]:
    """The environment that this process was started with; Python itself may have added to it since (PEP 538)."""
    import os
    from pathlib import Path

    settings = Path("/proc/self/environ").read_bytes().split(b"\0")
    return tuple(os.fsdecode(setting) for setting in settings if setting)
