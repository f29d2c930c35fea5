"""The options of `counterproof vm run`."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from harness.commands.vm_run import CPUS, PROGRAM, SUMMARY, refuse


class _Parser(argparse.ArgumentParser):
    def format_help(self) -> str:
        """The help, and examples as the other commands show them."""
        from harness.commands.examples import EXAMPLES

        shown = "".join(f"  {line}\n      {why}\n" for line, why in EXAMPLES[PROGRAM])
        return f"{super().format_help()}\nExamples:\n{shown}"

    def error(self, message: str) -> NoReturn:
        refuse(message)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """The options, with `program` and `arguments` from what follows them, a first `--` apart.

        One positional argument takes all of that: argparse drops a `--` for each that it gives values to.
        """
        found = super().parse_args(args, namespace)
        command = found.command[1:] if found.command[:1] == ["--"] else found.command
        if not command:
            self.error("the following arguments are required: PROG")
        found.program, *found.arguments = command
        return found


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
        usage="%(prog)s [OPTIONS] PROG [ARGS]",
        allow_abbrev=False,
    )
    add = found.add_argument
    add(
        "command",
        metavar="PROG [ARGS]",
        nargs=argparse.REMAINDER,
        help="a riscv64 Linux executable, and its arguments, after -- if you like",
    )
    add("--tier", default="default", help="how to execute: default, or one of `counterproof vm tiers`")
    add(
        "--aot",
        default="",
        metavar="IMAGE",
        help="run the code that `counterproof vm aot` made, and baseline code where it has none",
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
    add(
        "--spans",
        default="",
        metavar="FILE",
        help="write what was done when to FILE, for Perfetto or chrome://tracing: loading, executing, system calls, "
        "compiling, the code cache, what was left to the reference tier",
    )
    add(
        "--no-translate",
        action="store_true",
        help="have no process of low priority translate what was hot, when the run is over, for the next run (as "
        "COUNTERPROOF_TRANSLATE=0)",
    )
    add("--limit", type=_from_0(int), default=0, metavar="N", help="retire at most N instructions; 0 for no limit")
    add("--timeout", type=_from_0(float), default=0.0, metavar="S", help="run at most S seconds; 0 for no limit")
    add("-E", "--env", action="append", default=[], metavar="VAR=VAL", help="set a variable of the program")
    add("-U", "--unset", action="append", default=[], metavar="VAR", help="unset a variable of the program")
    add("-L", "--prefix", default="", help="look for the guest's files below PREFIX first")
    add("-0", "--argv0", help="the program's argv[0]")
    add("--seed", type=int, help="make the guest's random numbers repeat")
    add("--cpu", default=CPUS[0], help="the processor: rv64gc (default), or rv64gcv, which has vectors")
    return found
