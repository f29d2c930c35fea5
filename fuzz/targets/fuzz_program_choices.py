"""Serialised choices of generated programs: refused, or read back the same; and any choices are a legal program."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fuzz.targets.target import FindingError, Target, instrumented, replace

with instrumented(__name__):
    from fuzz.strategies.riscv64 import emit as emission
    from fuzz.strategies.riscv64.choices import Choices
    from fuzz.strategies.riscv64.draw import draw
    from fuzz.strategies.riscv64.emit import emit
    from fuzz.strategies.riscv64.mutate import mutate, mutate_bytes
    from fuzz.strategies.riscv64.profiles import profile_named
    from harness.contract.layout import CODE_BASE, CODE_BYTES


def one_input(data: bytes) -> None:
    try:
        choices = Choices.from_bytes(data)
    except ValueError:
        choices = Choices.from_noise(data)
    else:
        if choices.to_bytes() != data:
            raise FindingError("choices that change when they are read and written")
    if Choices.from_bytes(choices.to_bytes()).to_bytes() != choices.to_bytes():
        raise FindingError("choices that change when they are written and read")
    batch = emission.emit(choices)
    case = batch.case(0)
    pc = int(case.state["pc"])
    if not case.code_address <= pc < case.code_address + len(case.code) or pc % 2:
        raise FindingError(
            f"the program starts at {pc:#x}, outside its {len(case.code)} bytes at {case.code_address:#x}"
        )
    if not CODE_BASE <= case.code_address <= CODE_BASE + CODE_BYTES - len(case.code):
        raise FindingError(f"{len(case.code)} bytes at {case.code_address:#x} are outside the code arena")
    mutant = mutate(choices, len(data))
    if mutate(choices, len(data)).to_bytes() != mutant.to_bytes():
        raise FindingError("one seed gives two mutants")
    emit(mutant)


def seeds() -> Iterable[bytes]:
    for profile in ("default", "fp", "memory", "control", "traps", "noise"):
        drawn = draw(1, 0, 2, profile_named(profile))
        yield from (drawn.row(i).to_bytes() for i in range(2))


def planted() -> None:
    def wrapper(original: Any) -> Any:
        def emitted(choices: Choices, *given: Any) -> Any:
            batch = original(choices, *given)
            if choices.state["entry"][0] % 64 == 5:
                batch.initial["pc"] += 1
            return batch

        return emitted

    replace(emission, "emit", wrapper)


TARGET = Target(
    one_input,
    "choices of generated programs: read and written the same, always a legal program",
    ("fuzz.strategies.riscv64.emit", "fuzz.strategies.riscv64.mutate"),
    seeds,
    planted,
    "a program of one entry starts at an odd address",
    mutate=mutate_bytes,
    max_bytes=2500,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
