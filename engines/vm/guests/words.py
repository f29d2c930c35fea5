"""Records of 64-bit words that Python and native code share, made without numpy: a program start must not wait for it.

numpy's view of the same layout is made when somebody asks for it.
"""

from __future__ import annotations

import engines.vm.quick_ctypes as ctypes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Final

WORD_BYTES: Final = 8


class WordLayout:
    """The members of a record in order, each one or several 64-bit words.

    Attributes:
        members: (name, count); a count of 0 is a single word, other counts make an array.
        offsets: byte offset of each member.
        itemsize: bytes of the whole record.
    """

    def __init__(self, members: Sequence[tuple[str, int]]) -> None:
        self.members = tuple(members)
        self.offsets: dict[str, int] = {}
        at = 0
        for name, count in self.members:
            self.offsets[name] = at
            at += WORD_BYTES * max(count, 1)
        self.itemsize = at

    def dtype(self) -> Any:
        """The layout as a numpy dtype."""
        import numpy as np

        return np.dtype([(name, "<u8", (count,)) if count else (name, "<u8") for name, count in self.members])


class WordRecord:
    """One record in memory of its own, all zeros at first; single words are read and written by name.

    Attributes:
        address: of the record, for native code.
        words: the record as 64-bit words.
    """

    __slots__ = ("_index", "_memory", "address", "words")

    def __init__(self, layout: WordLayout) -> None:
        self._index = {name: layout.offsets[name] // WORD_BYTES for name, count in layout.members if not count}
        self._memory = (ctypes.c_uint64 * (layout.itemsize // WORD_BYTES))()
        self.address = ctypes.addressof(self._memory)
        self.words = memoryview(self._memory).cast("B").cast("Q")

    def __getitem__(self, name: str) -> int:
        return self.words[self._index[name]]

    def __setitem__(self, name: str, value: int) -> None:
        self.words[self._index[name]] = value


__all__ = ["WORD_BYTES", "WordLayout", "WordRecord"]
