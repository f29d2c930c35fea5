"""Shares of kinds of instructions, as a program runs."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from ci.bench_machine import CHARACTERS, PREPARED, native_twin, seconds
from ci.instruction_mix import KINDS, kind, mix, shown
from corpus.programs.builder import build
from corpus.programs.manifest import load_manifest
from engines.vm.isa.riscv64 import INSTRUCTIONS


@pytest.fixture(scope="module")
def guest() -> Path:
    pytest.importorskip("ziglang")
    return next(b.path for b in build("full", ["characters"], native=False) if b.variant.name == "O2c")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        *(("ld", "load"), ("c_ldsp", "load"), ("fld", "load"), ("sd", "store"), ("c_sw", "store"), ("lr_d", "atomic")),
        *(("amoadd_w", "atomic"), ("beq", "branch"), ("c_beqz", "branch"), ("jal", "jump"), ("c_j", "jump")),
        *(("jalr", "indirect"), ("c_jr", "indirect"), ("ecall", "trap"), ("mulhu", "multiply"), ("remw", "multiply")),
        *(("fadd_d", "float"), ("fcvt_w_s", "float"), ("add", "other"), ("c_addi", "other"), ("fence", "other")),
    ],
)
def test_each_instruction_has_its_kind(name: str, wanted: str) -> None:
    assert kind(name) == wanted


def test_every_instruction_has_a_kind() -> None:
    assert {kind(instruction.name) for instruction in INSTRUCTIONS} <= set(KINDS)


def test_every_character_is_a_workload_of_the_corpus() -> None:
    (program,) = (one for one in load_manifest() if one.name == "characters")
    assert {one.argv[0] for one in program.workloads if not one.exit_status} == CHARACTERS.keys()


@pytest.mark.evidence("VM-27")
@pytest.mark.parametrize(
    ("character", "most", "at_least"),
    [
        ("floating", "float", 0.5),
        ("multiply", "multiply", 0.2),
        ("strided", "load", 0.08),
        ("random", "load", 0.15),
        ("predictable", "branch", 0.3),
        ("indirect", "indirect", 0.05),
        ("calls-only", "trap", 0.02),
    ],
)
def test_a_loop_is_of_its_character(guest: Path, character: str, most: str, at_least: float) -> None:
    shares = mix(guest, (character, CHARACTERS[character]), PREPARED.get(character, 200_000))
    assert sum(shares.values()) == pytest.approx(1)
    assert shares[most] >= at_least, shown(shares)


@pytest.mark.evidence("VM-27")
def test_branches_and_system_calls_have_different_densities(guest: Path) -> None:
    def share(character: str, of: str) -> float:
        return mix(guest, (character, CHARACTERS[character]), 200_000).get(of, 0.0)

    assert share("straight", "branch") < share("unpredictable", "branch") < share("predictable", "branch")
    assert share("calls-only", "trap") > 50 * share("calls-often", "trap") > share("calls-seldom", "trap") == 0


@pytest.mark.evidence("VM-27")
@pytest.mark.skipif(shutil.which("qemu-riscv64") is None, reason="qemu-riscv64 is not installed")
@pytest.mark.parametrize("character", list(CHARACTERS))
def test_native_code_qemu_and_the_machine_agree(guest: Path, character: str) -> None:
    native, size = native_twin("characters"), "200" if character == "calls-only" else "1"
    ours = [sys.executable, "-m", "harness.cli", "vm", "run", str(guest)]
    _, printed = seconds([str(native), character, size], None)
    for command in (["qemu-riscv64", str(guest)], ours):
        seconds([*command, character, size], printed)
