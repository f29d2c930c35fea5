"""Code under construction whose jumps name labels that may stand later: what the encoders of all hosts share."""

from __future__ import annotations

from abc import ABC, abstractmethod


class LabelledCode(ABC):
    """Code under construction.

    Attributes:
        code: so far.
    """

    def __init__(self) -> None:
        self.code = bytearray()
        self._labels: list[int] = []
        self._fixups: list[tuple[int, int, int]] = []

    @staticmethod
    @abstractmethod
    def _relocate(code: bytearray, kind: int, at: int, target: int) -> None:
        """Fill the field at offset `at` so that it leads to offset `target`, as the host's relocations do."""

    def label(self) -> int:
        """A label that stands nowhere yet."""
        self._labels.append(-1)
        return len(self._labels) - 1

    def bind(self, label: int) -> None:
        """The label stands here."""
        self._labels[label] = len(self.code)

    def offset_of(self, label: int) -> int:
        """Where a label stands; negative if it does not yet."""
        return self._labels[label]

    def link(self) -> bytes:
        """The finished code.

        Raises:
            ValueError: a jump to a label that stands nowhere, or too far away.
        """
        code, labels, relocate = self.code, self._labels, self._relocate
        for at, kind, label in self._fixups:
            target = labels[label]
            if target < 0:
                raise ValueError(f"label {label} is used at offset {at:#x} but stands nowhere")
            relocate(code, kind, at, target)
        self._fixups.clear()
        return bytes(self.code)


class WordCode(LabelledCode):
    """Code of hosts whose instructions all have four bytes."""

    @property
    def insns(self) -> int:
        """How many instructions."""
        return len(self.code) // 4

    def word(self, word: int) -> None:
        self.code += word.to_bytes(4, "little")

    def _to(self, kind: int, label: int, word: int) -> None:
        """An instruction that leads to a label."""
        self._fixups.append((len(self.code), kind, label))
        self.word(word)
