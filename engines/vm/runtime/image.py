"""Flat images of position-independent x86-64 code: object files linked once, so that loading them is one copy.

Loading an image needs no LLVM, which alone takes longer to import than everything else that a start does. On other
hosts `native_code` loads the object file through llvmlite.
"""

from __future__ import annotations

from engines.vm.errors import MachineError
from engines.vm.record import record
from engines.vm.runtime.quick_json import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_SLOT_BYTES: Final = 8


class LinkError(MachineError, ValueError):
    """An object file uses something that a flat image cannot hold. The message names it."""


@record(frozen=True)
class Image:
    """Code that runs at any address once its imports are filled in.

    Attributes:
        content: code and constants.
        symbols: offsets of the global functions.
        imports: offsets of 8-byte slots that receive the addresses of functions from outside.
        faults: offsets of each instruction that may fault, and of its way out. `to_bytes` does not keep them.
        links: offsets of distances of jumps that may be led elsewhere, and the name of each one's target. `to_bytes`
            does not keep them.
    """

    content: bytes | memoryview
    symbols: dict[str, int]
    imports: dict[str, int]
    faults: tuple[tuple[int, int], ...] = ()
    links: tuple[tuple[int, str], ...] = ()

    def to_bytes(self) -> bytes:
        from json import dumps

        header = dumps({"symbols": self.symbols, "imports": self.imports}).encode()
        return b"".join((len(header).to_bytes(4, "little"), header, self.content))

    @classmethod
    def from_bytes(cls, data: bytes | memoryview) -> Image:
        """Read what `to_bytes` wrote; the content is a part of `data`, without a copy if that is a view.

        Raises:
            LinkError: not such bytes, or an offset in them is outside the content.
        """
        start = 4 + int.from_bytes(data[:4], "little")
        try:
            header = loads(bytes(data[4:start]))
            symbols, imports = header["symbols"], header["imports"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise LinkError(f"a flat image's header of {start - 4} bytes is damaged: {error!r}") from None
        if start > len(data):
            raise LinkError(f"a flat image of {len(data)} bytes ends in its header of {start - 4} bytes")
        content = data[start:]
        refuse_outside("symbol", symbols, len(content))
        refuse_outside("import slot", imports, len(content) - _SLOT_BYTES)
        return cls(content, symbols, imports)


def refuse_outside(what: str, offsets: object, last: int) -> None:
    """Refuse names that are not mapped to offsets in `0 … last`."""
    if not isinstance(offsets, dict):
        raise LinkError(f"a flat image's {what}s are a {type(offsets).__name__}, must map names to offsets")
    for name, offset in offsets.items():
        if type(offset) is not int or not 0 <= offset <= last:
            raise LinkError(f"{what} {name!r} has offset {offset!r}; legal are 0 … {last}")
