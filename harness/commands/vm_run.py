"""`counterproof vm run`: run a Linux program, as qemu-riscv64 does.

A user starts it as often as a shell starts a program, so it is parsed by argparse and imports no more than it needs.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from engines.vm.tiers.executor import TierExecutor

PROGRAM: Final = "counterproof vm run"
SUMMARY: Final = "Run a Linux program for riscv64, as qemu-riscv64 does."
_CPUS: Final = ("rv64gc", "rv64", "max")
"""Names for the one machine that there is; the last two are qemu-riscv64's."""
_USAGE: Final = 2


class _Parser(argparse.ArgumentParser):
    def format_help(self) -> str:
        """The help, and examples as the other commands show them."""
        from harness.commands.examples import EXAMPLES

        shown = "".join(f"  {line}\n      {why}\n" for line, why in EXAMPLES[PROGRAM])
        return f"{super().format_help()}\nExamples:\n{shown}"

    def error(self, message: str) -> NoReturn:
        _refuse(message)


def _refuse(message: str) -> NoReturn:
    print(f"counterproof: {message}", file=sys.stderr)
    raise SystemExit(_USAGE)


def _from_0(kind: type[int] | type[float]) -> type[int] | type[float]:
    """A type of argparse: a number that is not negative."""

    def number(text: str) -> int | float:
        value = kind(text)
        if not value >= 0:
            raise argparse.ArgumentTypeError(f"{text}: must be 0 or more; 0 is for no limit")
        return value

    number.__name__ = kind.__name__
    return number  # type: ignore[return-value]  # argparse takes any callable; its annotation has types alone


def parser() -> argparse.ArgumentParser:
    """The options, which end at the program's name."""
    found = _Parser(
        prog=PROGRAM,
        description=SUMMARY + " Standard streams pass through, the exit status is the program's, and a signal that "
        "ends it ends this process. Exit status 2 with one line on standard error: the program could not be started. "
        "124: --limit or --timeout ended it.",
        allow_abbrev=False,
    )
    add = found.add_argument
    add("program", metavar="PROG", help="a riscv64 Linux executable")
    add("arguments", metavar="ARGS", nargs=argparse.REMAINDER, help="its arguments, after -- if you like")
    add("--tier", default="default", help="how to execute: default, or one of `counterproof vm tiers`")
    add(
        "--aot",
        default="",
        metavar="IMAGE",
        help="run the code that `counterproof vm aot` made; implies --tier baseline",
    )
    add(
        "--host",
        default="",
        metavar="HOST",
        help="run the program's code on another kind of host, arm64 or riscv64, under QEMU if need be: the image that "
        "`counterproof vm aot --host` made for it, or what the baseline compiler makes",
    )
    add("--strace", action="store_true", help="print system calls to standard error")
    add("--stats", action="store_true", help="print what was done, at the end, to standard error")
    add(
        "--dump",
        default="",
        metavar="FILE",
        help="write guest code, IR and host code of all that was compiled, side by side, to FILE; - for standard "
        "error; all is compiled anew",
    )
    add("--limit", type=_from_0(int), default=0, metavar="N", help="retire at most N instructions; 0 for no limit")
    add("--timeout", type=_from_0(float), default=0.0, metavar="S", help="run at most S seconds; 0 for no limit")
    add("-E", "--env", action="append", default=[], metavar="VAR=VAL", help="set a variable of the program")
    add("-U", "--unset", action="append", default=[], metavar="VAR", help="unset a variable of the program")
    add("-L", "--prefix", default="", help="look for the guest's files below PREFIX first")
    add("-0", "--argv0", help="the program's argv[0]")
    add("--seed", type=int, help="make the guest's random numbers repeat")
    add("--cpu", default=_CPUS[0], help="the processor: rv64gc (default)")
    return found


def run(arguments: Sequence[str]) -> int:
    """Run what `arguments` ask for; the exit status.

    Raises:
        SystemExit: the arguments are wrong (2) or ask for help (0).
    """
    given = parser().parse_args(arguments)
    if given.cpu not in _CPUS:
        _refuse(f"--cpu {given.cpu}: there is only {', '.join(_CPUS)}")
    bad = next((setting for setting in given.env if "=" not in setting), None)
    if bad is not None:
        _refuse(f"-E {bad}: must be VAR=VAL")
    rest = given.arguments[1:] if given.arguments[:1] == ["--"] else given.arguments
    from engines.vm.user import launch

    if given.host and (given.dump or given.tier != "default"):
        _refuse(f"--host {given.host}: goes with neither --tier nor --dump")
    try:
        return launch.run(
            launch.Launch(
                program=given.program,
                arguments=tuple(rest),
                argv0=given.argv0,
                base_environment=tuple(s for s in _given_environment() if s.partition("=")[0] not in given.unset),
                environment=tuple(given.env),
                prefix=given.prefix,
                tier="baseline" if given.aot and given.tier == "default" else given.tier,
                aot="" if given.host else given.aot,
                limit_insns=given.limit,
                timeout_s=given.timeout,
                strace=given.strace,
                stats=given.stats,
                dump=given.dump,
                seed=given.seed,
            ),
            _on_host(given.host, given.program, given.aot) if given.host else None,
        )
    except launch.LaunchError as error:
        _refuse(str(error))


def _on_host(host: str, program: str, image: str) -> TierExecutor:
    from harness.subjects.program_on_host import HostExecutor

    try:
        return HostExecutor(host, program, image)
    except OSError as error:
        _refuse(f"{program}: {error.strerror}")
    except ValueError as error:
        _refuse(str(error))


def _given_environment() -> tuple[str, ...]:
    """The environment that this process was started with; Python itself may have added to it since (PEP 538)."""
    settings = Path("/proc/self/environ").read_bytes().split(b"\0")
    return tuple(os.fsdecode(setting) for setting in settings if setting)
