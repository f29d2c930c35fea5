"""`counterproof vm run`: run a Linux program, as qemu-riscv64 does.

A user starts it as often as a shell starts a program, so it imports no more than it needs: no parser where there are no
options, or only such as need no check.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import Any, Final, NoReturn

    from engines.vm.tiers.executor import TierExecutor

PROGRAM: Final = "counterproof vm run"
SUMMARY: Final = "Run a Linux program for riscv64, as qemu-riscv64 does."
CPUS: Final = ("rv64gc", "rv64", "max")
"""Names for the machine without V; the last two are qemu-riscv64's."""
VECTOR_CPUS: Final = ("rv64gcv", "rv64,v=true,vlen=128,vext_spec=v1.0")
"""Names for the machine with V; the last one is qemu-riscv64's."""
_USAGE: Final = 2
_PLAIN: Final = {"--tier": "tier", "--aot": "aot", "-L": "prefix", "--prefix": "prefix"}
"""Options that take any text, and the fields of `Launch` that it is for."""
_FLAGS: Final = {"--stats": "stats", "--strace": "strace"}


def refuse(message: str) -> NoReturn:
    """End this process with a message and the status for wrong usage."""
    print(f"counterproof: {message}", file=sys.stderr)
    raise SystemExit(_USAGE)


def parser() -> argparse.ArgumentParser:
    """The options, which end at the program's name."""
    from harness.commands import vm_run_options

    return vm_run_options.parser()


def run(arguments: Sequence[str]) -> int:
    """Run what `arguments` ask for; the exit status.

    Raises:
        SystemExit: the arguments are wrong (2) or ask for help (0).
    """
    plain = plain_options(arguments)
    if plain is not None:
        options, rest = plain
        return _started(rest[0], rest[1:], **options)
    given = parser().parse_args(arguments)
    has_vectors = given.cpu in VECTOR_CPUS
    if given.cpu not in CPUS and not has_vectors:
        refuse(f"--cpu {given.cpu}: there is only {', '.join(CPUS)}, and with vectors {' or '.join(VECTOR_CPUS)}")
    if given.host and has_vectors:
        refuse(f"--host {given.host}: goes only with --cpu {CPUS[0]}")
    bad = next((setting for setting in given.env if "=" not in setting), None)
    if bad is not None:
        refuse(f"-E {bad}: must be VAR=VAL")
    if given.host and (given.dump or given.tier != "default"):
        refuse(f"--host {given.host}: goes with neither --tier nor --dump")
    return _started(
        given.program,
        given.arguments,
        argv0=given.argv0,
        unset=given.unset,
        environment=tuple(given.env),
        prefix=given.prefix,
        tier=given.tier,
        aot=given.aot,
        host=given.host,
        limit_insns=given.limit,
        timeout_s=given.timeout,
        strace=given.strace,
        stats=given.stats,
        dump=given.dump,
        spans=given.spans,
        seed=given.seed,
        translate=not given.no_translate,
        has_vectors=has_vectors,
    )


def plain_options(arguments: Sequence[str]) -> tuple[dict[str, Any], Sequence[str]] | None:
    """The options of `Launch` and what follows them, the program first; None where it takes the parser to tell.

    Most command lines are like that: what the parser costs is a fifth of a start.
    """
    options: dict[str, Any] = {}
    at = 0
    while at < len(arguments):
        argument = arguments[at]
        if not argument.startswith("-"):
            return options, arguments[at:]
        if argument in _FLAGS:
            options[_FLAGS[argument]] = True
            at += 1
        elif argument in _PLAIN and at + 1 < len(arguments) and not arguments[at + 1].startswith("-"):
            options[_PLAIN[argument]] = arguments[at + 1]
            at += 2
        else:
            return None
    return None


def _started(
    program: str,
    arguments: Sequence[str],
    *,
    unset: Sequence[str] = (),
    host: str = "",
    aot: str = "",
    translate: bool = True,
    **options: Any,
) -> int:
    """Run `program`; `options` are those of `Launch`."""
    from engines.vm.user import launch

    try:
        return launch.run(
            launch.Launch(
                program=program,
                arguments=tuple(arguments[1:] if arguments[:1] == ["--"] else arguments),
                base_environment=tuple(s for s in _given_environment() if s.partition("=")[0] not in unset),
                aot="" if host else aot,
                translate=translate and not host,
                **options,
            ),
            _on_host(host, program, aot) if host else None,
        )
    except launch.LaunchError as error:
        refuse(str(error))


def _on_host(host: str, program: str, image: str) -> TierExecutor:
    from harness.subjects.program_on_host import HostExecutor

    try:
        return HostExecutor(host, program, image)
    except OSError as error:
        refuse(f"{program}: {error.strerror}")
    except ValueError as error:
        refuse(str(error))


def _given_environment() -> tuple[str, ...]:
    """The environment that this process was started with; Python itself may have added to it since (PEP 538)."""
    with open("/proc/self/environ", "rb") as file:
        settings = file.read().split(b"\0")
    return tuple(os.fsdecode(setting) for setting in settings if setting)
