"""A package that Counterproof does not know joins by its entry point, is listed, conforms, and is cross-examined."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from harness.compare.machine import Discard, Row, compare_batches
from harness.contract import Executor, MachineBatch, state_dtype
from harness.contract.layout import CODE_BASE, CODE_SLOT_BYTES, DATA_BASE, DATA_BYTES
from harness.registry import create, describe, names
from oracles.conformance import checks_for

EXAMPLE = Path(__file__).parents[2] / "examples" / "third_party_executor"
NAME = "tiny-rv64"
CASES = 300


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example as an installer leaves it: its package, and metadata with the entry points of its pyproject.toml."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    shutil.copytree(EXAMPLE / "src" / "tiny_rv64", tmp_path / "tiny_rv64")
    info = tmp_path / f"tiny_rv64-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    groups = [
        f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in entries.items())
        for group, entries in project["entry-points"].items()
    ]
    (info / "entry_points.txt").write_text("\n".join(groups))
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def random_rv64i(seed: int) -> MachineBatch:
    """Straight lines of random RV64I words: registers and immediates at random, memory mostly inside the window."""
    rng = np.random.default_rng(seed)
    length = 24
    words = rng.integers(0, 2**32, (CASES, length + 1), dtype=np.uint32)
    opcodes = np.array([0x13, 0x13, 0x1B, 0x33, 0x33, 0x3B, 0x37, 0x17, 0x03, 0x23, 0x63], np.uint32)
    chosen = opcodes[rng.integers(0, len(opcodes), words.shape)]
    words = (words & ~np.uint32(0x7F)) | chosen
    registers, narrow = np.isin(chosen, (0x33, 0x3B)), np.isin(chosen, (0x1B, 0x3B))
    funct3 = words >> 12 & 7
    funct3 = np.where(narrow & (funct3 != 0), np.where(funct3 < 4, 1, 5), funct3)
    funct3 = np.where((chosen == 0x63) & (funct3 < 4), funct3 & 1, funct3)
    funct3 = np.where(((chosen == 0x03) & (funct3 == 7)) | (chosen == 0x23), funct3 & 3, funct3)
    words = (words & ~np.uint32(7 << 12)) | (funct3.astype(np.uint32) << np.uint32(12))
    shifts = np.isin(chosen, (0x13, 0x1B)) & np.isin(funct3, (1, 5))
    alternate = (rng.random(words.shape) < 0.4) & ((funct3 == 5) | (registers & (funct3 == 0)))
    funct7 = np.where(alternate, np.uint32(0x20 << 25), np.uint32(0))
    words = np.where(registers | shifts, (words & np.uint32(0x01FF_FFFF)) | funct7, words)
    forward = np.uint32(8 << 7)  # branches skip one instruction
    words = np.where(chosen == 0x63, (words & np.uint32(0x01FF_F07F)) | forward, words)
    memory = np.isin(chosen, (0x03, 0x23))
    words = np.where(memory, (words & ~np.uint32(31 << 15)) | np.uint32(10 << 15), words)
    writes_x10 = ~np.isin(chosen, (0x23, 0x63)) & (words >> 7 & 31 == 10)
    words = np.where(writes_x10, words ^ np.uint32(1 << 7), words)
    words[:, length] = 0x0010_0073
    code = words.astype("<u4").view(np.uint8)
    batch = MachineBatch(
        isa="riscv64",
        initial=np.zeros(CASES, state_dtype("riscv64")),
        code=code,
        code_bytes=np.full(CASES, code.shape[1], np.uint32),
        code_address=CODE_BASE + np.arange(CASES, dtype=np.uint64) * np.uint64(CODE_SLOT_BYTES),
        memory=rng.integers(0, 256, (1, DATA_BYTES), dtype=np.uint8),
        limit_insns=100,
        label=f"seed {seed}",
    )
    batch.initial["pc"] = batch.code_address
    edges = np.array([0, 1, 2**63, 2**64 - 1, 2**31, 2**32 - 1, DATA_BASE], np.uint64)
    batch.initial["x"] = edges[rng.integers(0, len(edges), (CASES, 32))]
    batch.initial["x"][:, 0] = 0
    batch.initial["x"][:, 10] = DATA_BASE + 2048
    return batch


@pytest.mark.usefixtures("site")
def test_the_registry_finds_it() -> None:
    assert NAME in names()
    assert describe(NAME).role == "third party"
    assert isinstance(create(NAME, isolated=False), Executor)


@pytest.mark.usefixtures("site")
def test_it_conforms() -> None:
    executor = create(NAME, isolated=False)
    checks = checks_for(executor)
    assert len(checks) > 5
    for check in checks:
        check.run(executor)


@pytest.mark.evidence("HX-01")
@pytest.mark.usefixtures("site")
def test_it_is_cross_examined_in_a_worker_of_its_own() -> None:
    """As a subject and as an oracle against the reference tier, on programs that it declares to run."""
    batch = random_rv64i(3)
    theirs, ours = create(NAME), create("riscv64-reference", isolated=False)
    try:
        seen, reference = theirs.run_batch(batch), ours.run_batch(batch)
    finally:
        theirs.close()
        ours.close()
    result = compare_batches(batch, seen, reference)
    assert (result.verdict != Row.DIVERGED).all()
    assert (result.verdict == Row.AGREE).mean() > 0.9
    assert int(seen.retired.sum()) > 10 * CASES


@pytest.mark.usefixtures("site")
def test_a_bug_in_it_is_a_divergence(site: Path) -> None:
    """The comparison sees a third party's bug: `sraw` shifting in zeros."""
    machine = site / "tiny_rv64" / "machine.py"
    right = "signed(low, 32) >> shift if alternate"
    assert right in machine.read_text()
    machine.write_text(machine.read_text().replace(right, "low >> shift if alternate"))
    batch = random_rv64i(3)
    theirs, ours = create(NAME), create("riscv64-reference", isolated=False)
    try:
        result = compare_batches(batch, theirs.run_batch(batch), ours.run_batch(batch))
    finally:
        theirs.close()
        ours.close()
    assert (result.verdict == Row.DIVERGED).any()


@pytest.mark.usefixtures("site")
def test_what_it_does_not_run_is_a_discard_with_a_reason() -> None:
    batch = random_rv64i(4)
    batch.code[:, :4] = np.frombuffer((0x0220_81B3).to_bytes(4, "little"), np.uint8)  # mul x3, x1, x2
    theirs, ours = create(NAME, isolated=False), create("riscv64-reference", isolated=False)
    result = compare_batches(batch, theirs.run_batch(batch), ours.run_batch(batch))
    assert (result.verdict == Row.INCOMPARABLE).all()
    assert (result.discard == Discard.SUBJECT_REFUSED).all()


def test_the_command_line_lists_it(site: Path) -> None:
    command = [sys.executable, "-m", "harness.cli", "executors", "--json"]
    environment = {"PYTHONPATH": f"{site}:{Path.cwd()}", "PATH": "/nonexistent"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
    row = next(row for row in json.loads(done.stdout) if row["name"] == NAME)
    assert row["available"] and row["kinds"] == ["machine"] and "f" not in row["observes"]
