"""Compiled code becomes callable, the same way from a flat image and through llvmlite."""

from __future__ import annotations

import ctypes
import platform

import pytest

from engines.vm.runtime.image import Image, LinkError
from engines.vm.runtime.linker import link
from engines.vm.runtime.llvm import compile_object, host_target
from engines.vm.runtime.native_code import LoadedImage, LoadedObject, load, prepare

TEXT = """
@table = internal constant [4 x i64] [i64 10, i64 20, i64 30, i64 40]
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1 immarg)
define i64 @pick(i64 %i) { %p = getelementptr [4 x i64], ptr @table, i64 0, i64 %i
  %v = load i64, ptr %p
  %s = call i64 @inner(i64 %v)
  ret i64 %s }
define internal i64 @inner(i64 %v) noinline { %r = add i64 %v, 1
  ret i64 %r }
define void @clear(ptr %p, i64 %n) { call void @llvm.memset.p0.i64(ptr %p, i8 7, i64 %n, i1 false)
  ret void }
"""
needs_x86_64 = pytest.mark.skipif(platform.machine() != "x86_64", reason="flat images are x86-64 code")


@pytest.fixture(scope="module")
def object_code() -> bytes:
    return compile_object(TEXT, host_target())


@pytest.mark.parametrize("way", ["prepared", "llvmlite"])
def test_functions_constants_and_imports_work(object_code: bytes, way: str) -> None:
    code = load(prepare(object_code)) if way == "prepared" else LoadedObject(object_code)
    pick = ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_uint64)(code.address("pick"))
    assert [pick(i) for i in range(4)] == [11, 21, 31, 41]
    buffer = ctypes.create_string_buffer(8)
    ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint64)(code.address("clear"))(ctypes.addressof(buffer), 5)
    assert buffer.raw == b"\x07" * 5 + bytes(3)
    with pytest.raises(KeyError, match=r"no symbol 'inner2'"):
        code.address("inner2")


@needs_x86_64
def test_an_image_survives_being_stored(object_code: bytes) -> None:
    image = link(object_code)
    assert Image.from_bytes(image.to_bytes()) == image
    assert set(image.symbols) == {"pick", "clear"}
    assert set(image.imports) == {"memset"}


@needs_x86_64
def test_an_unknown_import_is_named() -> None:
    text = "declare i64 @nowhere_to_be_found(i64)\ndefine i64 @f(i64 %x) { %r = call i64 @nowhere_to_be_found(i64 %x)\n"
    image = link(compile_object(text + "ret i64 %r }", host_target()))
    with pytest.raises(KeyError, match=r"nowhere_to_be_found"):
        LoadedImage(image)


@needs_x86_64
@pytest.mark.parametrize("text", ["@v = global i64 0", "@f = global ptr @g\ndefine void @g() { ret void }"])
def test_what_a_flat_image_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(LinkError):
        link(compile_object(text, host_target()))


@needs_x86_64
def test_objects_are_linked_together_and_hide_what_is_hidden() -> None:
    callers = "declare hidden i64 @inner(i64)\ndefine i64 @outer(i64 %v) { %r = call i64 @inner(i64 %v)\nret i64 %r }"
    inner = "define hidden i64 @inner(i64 %v) { %r = add i64 %v, 5\nret i64 %r }"
    first, second = (compile_object(text, host_target()) for text in (callers, inner))
    for objects in ((first, second), (second, first)):
        image = link(*objects)
        assert (set(image.symbols), image.imports) == ({"outer"}, {})
        outer = ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_uint64)(LoadedImage(image).address("outer"))
        assert outer(37) == 42
    with pytest.raises(LinkError, match=r"'inner' is defined twice"):
        link(first, second, second)


def test_other_files_are_no_objects() -> None:
    for data in (b"", b"\x7fELF\x01" + bytes(60), b"MZ"):
        with pytest.raises(LinkError):
            link(data)


def test_text_that_llvm_refuses_is_an_error() -> None:
    with pytest.raises(RuntimeError, match=r"parsing"):
        compile_object("define nonsense", host_target())
