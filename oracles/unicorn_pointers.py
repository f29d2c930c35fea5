"""Finding and exchanging the pointers by which a shared library reaches its own exported functions.

A library that exports a function reaches it, even itself, through pointers that the dynamic linker filled in. Its
relocations say where they are. This is how the adapter puts its own functions between Unicorn's translator and the
functions that compute single instructions, without touching any code.
"""

from __future__ import annotations

import ctypes
import mmap
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

_ELF_HEADER: Final = struct.Struct("<16sHHIQQQIHHHHHH")
_PROGRAM_HEADER: Final = struct.Struct("<IIQQQQQQ")
_PT_LOAD, _PT_DYNAMIC = 1, 2
_DT_PLTRELSZ, _DT_STRTAB, _DT_SYMTAB, _DT_RELA, _DT_RELASZ, _DT_STRSZ, _DT_JMPREL = 2, 5, 6, 7, 8, 10, 23
_RELA: Final = np.dtype([("offset", "<u8"), ("info", "<u8"), ("addend", "<i8")])
_SYMBOL: Final = np.dtype([("name", "<u4"), ("kind", "<u4"), ("value", "<u8"), ("size", "<u8")])
_PROT_READ, _PROT_WRITE = 1, 2


class RedirectionError(RuntimeError):
    """This build of the library does not export a function, or does not reach it through pointers that we find."""


def function_address(library: ctypes.CDLL, symbol: str) -> int:
    """The address of an exported function.

    Raises:
        RedirectionError: the library does not export it.
    """
    try:
        address = ctypes.cast(getattr(library, symbol), ctypes.c_void_p).value
    except AttributeError:
        address = None
    if address is None:
        raise RedirectionError(f"{library._name} does not export {symbol}")
    return address


def pointers_to(library: ctypes.CDLL, symbols: Iterable[str]) -> dict[str, list[int]]:
    """Where in this process the library keeps pointers to these exported functions of its own.

    Raises:
        RedirectionError: it is no ELF library, or it reaches one of them otherwise.
    """
    file = _SharedObject(Path(library._name))
    found: dict[str, list[int]] = {}
    for name in symbols:
        address = function_address(library, name)
        symbol = file.symbol(name)
        base = address - int(file.symbol_values[symbol])
        places = [base + int(at) for at in file.eager["offset"][file.eager["info"] >> np.uint64(32) == symbol]]
        # Pointers for calls may still lead to the dynamic linker, which would fill them in at the first call.
        calls = [base + int(at) for at in file.calls["offset"][file.calls["info"] >> np.uint64(32) == symbol]]
        if not places + calls or any(ctypes.c_uint64.from_address(at).value != address for at in places):
            raise RedirectionError(f"{file.path} does not reach {name} through pointers that can be found")
        found[name] = places + calls
    return found


def redirect(places: Iterable[int], new: int) -> None:
    """Let the pointers at `places` lead to `new`.

    Raises:
        RedirectionError: their memory cannot be made writable.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    for place in places:
        page = place & -mmap.PAGESIZE
        status = libc.mprotect(ctypes.c_void_p(page), ctypes.c_size_t(mmap.PAGESIZE), _PROT_READ | _PROT_WRITE)
        if status != 0:
            raise RedirectionError(f"mprotect of {page:#x} failed with errno {ctypes.get_errno()}")
        ctypes.c_uint64.from_address(place).value = new


class _SharedObject:
    """The dynamic section of an ELF file (System V ABI, chapter 5): relocations and symbols."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._image = path.read_bytes()
        header = _ELF_HEADER.unpack_from(self._image)
        if header[0][:5] != b"\x7fELF\x02":
            raise RedirectionError(f"{path} is not a 64-bit ELF library")
        segments = [_PROGRAM_HEADER.unpack_from(self._image, header[5] + n * header[9]) for n in range(header[10])]
        self._loads = [(s[3], s[2], s[5]) for s in segments if s[0] == _PT_LOAD]
        dynamic: dict[int, int] = {}
        for segment in segments:
            if segment[0] == _PT_DYNAMIC:
                entries = np.frombuffer(self._image, "<u8", segment[5] // 8, segment[2]).reshape(-1, 2)
                dynamic = {int(tag): int(value) for tag, value in entries[::-1]}
        self.eager = self._relocations(dynamic, _DT_RELA, _DT_RELASZ)
        self.calls = self._relocations(dynamic, _DT_JMPREL, _DT_PLTRELSZ)
        strings_at = self._offset(dynamic[_DT_STRTAB])
        self._strings = self._image[strings_at : strings_at + dynamic[_DT_STRSZ]]
        last = max(int((table["info"] >> np.uint64(32)).max()) for table in (self.eager, self.calls) if len(table))
        symbols = np.frombuffer(self._image, _SYMBOL, last + 1, self._offset(dynamic[_DT_SYMTAB]))
        self._names, self.symbol_values = symbols["name"], symbols["value"]

    def symbol(self, name: str) -> int:
        """The index of `name` among the dynamic symbols."""
        place = self._strings.find(b"\0" + name.encode() + b"\0") + 1
        found = np.flatnonzero(self._names == place) if place else np.zeros(0, np.intp)
        if len(found) != 1:
            raise RedirectionError(f"{self.path} has {len(found)} dynamic symbols {name} with relocations")
        return int(found[0])

    def _offset(self, address: int) -> int:
        for start, at, size in self._loads:
            if start <= address < start + size:
                return int(address - start + at)
        raise RedirectionError(f"{self.path}: address {address:#x} is in no segment")

    def _relocations(self, dynamic: dict[int, int], table: int, size: int) -> NDArray[np.void]:
        if table not in dynamic:
            return np.zeros(0, _RELA)
        return np.frombuffer(self._image, _RELA, dynamic[size] // _RELA.itemsize, self._offset(dynamic[table]))
