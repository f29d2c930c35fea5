"""Case and observation files: every bit survives, every malformed file is refused with its place."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.case_file import case_document, read_case, write_case
from harness.contract import (
    MACHINE_FIELDS,
    PROGRAM_FIELDS,
    Case,
    End,
    MachineCase,
    MachineObservation,
    Observation,
    ProgramCase,
    ProgramObservation,
    SourceCase,
    SourceObservation,
    Trap,
    WasmCase,
    WasmObservation,
    state_dtype,
)
from harness.contract.layout import CODE_BASE, DATA_BASE, DATA_BYTES
from harness.observation_file import read_observation, write_observation
from harness.strict_json import DocumentError

WORD = st.integers(0, (1 << 64) - 1)
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
COUNT = st.integers(1, (1 << 63) - 1)


@st.composite
def states(draw: st.DrawFn) -> np.void:
    record = np.zeros(1, state_dtype("riscv64"))
    record["pc"], record["fcsr"] = draw(WORD), draw(WORD)
    for name in ("x", "f"):
        first = 1 if name == "x" else 0
        for register, value in draw(st.dictionaries(st.integers(first, 31), WORD, max_size=6)).items():
            record[name][0][register] = value
    scalar: np.void = record[0]
    return scalar


@st.composite
def windows(draw: st.DrawFn) -> bytes:
    memory = bytearray(DATA_BYTES)
    for at, value in draw(st.dictionaries(st.integers(0, DATA_BYTES - 1), st.integers(0, 255), max_size=20)).items():
        memory[at] = value
    return bytes(memory)


MACHINE = st.builds(
    MachineCase,
    isa=st.just("riscv64"),
    state=states(),
    code=st.binary(max_size=64),
    code_address=st.integers(CODE_BASE, CODE_BASE + 4096),
    memory=windows(),
    limit_insns=COUNT,
    label=TEXT,
)
PROGRAM = st.builds(
    ProgramCase,
    isa=st.just("riscv64"),
    image=st.binary(max_size=64),
    argv=st.lists(TEXT, max_size=3).map(tuple),
    environment=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
    stdin=st.binary(max_size=8),
    files=st.lists(st.tuples(TEXT, st.binary(max_size=8)), max_size=2).map(tuple),
    limit_insns=COUNT,
    checkpoint_insns=st.integers(0, 1 << 40),
    label=TEXT,
)
WASM = st.builds(
    WasmCase,
    module=st.binary(max_size=16),
    calls=st.lists(st.tuples(TEXT, st.lists(TEXT, max_size=2).map(tuple)), max_size=2).map(tuple),
    fuel=COUNT,
    label=TEXT,
)
SOURCE = st.builds(
    SourceCase,
    language=st.just("rust"),
    files=st.just((("main.rs", "fn main() {}\n"), ("a.rs", "// \u00e4"))),
    root=st.just("main.rs"),
    options=st.lists(TEXT, max_size=2).map(tuple),
    stdin=st.binary(max_size=4),
    label=TEXT,
)


@settings(deadline=None, max_examples=150)
@given(st.one_of(MACHINE, PROGRAM, WASM, SOURCE))
def test_a_case_file_gives_the_case_back(case: Case) -> None:
    text = write_case(case)
    back = read_case(text)
    if isinstance(case, MachineCase):  # compares by identity, so compare its parts
        assert isinstance(back, MachineCase)
        assert back.state.tobytes() == case.state.tobytes()
        assert (back.code, back.code_address, back.memory) == (case.code, case.code_address, case.memory)
        assert (back.isa, back.limit_insns, back.label) == (case.isa, case.limit_insns, case.label)
    else:
        assert back == case
    assert write_case(back) == text


MACHINE_SEEN = st.builds(
    MachineObservation,
    end=st.sampled_from(End),
    trap=st.sampled_from(Trap),
    tval=WORD,
    state=states(),
    memory=windows(),
    retired=WORD,
    observed=st.frozensets(st.sampled_from(MACHINE_FIELDS)),
    detail=TEXT,
)
PROGRAM_SEEN = st.builds(
    ProgramObservation,
    exit_status=st.integers(-1, 255),
    signal=st.integers(0, 64),
    stdout=st.binary(max_size=8),
    stderr=st.binary(max_size=8),
    end=st.sampled_from(End),
    files=st.lists(st.tuples(TEXT, st.binary(max_size=8)), max_size=2).map(tuple),
    retired=WORD,
    unknown_syscalls=st.lists(st.tuples(st.integers(-1, 500), st.integers(0, 9)), max_size=2).map(tuple),
    checkpoints=st.lists(st.tuples(WORD, TEXT), max_size=2).map(tuple),
    observed=st.frozensets(st.sampled_from(PROGRAM_FIELDS)),
    detail=TEXT,
)
WASM_SEEN = st.builds(WasmObservation, calls=st.just((("i32:1",), ())), end=st.sampled_from(End), detail=TEXT)
SOURCE_SEEN = st.builds(
    SourceObservation,
    accepted=st.booleans(),
    diagnostics=st.lists(st.tuples(TEXT, st.integers(0, 99)), max_size=2).map(tuple),
    run=st.none() | PROGRAM_SEEN,
    detail=TEXT,
)


@settings(deadline=None, max_examples=100)
@given(st.one_of(MACHINE_SEEN, PROGRAM_SEEN, WASM_SEEN, SOURCE_SEEN))
def test_an_observation_file_gives_the_observation_back(seen: Observation) -> None:
    text = write_observation(seen)
    back = read_observation(text)
    assert write_observation(back) == text
    if isinstance(seen, MachineObservation):
        assert isinstance(back, MachineObservation)
        assert back.state.tobytes() == seen.state.tobytes()
        assert (back.end, back.trap, back.tval, back.memory, back.retired, back.observed, back.detail) == (
            seen.end, seen.trap, seen.tval, seen.memory, seen.retired, seen.observed, seen.detail
        )  # fmt: skip
    else:
        assert back == seen


def _document() -> dict[str, Any]:
    state = np.zeros(1, state_dtype("riscv64"))
    state["pc"] = CODE_BASE
    return case_document(MachineCase("riscv64", state[0], b"\x02\x90", CODE_BASE, bytes(DATA_BYTES)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 2}, r"\$\.version: this release reads version 1"),
        ({"format": "elf"}, r'\$\.format: "elf" must be one of counterproof-case'),
        ({"kind": "poem"}, r"\$\.kind: .*machine, program, wasm, source"),
        ({"isa": "z80"}, r'\$\.isa: "z80" must be one of riscv64'),
        ({"code": "9"}, r"\$\.code: .*even number of hexadecimal digits"),
        ({"code_address": "0x0"}, r"outside the code arena \[0x88000000"),
        ({"code_address": 17}, r"\$\.code_address: 17 is an integer, must be a string"),
        ({"limit_insns": 0}, r"\$\.limit_insns: 0 is outside 1"),
        ({"limit_insns": True}, r"\$\.limit_insns: true is a boolean"),
        ({"memory": [["0x0", "00"]]}, r"\$\.memory\[0\]: 1 bytes at 0x0 are outside the data window"),
        ({"memory": [[hex(DATA_BASE), "00", "00"]]}, r"\$\.memory\[0\]: has 3 elements, must have 2"),
        ({"surprise": 1}, r"unknown field 'surprise'"),
        ({"state": {}}, r"\$\.state: field 'pc' is missing"),
    ],
)
def test_an_illegal_case_file_is_refused_with_its_place(change: dict[str, Any], message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        read_case(json.dumps(_document() | change))


@pytest.mark.parametrize(
    ("register", "message"),
    [
        ("0x10000000000000000", r"\$\.state\.x\[3\]: .*does not fit in 64 bits"),
        ("12", r"must be hexadecimal"),
        (None, "null"),
    ],
)
def test_an_illegal_register_is_refused_with_its_index(register: str | None, message: str) -> None:
    document = _document()
    document["state"]["x"][3] = register
    with pytest.raises(DocumentError, match=message):
        read_case(json.dumps(document))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", r"not JSON"),
        (b"\xff\xfe{}", r"not (JSON|UTF-8)"),
        (b"[1]", r"must be an object"),
        (b'{"a": 1, "a": 2}', r"'a' appears twice"),
        (b'{"a": NaN}', r"NaN is not JSON"),
        (b'{"a":' + b"[" * 100_000, r"nested too deeply|not JSON"),
        (b'{"format": "counterproof-case", "version": ' + b"9" * 5000 + b"}", r"not JSON"),
        (b'{"format": "counterproof-case"', r"f\.json:1:\d+: not JSON"),
    ],
)
def test_text_that_is_no_document_is_refused(text: bytes, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        read_case(text, "f.json")


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=40), st.integers(0, 4000), st.integers(0, 200))
def test_a_damaged_case_file_is_read_or_refused_but_nothing_else(patch: bytes, at: int, cut: int) -> None:
    text = write_case(case_sample()).encode()
    damaged = text[:at] + patch + text[at + cut :]
    try:
        read_case(damaged)
    except DocumentError as error:
        assert "case" in str(error)


def case_sample() -> MachineCase:
    state = np.zeros(1, state_dtype("riscv64"))
    state["pc"] = CODE_BASE
    memory = bytes(range(1, 65)) + bytes(DATA_BYTES - 64)
    return MachineCase("riscv64", state[0], b"\x02\x90", CODE_BASE, memory)
