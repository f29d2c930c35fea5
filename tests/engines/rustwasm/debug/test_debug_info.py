"""Debug information: engines name the right line, independent readers read it, and the code is the same without it."""

from __future__ import annotations

import bisect
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import wasmtime
from elftools.dwarf.die import DIE
from elftools.dwarf.dwarfinfo import DebugSectionDescriptor, DwarfConfig, DWARFInfo
from elftools.dwarf.ranges import RangeEntry, RangeLists
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.rust import gc_programs, rust_programs
from engines.rustwasm.compilation import check_source
from engines.rustwasm.debug.build import DebugBuild, build_with_debug_info
from engines.rustwasm.debug.layout import code_ranges
from engines.rustwasm.debug.source_map import vlq
from engines.rustwasm.driver import build, build_bytes
from engines.rustwasm.wasm.binary import MalformedModuleError, decode, encode
from engines.rustwasm.wasm.binary.reader import Reader
from engines.rustwasm.wasm.binary.sizes import code_offset
from engines.rustwasm.wasm.module import CustomSection, Module
from oracles.node_oracle import find_node

BUILDS = [(lowering, profile) for lowering in ("linear", "gc") for profile in ("dev", "release", "freestanding")]
INDEX = """fn third(values: &[i32], index: usize) -> i32 {
    let base = values.len() as i32;
    base
        + values[index]
}

fn second(n: usize) -> i32 {
    let list = vec![1, 2, 3];
    let mut total = 0;
    for i in 0..n {
        total += third(&list, i);
    }
    total
}

fn main() {
    if second(2) > 100 {
        println!("no");
    }
    std::process::exit(second(5));
}
"""
FRAMES = [("third", 3), ("second", 11), ("main", 20)]
"""Function and line of what runs when INDEX panics, innermost first; the sum begins in line 3."""
DEEP = """struct Tree { left: Option<Box<Tree>>, value: u64 }

fn depth(tree: &Tree, more: u64) -> u64 {
    let seen = [more; 64];
    if more == u64::MAX { return 0; }
    more / depth(
        tree,
        more + seen[tree.value as usize] / more,
    )
}

fn main() {
    let tree = Tree { left: None, value: 3 };
    let found = tree.left.is_none();
    std::process::exit(if found { depth(&tree, 1) as i32 } else { 0 });
}
"""


@cache
def made(source: str, lowering: str, profile: str, name: str = "src/main.rs") -> DebugBuild:
    compilation = check_source(source, name)
    assert not compilation.diagnostics.has_errors, compilation.diagnostics.render()
    return build_with_debug_info(compilation, profile, True, lowering, True, "main.wasm.map", "out/main.wasm")


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> wasmtime.Engine:
    """An engine that looks for lines: it reads the variable when it is made."""
    monkeypatch.setenv("WASMTIME_BACKTRACE_DETAILS", "1")
    config = wasmtime.Config()
    config.wasm_gc = True
    config.wasm_function_references = True
    return wasmtime.Engine(config)


def backtrace(engine: wasmtime.Engine, module: bytes) -> list[tuple[str, str]]:
    """Function and `file:line` of the frames that wasmtime shows, innermost first, those without a place left out."""
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    store = wasmtime.Store(engine)
    store.set_wasi(wasmtime.WasiConfig())
    instance = linker.instantiate(store, wasmtime.Module(engine, module))
    start = instance.exports(store)["_start"]
    assert isinstance(start, wasmtime.Func)
    with pytest.raises((wasmtime.Trap, wasmtime.ExitTrap)) as caught:
        start(store)
    found, name = [], ""
    for line in str(caught.value).splitlines():
        if " - " in line:
            name = line.partition(" - ")[2].strip()
        elif line.strip().startswith("at "):
            found.append((name, ":".join(line.strip()[3:].split(":")[:2])))
    return found


@pytest.mark.parametrize(("lowering", "profile"), BUILDS)
def test_wasmtime_names_the_lines_of_a_panic(engine: wasmtime.Engine, lowering: str, profile: str) -> None:
    shown = backtrace(engine, made(INDEX, lowering, profile).content)
    assert shown == [(name, f"src/main.rs:{line}") for name, line in FRAMES]


@pytest.mark.parametrize(("lowering", "profile"), [("linear", "dev"), ("linear", "release"), ("gc", "release")])
def test_wasmtime_names_the_lines_of_an_exhausted_stack(engine: wasmtime.Engine, lowering: str, profile: str) -> None:
    shown = backtrace(engine, made(DEEP, lowering, profile).content)
    calls = [place for name, place in shown[1:] if name == "depth"]
    assert len(calls) > 10
    assert set(calls) == {"src/main.rs:6"}
    assert shown[0][1] in {f"src/main.rs:{line}" for line in (3, 4, 6, 8)}


def without_debug_sections(content: bytes) -> bytes:
    """The module without the sections that debug information adds."""
    out, at = bytearray(content[:8]), 8
    while at < len(content):
        start, number = at, content[at]
        size, shift, at = 0, 0, at + 1
        while True:
            size |= (content[at] & 0x7F) << shift
            shift, at = shift + 7, at + 1
            if content[at - 1] < 0x80:
                break
        name = content[at + 1 : at + 1 + content[at]] if number == 0 else b""
        at += size
        if not name.startswith(b".debug_") and name != b"sourceMappingURL":
            out += content[start:at]
    return bytes(out)


@pytest.mark.parametrize(("lowering", "profile"), BUILDS)
def test_everything_else_is_the_same_to_the_byte(lowering: str, profile: str) -> None:
    sources = [program.source for program in rust_programs()[5::30]] if profile == "dev" else [INDEX, DEEP]
    for source in sources:
        compilation = check_source(source, "src/main.rs")
        debug = made(source, lowering, profile).content
        assert without_debug_sections(debug) == build_bytes(compilation, profile, lowering=lowering)


def test_without_names_the_lines_remain(engine: wasmtime.Engine) -> None:
    compilation = check_source(INDEX, "src/main.rs")
    content = build_with_debug_info(compilation, "release", names=False).content
    assert without_debug_sections(content) == build_bytes(check_source(INDEX, "src/main.rs"), "release", names=False)
    assert backtrace(engine, content) == [(name, f"src/main.rs:{line}") for name, line in FRAMES]


def test_the_same_program_gives_the_same_bytes() -> None:
    compilation = check_source(INDEX, "src/main.rs")
    again = build_with_debug_info(compilation, "release", True, "gc", True, "main.wasm.map", "out/main.wasm")
    assert again == made(INDEX, "gc", "release")


# -- DWARF, as pyelftools reads it


def dwarf(content: bytes) -> DWARFInfo:
    sections = {one.name: one.content for one in decode(content).customs}

    def of(name: str) -> DebugSectionDescriptor | None:
        data = sections.get(name)
        return None if data is None else DebugSectionDescriptor(io.BytesIO(data), name, None, len(data), 0)

    wanted = ("info", "aranges", "abbrev", "frame", "eh", "str", "loc", "ranges", "line", "pubtypes", "pubnames")
    later = ("addr", "str_offsets", "line_str", "loclists", "rnglists", "sup", "gnu_debugaltlink", "types")
    return DWARFInfo(DwarfConfig(True, "wasm", 4), *(of(f".debug_{name}") for name in (*wanted, *later)))


def extents(info: DWARFInfo, die: DIE) -> list[tuple[int, int]]:
    """The code of an entry."""
    if "DW_AT_ranges" in die.attributes:
        lists = info.range_lists()
        assert isinstance(lists, RangeLists)
        found = lists.get_range_list_at_offset(die.attributes["DW_AT_ranges"].value)
        return [(one.begin_offset, one.end_offset) for one in found if isinstance(one, RangeEntry)]
    if "DW_AT_low_pc" not in die.attributes or "DW_AT_high_pc" not in die.attributes:
        return []
    low = die.attributes["DW_AT_low_pc"].value
    return [(low, low + die.attributes["DW_AT_high_pc"].value)]


def lines(info: DWARFInfo) -> Iterator[list[tuple[int, str, int, int]]]:
    """Sequences of (address, file, line, column), the last of each its end."""
    (unit,) = info.iter_CUs()
    program = info.line_program_for_CU(unit)
    assert program is not None
    rows: list[tuple[int, str, int, int]] = []
    for entry in program.get_entries():
        state = entry.state
        if state is None:
            continue
        file = program["file_entry"][state.file - 1].name.decode()
        rows.append((state.address, file, state.line, state.column))
        if state.end_sequence:
            yield rows
            rows = []


@pytest.mark.parametrize(("lowering", "profile"), BUILDS)
def test_dwarf_is_sound(lowering: str, profile: str) -> None:
    """Entries lie in their parents and in code, sequences in functions, rows in order; references lead somewhere."""
    content = made(INDEX, lowering, profile).content
    info = dwarf(content)
    (unit,) = info.iter_CUs()
    top = unit.get_top_DIE()
    assert top.attributes["DW_AT_name"].value == b"src/main.rs"
    bodies = extents(info, top)
    functions = {}
    for die in top.iter_children():
        assert die.tag == "DW_TAG_subprogram"
        for extent in extents(info, die):
            functions[extent] = die.attributes["DW_AT_name"].value.decode()
            inside(info, die)
    assert sorted(functions) == bodies
    assert [name for _, name in sorted(functions.items())] == [
        name for _, name in sorted(decode(content).names.functions.items())
    ]
    for rows in lines(info):
        addresses = [row[0] for row in rows]
        assert addresses == sorted(addresses)
        assert (addresses[0], addresses[-1]) in functions


def inside(info: DWARFInfo, parent: DIE) -> None:
    around = extents(info, parent)
    for die in parent.iter_children():
        assert die.tag == "DW_TAG_inlined_subroutine"
        origin = die.get_DIE_from_attribute("DW_AT_abstract_origin")
        assert origin.attributes["DW_AT_inline"].value == 1
        for start, end in extents(info, die):
            assert start < end
            assert any(low <= start and end <= high for low, high in around)
        inside(info, die)


def test_functions_are_where_they_are_declared() -> None:
    info = dwarf(made(INDEX, "linear", "dev").content)
    (unit,) = info.iter_CUs()
    found = {
        die.attributes["DW_AT_name"].value.decode(): die.attributes["DW_AT_decl_line"].value
        for die in unit.get_top_DIE().iter_children()
        if "DW_AT_decl_line" in die.attributes
    }
    assert (found["third"], found["second"], found["main"]) == (1, 7, 16)


@pytest.mark.skipif(shutil.which("llvm-dwarfdump") is None, reason="llvm-dwarfdump is not installed")
@pytest.mark.parametrize(("lowering", "profile"), BUILDS)
def test_llvm_verifies_it(lowering: str, profile: str, tmp_path: Path) -> None:
    """The sections alone: LLVM's reader of modules is older than WasmGC."""
    customs = decode(made(INDEX, lowering, profile).content).customs
    path = tmp_path / "sections.wasm"
    path.write_bytes(encode(Module(customs=[CustomSection(one.name, one.content) for one in customs])))
    done = subprocess.run(["llvm-dwarfdump", "--verify", path], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No errors." in done.stdout


@pytest.mark.parametrize("index", range(3))
def test_programs_with_closures_traits_and_gc_types(index: int) -> None:
    program = [*rust_programs()[7::40], gc_programs()[3]][index]
    lowering, profile = (("linear", "dev"), ("linear", "dev"), ("gc", "release"))[index]
    info = dwarf(made(program.source, lowering, profile, program.name).content)
    (unit,) = info.iter_CUs()
    for die in unit.get_top_DIE().iter_children():
        inside(info, die)
    rows = [row for sequence in lines(info) for row in sequence[:-1]]
    count = program.source.count("\n") + 1
    assert all(1 <= line <= count for _, file, line, _ in rows if file == program.name)
    assert len({line for _, file, line, _ in rows if file == program.name}) > 10


# -- Layout


@pytest.mark.parametrize(("lowering", "profile"), BUILDS)
def test_functions_are_laid_out_as_they_are_encoded(lowering: str, profile: str) -> None:
    module = build(check_source(INDEX), profile, lowering)
    content = encode(module)
    at = code_offset(content)
    reader = Reader(content, at)
    assert reader.count() == len(module.functions)
    for one in code_ranges(module):
        size = reader.u32()
        assert (reader.position - at, size) == (one.start, one.end - one.start)
        assert reader.take(size)[-1] == 0x0B


def test_a_module_without_code_has_no_offset_of_code() -> None:
    with pytest.raises(ValueError, match="no code section"):
        code_offset(encode(Module()))
    with pytest.raises(MalformedModuleError):
        code_offset(b"nothing")


# -- Source maps


@given(st.integers(-(1 << 40), 1 << 40))
@settings(max_examples=60)
def test_numbers_of_maps_are_read_back(value: int) -> None:
    digits = ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".index(one) for one in vlq(value)]
    whole = sum((digit & 31) << 5 * index for index, digit in enumerate(digits))
    assert [digit >> 5 for digit in digits] == [1] * (len(digits) - 1) + [0]
    assert (-(whole >> 1) if whole & 1 else whole >> 1) == value


_NODE = """
const { SourceMap } = require("module");
const fs = require("fs");
const [bytes, map] = [fs.readFileSync(process.argv[2]), JSON.parse(fs.readFileSync(process.argv[3], "utf8"))];
let memory;
const wasi = {
  proc_exit: () => { throw new Error("exit"); },
  fd_write: (descriptor, pieces, count, written) => {
    const view = new DataView(memory.buffer);
    let total = 0;
    for (let i = 0; i < count; i++) total += view.getUint32(pieces + 8 * i + 4, true);
    view.setUint32(written, total, true);
    return 0;
  },
};
WebAssembly.compile(bytes).then((module) => {
  const urls = WebAssembly.Module.customSections(module, "sourceMappingURL").map((one) => Buffer.from(one).toString());
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi });
  memory = instance.exports.memory;
  try { instance.exports._start(); } catch (error) {
    const decoder = new SourceMap(map);
    const places = [...error.stack.matchAll(/wasm-function\\[\\d+\\]:0x([0-9a-f]+)/g)].map((one) => {
      const found = decoder.findEntry(0, parseInt(one[1], 16));
      return [found.originalSource, found.originalLine + 1];
    });
    console.log(JSON.stringify({ urls, places }));
  }
});
"""


@pytest.mark.parametrize(("lowering", "profile"), BUILDS)
def test_positions_of_v8_lead_to_the_line(lowering: str, profile: str, tmp_path: Path) -> None:
    """V8 says where in the module a frame is; Node's own reader of source maps says which line that is."""
    built = made(INDEX, lowering, profile)
    assert built.source_map is not None
    (tmp_path / "m.wasm").write_bytes(built.content)
    (tmp_path / "m.map").write_text(built.source_map)
    (tmp_path / "run.js").write_text(_NODE)
    command = [find_node(), str(tmp_path / "run.js"), str(tmp_path / "m.wasm"), str(tmp_path / "m.map")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    shown = json.loads(done.stdout or "{}")
    assert shown["urls"] == ["\rmain.wasm.map"], done.stderr
    wanted = FRAMES if profile == "dev" else FRAMES[:1]
    places = [tuple(place) for place in shown["places"] if place[0] == "src/main.rs"]
    assert places[: len(wanted)] == [("src/main.rs", line) for _, line in wanted]


@pytest.mark.parametrize(("lowering", "profile"), BUILDS)
def test_the_map_says_what_dwarf_says(lowering: str, profile: str) -> None:
    built = made(INDEX, lowering, profile)
    assert built.source_map is not None
    whole: dict[str, Any] = json.loads(built.source_map)
    assert (whole["version"], whole["file"]) == (3, "main.wasm")
    assert whole["sourcesContent"][whole["sources"].index("src/main.rs")] == INDEX
    found = []
    state = [0, 0, 0, 0]
    for segment in whole["mappings"].split(","):
        numbers = segment_numbers(segment)
        state = [old + delta for old, delta in zip(state, (*numbers, 0, 0, 0), strict=False)]
        if len(numbers) == 1:
            continue
        found.append((state[0], whole["sources"][state[1]], state[2] + 1, state[3] + 1))
    at = code_offset(built.content)
    rows = sorted(row for sequence in lines(dwarf(built.content)) for row in sequence[:-1])
    addresses = [row[0] for row in rows]
    assert len(found) > 8
    for offset, *place in found:
        assert list(rows[bisect.bisect_right(addresses, offset - at) - 1][1:]) == place


def segment_numbers(segment: str) -> list[int]:
    numbers, value, shift = [], 0, 0
    for one in segment:
        digit = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".index(one)
        value |= (digit & 31) << shift
        shift += 5
        if not digit & 32:
            numbers.append(-(value >> 1) if value & 1 else value >> 1)
            value, shift = 0, 0
    return numbers
