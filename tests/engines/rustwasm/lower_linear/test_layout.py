"""Layouts: parts that do not overlap, niches, and `#[repr(C)]` as Clang lays it out."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.rustwasm.lower_linear.layout import Layout, NoLayoutError, field_types, layout_of
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.definitions import AdtDef, FieldDef, VariantDef
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w
from engines.rustwasm.wasm.binary import decode

SCALARS = {
    "int8_t": t.I8, "uint8_t": t.U8, "int16_t": t.I16, "uint16_t": t.U16, "int32_t": t.I32, "uint32_t": t.U32,
    "int64_t": t.I64, "uint64_t": t.U64, "float": t.F32, "double": t.F64, "_Bool": t.BOOL_TY, "__int128": t.I128,
    "void *": t.raw(t.U8, True),
}  # fmt: skip


def adt(name: str, variants: list[list[Ty]], is_enum: bool = False, attributes: tuple[str, ...] = ()) -> Ty:
    made = AdtDef(name, is_enum, (0, 0), None)
    made.attributes = list(attributes)
    for index, fields in enumerate(variants):
        variant = VariantDef(f"V{index}", index, "tuple", (0, 0), made)
        variant.fields = [FieldDef(str(i), ty, None, (0, 0)) for i, ty in enumerate(fields)]
        made.variants.append(variant)
    return t.adt(made)


def box(content: Ty) -> Ty:
    made = AdtDef("Box", False, (0, 0), None)
    made.lang = "Box"
    return t.adt(made, (content,))


SCALAR = st.sampled_from(list(SCALARS.values()))
TYPES = st.recursive(
    SCALAR | st.just(t.ref(t.I32)) | st.just(t.ref(t.STR_TY)) | st.just(t.UNIT),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda fields: t.tuple_of(tuple(fields)))
        | st.lists(inner, max_size=3).map(lambda fields: adt("S", [fields]))
        | st.lists(st.lists(inner, max_size=2), min_size=1, max_size=3).map(lambda v: adt("E", v, True))
        | st.tuples(inner, st.integers(0, 3)).map(lambda pair: t.array(*pair))
    ),
    max_leaves=8,
)


def check(ty: Ty) -> Layout:
    layout = layout_of(ty)
    assert layout.bytes % layout.alignment == 0
    if layout.parts is not None:
        ranges = sorted((part.offset, part.offset + part.storage.bytes) for part in layout.parts)
        assert all(left[1] <= right[0] for left, right in itertools.pairwise(ranges))
        assert all(end <= layout.bytes for _, end in ranges)
    return layout


@given(TYPES)
@settings(deadline=None, max_examples=300)
def test_fields_lie_inside_aligned_and_apart(ty: Ty) -> None:
    layout = check(ty)
    for number, variant in enumerate(layout.variants):
        fields = field_types(ty, number)
        used = [] if layout.tag is None else [(0, layout.tag.storage.bytes)]
        for field, offset, parts in zip(fields, variant.offsets, variant.parts, strict=True):
            inner = check(field)
            assert offset % inner.alignment == 0
            used.append((offset, offset + inner.bytes))
            if parts is not None and layout.parts is not None and inner.parts is not None:
                moved = [(part.offset + offset, part.storage) for part in inner.parts]
                assert [(layout.parts[i].offset, layout.parts[i].storage) for i in parts] == moved
        used = sorted(one for one in used if one[0] != one[1])
        assert all(left[1] <= right[0] for left, right in itertools.pairwise(used))
        assert all(end <= layout.bytes for _, end in used)


@pytest.mark.parametrize(
    ("ty", "bytes_", "wasm"),
    [
        (t.U8, 1, (w.I32,)),
        (t.I64, 8, (w.I64,)),
        (t.U128, 16, (w.I64, w.I64)),
        (t.UNIT, 0, ()),
        (t.ref(t.slice_of(t.U8)), 8, (w.I32, w.I32)),
        (t.tuple_of((t.U8, t.I32)), 8, (w.I32, w.I32)),
        (t.array(t.U16, 5), 10, None),
    ],
)
def test_known_layouts(ty: Ty, bytes_: int, wasm: tuple[int, ...] | None) -> None:
    layout = layout_of(ty)
    assert layout.bytes == bytes_
    assert (None if layout.parts is None else layout.wasm) == wasm


def test_an_option_of_a_pointer_is_a_pointer_and_its_option_has_a_tag() -> None:
    option = adt("Option", [[], [box(t.I64)]], True)
    layout = layout_of(option)
    assert (layout.bytes, layout.tag, layout.null_variant) == (4, None, 0)
    assert layout.niche is not None
    outer = layout_of(adt("Option", [[], [option]], True))
    assert outer.bytes == 8
    assert outer.tag is not None


def test_a_list_may_contain_itself_in_a_box() -> None:
    node = AdtDef("Node", False, (0, 0), None)
    ty = t.adt(node)
    variant = VariantDef("Node", 0, "tuple", (0, 0), node)
    variant.fields = [FieldDef("value", t.I32, None, (0, 0)), FieldDef("next", box(ty), None, (0, 0))]
    node.variants.append(variant)
    assert layout_of(ty).bytes == 8


def test_what_has_no_size_is_refused() -> None:
    with pytest.raises(NoLayoutError, match="str has no size"):
        layout_of(t.STR_TY)


def clang_layouts(structs: list[list[str]], folder: Path) -> list[list[int]]:
    """Per struct what Clang says on wasm32: size, alignment, and the offset of each field."""
    lines = ["#include <stdint.h>", "#include <stddef.h>"]
    numbers = []
    for index, fields in enumerate(structs):
        members = " ".join(f"{ty} f{i};" for i, ty in enumerate(fields))
        lines.append(f"struct S{index} {{ {members} }};")
        numbers += [f"sizeof(struct S{index})", f"_Alignof(struct S{index})"]
        numbers += [f"offsetof(struct S{index}, f{i})" for i in range(len(fields))]
    lines.append(f"__attribute__((used)) const uint32_t table[] = {{0x6c61796f, {', '.join(numbers)}}};")
    lines.append("void _start(void) {}")
    source, out = folder / "layout.c", folder / "layout.wasm"
    source.write_text("\n".join(lines))
    flags = ["-target", "wasm32-freestanding", "-nostdlib", "-Wl,--no-entry", "-Wl,--export=table", "-Wl,--strip-all"]
    subprocess.run([sys.executable, "-m", "ziglang", "cc", *flags, "-o", str(out), str(source)], check=True)
    content = next(one.content for one in decode(out.read_bytes()).data if b"oyal" in one.content)
    start = content.index(b"oyal") + 4
    table = [int.from_bytes(content[i : i + 4], "little") for i in range(start, len(content) - 3, 4)]
    found, position = [], 0
    for fields in structs:
        found.append(table[position : position + 2 + len(fields)])
        position += 2 + len(fields)
    return found


@pytest.mark.evidence("P7")
def test_repr_c_is_laid_out_as_clang_lays_it_out(tmp_path: Path) -> None:
    names = list(SCALARS)
    structs = [[names[(i * 7 + k * k * 3 + i * k) % len(names)] for k in range(1 + i % 6)] for i in range(150)]
    for fields, expected in zip(structs, clang_layouts(structs, tmp_path), strict=True):
        layout = layout_of(adt("C", [[SCALARS[one] for one in fields]], attributes=("repr(C)",)))
        assert [layout.bytes, layout.alignment, *layout.variants[0].offsets] == expected, fields
