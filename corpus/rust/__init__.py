"""Real programs of the Rust subset, with what rustc's build of each prints.

`programs/NAME.rs` is the program, `NAME.expected` its standard output; a program that ends by a panic has `NAME.panic`,
its standard error without the backtrace's hint. `tests/corpus/test_rust_programs.py` compares them with rustc.

`gc/NAME.rs` are programs of GC mode and mixed ones, which rustc does not know. One that has a twin in `programs` (the
same program in ownership mode) prints what the twin prints, which rustc judges; the others have their own `.expected`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROGRAMS: Final = Path(__file__).with_name("programs")
GC_PROGRAMS: Final = Path(__file__).with_name("gc")
PANICKED: Final = 101
"""Exit status of a program that panicked."""


@dataclass(frozen=True)
class RustProgram:
    """One program and what it does.

    Attributes:
        panic: standard error of a program that panics, `thread 'main' panicked at FILE:LINE:COLUMN:` and the message.
    """

    name: str
    source: str
    stdout: str
    panic: str | None

    @property
    def exit_status(self) -> int:
        return 0 if self.panic is None else PANICKED


def rust_programs() -> list[RustProgram]:
    """Every program of ownership mode, by name."""
    return [_program(source, source) for source in sorted(PROGRAMS.glob("*.rs"))]


def gc_programs() -> list[RustProgram]:
    """Every program of GC mode and every mixed one, by name."""
    out = []
    for source in sorted(GC_PROGRAMS.glob("*.rs")):
        twin = PROGRAMS / source.name
        out.append(_program(source, twin if twin.exists() else source))
    return out


def _program(source: Path, told: Path) -> RustProgram:
    """The program, which does what is told beside `told`."""
    panic = told.with_suffix(".panic")
    return RustProgram(
        source.stem,
        source.read_text(),
        told.with_suffix(".expected").read_text(),
        panic.read_text() if panic.exists() else None,
    )
