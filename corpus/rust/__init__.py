"""Real programs of the Rust subset, with what rustc's build of each prints.

`programs/NAME.rs` is the program, `NAME.expected` its standard output; a program that ends by a panic has `NAME.panic`,
its standard error without the backtrace's hint. `tests/corpus/test_rust_programs.py` compares them with rustc.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROGRAMS: Final = Path(__file__).with_name("programs")
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
    """Every program, by name."""
    out = []
    for source in sorted(PROGRAMS.glob("*.rs")):
        panic = source.with_suffix(".panic")
        out.append(
            RustProgram(
                source.stem,
                source.read_text(),
                source.with_suffix(".expected").read_text(),
                panic.read_text() if panic.exists() else None,
            )
        )
    return out
