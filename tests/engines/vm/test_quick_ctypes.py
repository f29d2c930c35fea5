"""What every start uses instead of `ctypes` answers as that does."""

from __future__ import annotations

import ctypes
import errno
import subprocess
import sys
from typing import Any

import pytest

from engines.vm import quick_ctypes

TYPES = [name for name in quick_ctypes.__all__ if name.startswith("c_")]
BOTH = pytest.mark.parametrize("module", [ctypes, quick_ctypes])


@pytest.mark.parametrize("name", TYPES)
def test_types_have_the_sizes_and_signs_of_the_standard_ones(name: str) -> None:
    ours, standard = getattr(quick_ctypes, name), getattr(ctypes, name)
    assert ctypes.sizeof(ours) == ctypes.sizeof(standard)
    assert ctypes.alignment(ours) == ctypes.alignment(standard)
    for value in (0, 1, -1, 1 << 31, (1 << 64) - 1) if name != "c_char" else (b"x",):
        assert ours(value).value == standard(value).value


@BOTH
def test_memory_is_written_and_read(module: Any) -> None:
    buffer = module.create_string_buffer(8)
    address = module.addressof(buffer)
    module.memset(address, 0x41, 3)
    module.memmove(address + 3, b"bc", 2)
    assert module.string_at(address, 8) == buffer.raw == b"AAAbc\0\0\0"
    assert module.string_at(address) == b"AAAbc"
    view = memoryview(bytearray(b"xyz"))
    module.memmove(address, module.addressof(module.c_char.from_buffer(view)), 3)
    assert buffer.raw == b"xyzbc\0\0\0"
    words = (module.c_uint64 * 2)(1, 2)
    assert list(words) == [1, 2]
    assert module.c_uint32.from_address(module.addressof(words) + 8).value == 2


@BOTH
def test_functions_call_and_are_called(module: Any) -> None:
    kind = module.CFUNCTYPE(module.c_uint64, module.c_void_p, module.c_uint64)
    assert kind is module.CFUNCTYPE(module.c_uint64, module.c_void_p, module.c_uint64)
    seen: list[tuple[object, int]] = []

    def called(address: object, number: int) -> int:
        seen.append((address, number))
        return number + 1

    callback = kind(called)
    address = module.cast(callback, module.c_void_p).value
    assert kind(address)(None, 41) == 42
    assert seen == [(None, 41)]


@BOTH
def test_libraries_tell_why_they_fail(module: Any) -> None:
    libc = module.CDLL(None, use_errno=True)
    libc.munmap.argtypes = [module.c_void_p, module.c_size_t]
    assert libc.munmap is libc.munmap
    assert libc.munmap(1, 1) == -1
    assert module.get_errno() == errno.EINVAL
    with pytest.raises(AttributeError):
        _ = libc.no_such_function
    with pytest.raises(AttributeError):
        _ = libc.__no_such_attribute__
    with pytest.raises(OSError, match=r"no_such\.so"):
        module.CDLL("no_such.so")


def test_it_imports_nothing_but_the_module_under_ctypes() -> None:
    script = (
        "import sys; before = set(sys.modules); import engines.vm.quick_ctypes\n"
        "print(*sorted(set(sys.modules) - before - {'engines', 'engines.vm', '__future__'}))"
    )
    shown = subprocess.run([sys.executable, "-S", "-c", script], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["_ctypes", "engines.vm.quick_ctypes"]
