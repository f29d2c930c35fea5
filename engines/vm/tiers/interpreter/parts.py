"""The interpreter's module in parts, each a module of its own: they are compiled side by side and linked together.

A function that other parts may call is hidden instead of internal: no name of it leaves the linked image. Where the
cuts are depends on the text alone, so the image is the same however many processes compile it. Cold functions are
compiled quickly, not well: LLVM's better code takes it several times as long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from engines.vm.runtime.llvm import Module
from engines.vm.tiers.interpreter.emitter import BRANCH_WEIGHTS

_HEAD: Final = re.compile(r"define (internal )?([^@]*@([\w.]+)[^{]*) \{\n")
_COLD: Final = re.compile(r"\) .*\bcold\b")
_USED: Final = re.compile(r"@([\w.]+)")
_INTRINSIC: Final = "llvm."


class Cutter:
    """Collects function definitions, and cuts what it has into modules: cold functions apart from all others."""

    def __init__(self) -> None:
        self._declarations: dict[str, str] = {}
        self._bodies: dict[bool, dict[str, str]] = {False: {}, True: {}}
        self._characters = {False: 0, True: 0}

    def add(self, definitions: Iterable[str]) -> None:
        """Take function definitions in; what they call may come in any earlier part, or in theirs.

        Raises:
            ValueError: a text that does not begin as a definition does; the message quotes it.
        """
        for definition in definitions:
            head = _HEAD.match(definition)
            if head is None:
                raise ValueError(f"no LLVM function: {definition[:80]!r}")
            linkage = "hidden " if head[1] else ""
            cold = _COLD.search(head[2]) is not None
            self._declarations[head[3]] = f"declare {linkage}{head[2]}"
            self._bodies[cold][head[3]] = f"define {linkage}{definition[head.start(2) :]}"
            self._characters[cold] += len(definition)

    def cut(self, intrinsics: Iterable[str], least: int = 1) -> Iterator[Module]:
        """Modules of the functions since the last cut, where there are `least` characters of them.

        Args:
            intrinsics: the `declare` lines of LLVM's own functions.

        Raises:
            ValueError: they call a function that was not added yet; the message names it.
        """
        for cold, bodies in self._bodies.items():
            if self._characters[cold] >= least:
                yield Module(self._text(intrinsics, bodies), quick=cold)
                bodies.clear()
                self._characters[cold] = 0

    def _text(self, intrinsics: Iterable[str], bodies: dict[str, str]) -> str:
        used = {name for body in bodies.values() for name in _USED.findall(body)} - bodies.keys()
        outside = sorted(name for name in used if not name.startswith(_INTRINSIC))
        unknown = [name for name in outside if name not in self._declarations]
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: called by an earlier part than defines it")
        declared = [self._declarations[name] for name in outside]
        return "\n".join([*sorted(intrinsics), *declared, *bodies.values(), BRANCH_WEIGHTS]) + "\n"
