"""Instructions that are told where they come from, as they are written.

A file of its own: mypyc has no room for a class that is a `list` (`harness.campaign.compiled_compiler`).
"""

from __future__ import annotations

from typing import Any, Protocol

from engines.rustwasm.wasm.module import Instruction
from engines.rustwasm.wasm.positions import Position, Positioned


class Somewhere(Protocol):
    """Who knows where what is written now comes from."""

    here: Position | None


class Placed(list[Any]):
    """Instructions that get the writer's position when they come."""

    def __init__(self, writer: Somewhere) -> None:
        super().__init__()
        self.writer = writer
        self.last: Position | None = None

    def append(self, one: Instruction) -> None:
        self.last = self.writer.here or self.last
        super().append(one if self.last is None else Positioned.of(one, self.last))
