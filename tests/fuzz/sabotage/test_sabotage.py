"""The injected bugs: each can be switched on, and each shows on a witness."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from fuzz.sabotage import (
    BUGS,
    CATALOGUES,
    VARIABLE,
    Area,
    apply,
    apply_from_environment,
    riscv64_decoding,
    riscv64_semantics,
)
from harness.contract.layout import CODE_BASE, DATA_BASE

ROOT = Path(__file__).parents[3]
COVERED = (Area.DECODER, Area.INTEGER, Area.FLOAT, Area.MEMORY, Area.ATOMICS, Area.TRAPS, Area.COMPARATOR)
IN_THE_TABLE = [bug.name for module in (riscv64_decoding, riscv64_semantics) for bug in module.BUGS]
"""Bugs of the instruction table, which every tier shares; the others sit in the native interpreter or the harness."""

WITNESS = """
import json, os, sys
import numpy as np
from fuzz.sabotage import BUGS, apply
from engines.vm.isa.riscv64 import INSTRUCTIONS
from fuzz.strategies.riscv64 import generate
from harness.contract import MachineBatch, MachineCase, state_dtype
from harness.contract.layout import CODE_BASE, DATA_BYTES
from harness.subjects.riscv64_reference import ReferenceExecutor

def of(batch):
    executor = ReferenceExecutor()
    seen = executor.run_batch(batch)
    executor.close()
    return seen

def differs(batch, expected):
    seen = of(batch)
    fields = [getattr(seen, n).tobytes() != getattr(expected, n).tobytes()
              for n in ("end", "trap", "tval", "state", "memory", "retired")]
    return any(fields)

found = {}
right = {}
batches = {}
for profile in ("default", "fp", "noise", "memory", "atomic", "compressed"):
    batches[profile] = [generate(1, 0, 60, profile)]
batches["by hand"] = []
for words, x, f in json.loads(sys.stdin.read()):
    state = np.zeros(1, state_dtype("riscv64"))[0]
    state["pc"] = CODE_BASE
    for name, registers in (("x", x), ("f", f)):
        for number, value in registers.items():
            state[name][int(number)] = value
    code = b"".join(word.to_bytes(4, "little") for word in (*words, 0x00000013, 0x00100073))
    case = MachineCase("riscv64", state, code, CODE_BASE, bytes(DATA_BYTES), 300)
    batches["by hand"].append(MachineBatch.of([case]))
for profile in batches:
    right[profile] = [of(b) for b in batches[profile]]
for name in sys.argv[1:]:
    read_end, write_end = os.pipe()
    child = os.fork()
    if not child:
        apply(name)
        shown = next((p for p in batches if any(
            differs(b, e) for b, e in zip(batches[p], right[p]))), "")
        os.write(write_end, shown.encode())
        os._exit(0)
    os.close(write_end)
    shown = os.read(read_end, 100).decode()
    os.close(read_end)
    _, status = os.waitpid(child, 0)
    found[name] = shown if status == 0 else "died"
print(json.dumps(found))
"""

RARE: list[tuple[list[int], dict[int, int], dict[int, int]]] = [
    ([0x1015332F], {10: DATA_BASE}, {}),  # lr.d with rs2 = 1, which is reserved
    ([0x02C5C3B3], {11: 1 << 63, 12: (1 << 64) - 1}, {}),  # div x7, x11, x12: overflow
    ([0x02C5A3B3], {11: (1 << 64) - 1, 12: 1 << 63}, {}),  # mulhsu x7, x11, x12: -1 times 2^63
    ([0x00050567], {10: CODE_BASE + 8}, {}),  # jalr x10, 0(x10)
    ([0x00052003], {10: 0x1000}, {}),  # lw x0, 0(x10) where nothing is mapped
    ([0x103100D3], {}, {2: 0xFFFF_FFFF_0080_0000, 3: 0xFFFF_FFFF_3F00_0000}),  # fmul.s: half the least normal number
    ([0x0A3140D3], {}, {2: 0x3FF0_0000_0000_0000, 3: 0xBCA0_0000_0000_0000}),  # fsub.d, rmm: 1 + 2^-53, halfway
    ([0x0205939B], {11: 3}, {}),  # slliw with bit 5 of the shift amount, which is reserved
    # fmadd.d: only the last bits of the product are left
    ([0x223100C3], {}, {2: 0x3FF0_0000_0040_0000, 3: 0x3FF0_0000_0040_0000, 4: 0xBFF0_0000_0080_0000}),
    ([0x203120D3], {}, {2: 0xFFFF_FFFF_7FC0_0001, 3: 0xFFFF_FFFF_8000_0000}),  # fsgnjx.s of a NaN with a payload
]
"""Words and registers that show what a few hundred generated programs may miss."""


def test_every_area_has_bugs_and_there_are_enough() -> None:
    counts = Counter(bug.area for bug in BUGS.values())
    assert all(counts[area] >= 3 for area in COVERED), {area.value: counts[area] for area in COVERED}
    assert len(BUGS) >= 25


def test_names_and_descriptions_are_unique_and_plain() -> None:
    modules = [importlib.import_module(f"fuzz.sabotage.{name}") for name in CATALOGUES]
    listed = [bug.name for module in modules for bug in module.BUGS]
    assert len(listed) == len(set(listed)) == len(BUGS)
    for name, bug in BUGS.items():
        assert name == bug.name == name.lower()
        assert all(c.isalnum() or c == "-" for c in name)
        assert bug.stands_for


def test_an_unknown_name_is_refused_with_the_list() -> None:
    with pytest.raises(ValueError, match="no injected bug is called 'nothing'") as refused:
        apply("nothing")
    assert all(name in str(refused.value) for name in BUGS)


def test_without_the_variable_nothing_is_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert apply_from_environment() is None
    monkeypatch.setenv(VARIABLE, "misspelt")
    with pytest.raises(ValueError, match="misspelt"):
        apply_from_environment()


def test_every_bug_can_be_switched_on_in_a_fresh_process() -> None:
    script = (
        "import os, sys\n"
        "from fuzz.sabotage import BUGS, apply_from_environment\n"
        "import harness.subjects.riscv64_interpreter, harness.subjects.riscv64_reference\n"
        "failed = []\n"
        "for name in BUGS:\n"
        "    child = os.fork()\n"
        "    if not child:\n"
        f"        os.environ[{VARIABLE!r}] = name\n"
        "        try:\n"
        "            os._exit(0 if apply_from_environment() is BUGS[name] else 1)\n"
        "        finally:\n"
        "            os._exit(2)\n"
        "    failed += [name] * (os.waitpid(child, 0)[1] != 0)\n"
        "print(' '.join(failed))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.split() == []


def test_every_bug_of_the_table_shows_on_a_witness() -> None:
    """Each in a fork of one process, on the reference tier; what all tiers share shows there or nowhere."""
    environment = os.environ | {"PYTHONHASHSEED": "0"}
    done = subprocess.run(
        [sys.executable, "-c", WITNESS, *IN_THE_TABLE],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        input=json.dumps(RARE),
        check=True,
    )
    shown = json.loads(done.stdout)
    assert set(shown) == set(IN_THE_TABLE)
    assert not [name for name, profile in shown.items() if profile in ("", "died")]
