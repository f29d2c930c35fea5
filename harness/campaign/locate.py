"""The first instruction of a program after which two of our tiers differ.

First both run the whole stretch and give a state digest every so many instructions; the digests bracket the place.
Then both give every state inside the bracket, and the first one that differs, and stays different, names the
instruction. What differs only for a moment (a process id in a register) is passed over.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import engines
from harness.contract import ProgramCase

BRACKETS: Final = 1024
TIMEOUT_S: Final = 600.0
_SABOTAGE: Final = "COUNTERPROOF_SABOTAGE"
_NAMES: Final = ("pc", *(f"x{n}" for n in range(32)), *(f"f{n}" for n in range(32)), "fcsr")


class LocateError(RuntimeError):
    """A tier could not run the program; the message has its own words."""


@dataclass(frozen=True)
class Located:
    """The first wrong instruction.

    Attributes:
        retired: instructions that retired before it, on both sides alike.
        pc: its address.
        bits: its encoding.
        instruction: disassembled.
        differences: (register, on the subject, on the reference) after it.
        ended: how the subject and the reference ended, where one of them did at this instruction.
    """

    retired: int
    pc: int
    bits: int
    instruction: str
    differences: tuple[tuple[str, int, int], ...]
    ended: tuple[str, str] = ("", "")

    def headline(self) -> str:
        return f"{self.instruction} at {self.pc:#x} after {self.retired:,} instructions"

    def text(self) -> str:
        """The headline and a line per register that differs."""
        lines = [self.headline(), f"  encoding {self.bits:#x}"]
        lines += [f"  {name:<5} {a:#018x} subject, {b:#018x} reference" for name, a, b in self.differences]
        sides = zip(("subject", "reference"), self.ended, strict=True)
        lines += [f"  the {side} ended: {how}" for side, how in sides if how]
        return "\n".join(lines)


def locate(
    case: ProgramCase, subject: str = "interpreter", reference: str = "reference", *, limit_insns: int = 1_000_000
) -> Located | None:
    """Compare two tiers on the first `limit_insns` instructions of `case`; None where they agree.

    An injected bug (`COUNTERPROOF_SABOTAGE`) is switched on in the subject only.

    Raises:
        LocateError: a tier does not exist or cannot start the program.
        ValueError: the case is for another ISA, or the limit is not positive.
    """
    if case.isa != "riscv64":
        raise ValueError(f"locate runs riscv64 programs, this case is for {case.isa!r}")
    if limit_insns < 1:
        raise ValueError(f"limit_insns is {limit_insns}, must be at least 1")
    sides = (_Side(case, subject, sabotaged=True), _Side(case, reference, sabotaged=False))
    every = max(1, limit_insns // BRACKETS)
    ours, theirs = (side.ask(every, 0, limit_insns) for side in sides)
    bracket = _bracket(ours, theirs, limit_insns)
    if bracket is None:
        return None
    while True:
        low, high = bracket
        ours, theirs = (side.ask(0, low, high) for side in sides)
        at = _first_lasting(ours["states"], theirs["states"])
        if at is None:
            return None
        if at or not low:
            break
        bracket = (max(0, low - every), low)  # the digest at `low` met by chance or was equal for a moment
    return _located(low + at - 1, ours, theirs, max(at - 1, 0), at)


def _located(retired: int, ours: dict[str, Any], theirs: dict[str, Any], before: int, after: int) -> Located:
    from engines.vm.isa.riscv64.coding import disassemble

    state = theirs["states"][before]
    bits = state[-1]
    left, right = (side["states"][after] if after < len(side["states"]) else None for side in (ours, theirs))
    differences: tuple[tuple[str, int, int], ...] = ()
    if left is not None and right is not None:
        differences = tuple((n, a, b) for n, a, b in zip(_NAMES, left[:-1], right[:-1], strict=True) if a != b)
    text = disassemble(bits) if bits >= 0 else "an instruction that cannot be fetched"
    ended = (ours["ended"] if left is None else "", theirs["ended"] if right is None else "")
    return Located(max(retired, 0), state[0], bits, text, differences, ended)


def _bracket(ours: dict[str, Any], theirs: dict[str, Any], limit_insns: int) -> tuple[int, int] | None:
    """(equal, different) counts of instructions from the digests, None where everything is equal."""
    left, right = ours["checkpoints"], theirs["checkpoints"]
    at = _first_lasting([digest for _, digest in left], [digest for _, digest in right])
    if at is not None:
        counts = [0, *(count for count, _ in max(left, right, key=len))]
        return counts[at], min(counts[at + 1], limit_insns)
    if (ours["retired"], bool(ours["ended"])) == (theirs["retired"], bool(theirs["ended"])):
        return None
    return (left[-1][0] if left else 0), min(max(ours["retired"], theirs["retired"]), limit_insns)


def _first_lasting(left: Sequence[Any], right: Sequence[Any]) -> int | None:
    """The index from which on the sequences differ to the end; where one is shorter, what it lacks differs."""
    common = min(len(left), len(right))
    at = common
    while at and left[at - 1] != right[at - 1]:
        at -= 1
    if at == common and len(left) == len(right):
        return None
    return at


class _Side:
    """One tier, asked for states in processes of its own."""

    def __init__(self, case: ProgramCase, tier: str, *, sabotaged: bool) -> None:
        self._case, self._tier, self._sabotaged = case, tier, sabotaged

    def ask(self, every: int, low: int, high: int) -> dict[str, Any]:
        """What `harness.campaign.program_state` answers.

        Raises:
            LocateError: the process failed or took too long.
        """
        case = self._case
        with tempfile.TemporaryDirectory(prefix="counterproof-locate-") as root:
            work, program, stdin = Path(root, "work"), Path(root, "program"), Path(root, "stdin")
            work.mkdir()
            for name, content in case.files:
                (work / name).parent.mkdir(parents=True, exist_ok=True)
                (work / name).write_bytes(content)
            program.write_bytes(case.image)
            stdin.write_bytes(case.stdin)
            request, out = Path(root, "request.json"), Path(root, "answer.json")
            launch = {
                "program": str(program),
                "argv0": case.argv[0] if case.argv else "",
                "arguments": list(case.argv[1:]),
                "base_environment": [f"{name}={value}" for name, value in case.environment],
                "tier": self._tier,
                "seed": 0,
            }
            request.write_text(
                json.dumps(
                    {"launch": launch, "every_insns": every, "from_insns": low, "to_insns": high, "out": str(out)}
                )
            )
            with stdin.open("rb") as opened:
                self._run([sys.executable, "-P", "-m", "harness.campaign.program_state", str(request)], work, opened)
            answer: dict[str, Any] = json.loads(out.read_bytes())
        return answer

    def _run(self, command: list[str], work: Path, stdin: Any) -> None:
        environment = dict(os.environ) | {"PYTHONPATH": str(Path(next(iter(engines.__path__))).parent)}
        if not self._sabotaged:
            environment.pop(_SABOTAGE, None)
        try:
            done = subprocess.run(
                command,
                cwd=work,
                env=environment,
                stdin=stdin,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise LocateError(f"the {self._tier} tier did not finish within {TIMEOUT_S:g} s") from None
        if done.returncode != 0:
            text = done.stderr.decode(errors="replace").strip()[-2000:]
            raise LocateError(f"the {self._tier} tier ended with {done.returncode}: {text}")
