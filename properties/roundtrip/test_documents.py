"""Round trips of what is kept on disk: case files, observation files, corpus entries, flat images, ELF executables."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from elftools.elf.elffile import ELFFile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from engines.vm.memory.address_space import AddressSpace
from engines.vm.runtime.image import Image
from engines.vm.user import elf
from fuzz.corpus.entry import Entry, read_entry, write_entry
from fuzz.strategies.riscv64.choices import Choices
from fuzz.strategies.riscv64.hypothesis_programs import any_choices
from harness.case_file import read_case, write_case
from harness.contract import (
    MACHINE_FIELDS,
    Case,
    End,
    MachineCase,
    MachineObservation,
    ProgramCase,
    ProgramObservation,
    SourceCase,
    Trap,
    WasmCase,
    state_dtype,
)
from harness.contract.layout import CODE_BASE, CODE_BYTES, DATA_BASE, DATA_BYTES
from harness.observation_file import read_observation, write_observation
from oracles.elf_image import EXECUTE, READ, WRITE, Segment, elf_executable, standalone_image

TEXT = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=12)
NUMBERS = st.integers(1, (1 << 63) - 1)
quick = settings(deadline=None, max_examples=60)


@st.composite
def states(draw: st.DrawFn) -> np.void:
    dtype = state_dtype("riscv64")
    record = np.zeros(1, dtype)
    for name in dtype.names or ():
        shape = dtype[name].shape
        record[name][0] = draw(npst.arrays(dtype[name].base, shape)) if shape else draw(st.integers(0, (1 << 64) - 1))
    record["x"][0, 0] = 0
    scalar: np.void = record[0]
    return scalar


@st.composite
def windows(draw: st.DrawFn) -> bytes:
    """Data windows with a few runs that are not zero."""
    memory = bytearray(DATA_BYTES)
    for _ in range(draw(st.integers(0, 4))):
        run = draw(st.binary(min_size=1, max_size=40))
        at = draw(st.integers(0, DATA_BYTES - len(run)))
        memory[at : at + len(run)] = run
    return bytes(memory)


@st.composite
def machine_cases(draw: st.DrawFn) -> MachineCase:
    code = draw(st.binary(max_size=64))
    address = draw(st.integers(CODE_BASE, CODE_BASE + CODE_BYTES - len(code)))
    return MachineCase("riscv64", draw(states()), code, address, draw(windows()), draw(NUMBERS), draw(TEXT))


def pairs(first: Any, second: Any) -> Any:
    return st.lists(st.tuples(first, second), max_size=3).map(tuple)


PROGRAMS = st.builds(
    ProgramCase,
    isa=st.just("riscv64"),
    image=st.binary(max_size=64),
    argv=st.lists(TEXT, max_size=3).map(tuple),
    environment=pairs(TEXT, TEXT),
    stdin=st.binary(max_size=20),
    files=pairs(TEXT, st.binary(max_size=20)),
    limit_insns=NUMBERS,
    checkpoint_insns=st.integers(0, 1 << 40),
    label=TEXT,
)
MODULES = st.builds(
    WasmCase,
    module=st.binary(max_size=64),
    calls=pairs(TEXT, st.lists(TEXT, max_size=2).map(tuple)),
    fuel=NUMBERS,
    label=TEXT,
)
SOURCES = st.builds(
    SourceCase,
    language=TEXT,
    files=st.just((("main.rs", "fn main() {}"), ("a.rs", "é\n"))),
    root=st.sampled_from(("main.rs", "a.rs")),
    options=st.lists(TEXT, max_size=2).map(tuple),
    stdin=st.binary(max_size=20),
    label=TEXT,
)


def fields(record: Any) -> dict[str, Any]:
    return {name: value.tobytes() if isinstance(value, np.void) else value for name, value in vars(record).items()}


@pytest.mark.evidence("HX-03")
@quick
@given(st.one_of(machine_cases(), PROGRAMS, MODULES, SOURCES))
def test_cases_survive_their_files(case: Case) -> None:
    text = write_case(case)
    again = read_case(text)
    assert type(again) is type(case)
    assert fields(again) == fields(case)
    assert write_case(again) == text


@quick
@given(states(), windows(), st.sampled_from(End), st.sampled_from(Trap), st.sets(st.sampled_from(MACHINE_FIELDS)), TEXT)
def test_observations_survive_their_files(
    state: np.void, memory: bytes, end: End, trap: Trap, observed: set[str], detail: str
) -> None:
    machine = MachineObservation(end, trap, 7, state, memory, 1 << 63, frozenset(observed), detail)
    program = ProgramObservation(3, 0, b"out", detail.encode(), end, ((detail, b"x"),), 5, ((1, 2),), ((3, "ff"),))
    for seen in (machine, program):
        assert fields(read_observation(write_observation(seen))) == fields(seen)


@quick
@given(any_choices(), st.integers(1, 10_000))
def test_entries_keep_artefact_and_choices(choices: Choices, limit_insns: int) -> None:
    entry = Entry.of(choices, limit_insns, "property")
    again = read_entry(write_entry(entry))
    assert fields(again.case) == fields(entry.case)
    kept = again.current_choices()
    assert kept is not None
    assert kept.to_bytes() == entry.choices
    assert fields(Entry.of(kept, limit_insns, "property").case) == fields(again.case)


@quick
@given(st.binary(max_size=80), st.dictionaries(TEXT, st.integers(0, 80)), st.dictionaries(TEXT, st.integers(0, 72)))
def test_flat_images_survive(content: bytes, symbols: dict[str, int], imports: dict[str, int]) -> None:
    size = len(content)
    kept = {name: at for name, at in symbols.items() if at <= size}
    slots = {name: at for name, at in imports.items() if at <= size - 8}
    image = Image(content, kept, slots)
    assert Image.from_bytes(image.to_bytes()) == image


@st.composite
def segments(draw: st.DrawFn) -> list[Segment]:
    """One to four segments on pages of their own."""
    found, page = [], draw(st.integers(0x10, 0x1000))
    for number in range(draw(st.integers(1, 4))):
        data = draw(st.binary(max_size=5000))
        memory_bytes = max(len(data) + draw(st.integers(0, 9000)), 4)
        access = READ | EXECUTE if number == 0 else draw(st.sampled_from((READ, READ | WRITE, READ | EXECUTE)))
        found.append(Segment(page * 4096, data, memory_bytes, access))
        page += -(-memory_bytes // 4096) + draw(st.integers(0, 3))
    return found


@quick
@given(segments())
def test_executables_written_by_one_are_loaded_by_the_other(drawn: list[Segment]) -> None:
    """Our oracles' ELF writer, our loader and pyelftools share nothing."""
    image = elf_executable(drawn[0].address, drawn)
    program = elf.parse(image)
    assert program.entry == drawn[0].address
    outside = [s for s in ELFFile(io.BytesIO(image)).iter_segments() if s["p_type"] == "PT_LOAD"]
    assert [s["p_vaddr"] for s in outside] == [s.address for s in program.segments] == [s.address for s in drawn]
    memory = AddressSpace(36)
    elf.load(memory, image, program)
    for segment, seen in zip(drawn, outside, strict=True):
        assert memory.read(segment.address, segment.memory_bytes) == segment.data.ljust(segment.memory_bytes, b"\0")
        assert seen.data()[: len(segment.data)] == segment.data


@quick
@given(machine_cases())
def test_a_case_is_in_its_stand_alone_program(case: MachineCase) -> None:
    """Where the case's pc is in reach of the prologue; the code and the window are in memory as the case has them."""
    try:
        image = standalone_image(case)
        program = elf.parse(image)
    except ValueError:
        return
    memory = AddressSpace(36)
    elf.load(memory, image, program)
    assert memory.read(case.code_address, len(case.code)) == case.code
    assert memory.read(DATA_BASE, DATA_BYTES) == case.memory
