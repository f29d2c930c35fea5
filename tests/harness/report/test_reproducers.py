"""Reproducers: written, read, replayed in a fresh process elsewhere, and refused in one line where they are damaged."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import wrong_reference as wrong
from elftools.elf.elffile import ELFFile

from harness.case_file import write_case
from harness.contract import MachineCase, state_dtype
from harness.contract.layout import CODE_BASE, DATA_BASE, DATA_BYTES
from harness.reduce.finding import reduce_and_write
from harness.registry import create
from harness.report.reproducer import load_reproducer
from harness.strict_json import DocumentError
from harness.subjects.riscv64_reference import ReferenceExecutor

ROOT = Path(__file__).parents[3]
TESTS = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "filetests" / "listing_addw.S"
ADDW = 0x00C583BB  # addw x7, x11, x12
FILES = {"repro.py", "case.json", "finding.json", "listing.S", "case.elf"}


def _case() -> MachineCase:
    state = np.zeros(1, state_dtype("riscv64"))[0]
    state["pc"] = CODE_BASE
    state["x"][[10, 11, 12]] = [DATA_BASE, 1 << 31, 1]
    code = b"".join(w.to_bytes(4, "little") for w in (0x00128293, 0x00053403, ADDW, 0x00100073))
    memory = bytearray(DATA_BYTES)
    memory[:8] = bytes(range(1, 9))
    return MachineCase("riscv64", state, code, CODE_BASE, bytes(memory), 300, 'from "a test" \\ with \'quotes\' """')


class _Named(ReferenceExecutor):
    """The registry's reference under the name that makes it again."""

    registered_name = "riscv64-reference"


def _wrong() -> wrong.WrongReference:
    executor = wrong.wrong_addw()
    executor.registered_name = "wrong_reference:wrong_addw"  # type: ignore[attr-defined]
    return executor


@pytest.fixture(scope="module")
def finding(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("finding") / "with a space"
    reduce_and_write(_case(), _wrong(), _Named(), directory, command="counterproof repro 'with a space'")
    return directory


@pytest.fixture
def copied(finding: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finding, tmp_path / "copy"))


def _script(path: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{TESTS}"}
    return subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, cwd=cwd, env=environment, check=False
    )


def _command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{TESTS}"}
    command = [sys.executable, "-m", "harness.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)


def test_a_reproducer_is_complete_and_reads_back(finding: Path) -> None:
    assert {path.name for path in finding.iterdir()} == FILES
    case, subject, oracle = load_reproducer(finding)
    assert (subject, oracle) == ("wrong_reference:wrong_addw", "riscv64-reference")
    assert case.code == ADDW.to_bytes(4, "little") + (0x00100073).to_bytes(4, "little")
    document = json.loads((finding / "finding.json").read_text())
    assert document["fields"] == ["x"]
    assert document["signature"] == "riscv64 addw: x differs"
    assert document["instructions"] == 1
    assert {"counterproof", "python", "machine", "wrong-addw", "riscv64-reference"} <= set(document["versions"])
    assert json.loads(write_case(case)) == json.loads((finding / "case.json").read_text())


@pytest.mark.evidence("HX-06")
def test_the_script_replays_from_anywhere_while_they_differ(finding: Path, tmp_path: Path) -> None:
    done = _script(finding / "repro.py", tmp_path)
    assert done.returncode == 1, done.stderr
    assert "verdict: diverged in x" in done.stdout
    assert "Traceback" not in done.stderr


def test_the_script_says_0_once_they_agree(copied: Path, tmp_path: Path) -> None:
    script = copied / "repro.py"
    text = script.read_text()
    assert "SUBJECT = 'wrong_reference:wrong_addw'" in text
    script.write_text(text.replace("SUBJECT = 'wrong_reference:wrong_addw'", "SUBJECT = 'riscv64-reference'"))
    done = _script(script, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "verdict: agree" in done.stdout


def test_the_script_survives_any_label(tmp_path: Path) -> None:
    from harness.report.reproducer import write_reproducer

    write_reproducer(tmp_path, _case(), _wrong(), _Named(), signature='a """ signature \\', instructions=3, command="c")
    done = _script(tmp_path / "repro.py", tmp_path)
    assert done.returncode == 1, done.stderr
    case, _, _ = load_reproducer(tmp_path)
    assert case.label == _case().label


def test_the_listing_is_as_blessed(finding: Path) -> None:
    """`COUNTERPROOF_BLESS=1` writes the golden text anew."""
    text = (finding / "listing.S").read_text()
    if os.environ.get("COUNTERPROOF_BLESS"):
        GOLDEN.parent.mkdir(parents=True, exist_ok=True)
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()


def test_the_elf_is_a_static_riscv_program(finding: Path) -> None:
    with (finding / "case.elf").open("rb") as file:
        elf = ELFFile(file)
        assert (elf["e_machine"], elf["e_type"], elf.elfclass) == ("EM_RISCV", "ET_EXEC", 64)
        loaded = [segment for segment in elf.iter_segments() if segment["p_type"] == "PT_LOAD"]
        assert any(s["p_vaddr"] <= elf["e_entry"] < s["p_vaddr"] + s["p_memsz"] for s in loaded)


@pytest.mark.skipif(shutil.which("qemu-riscv64") is None, reason="qemu-riscv64 is not installed")
def test_the_elf_runs_to_its_ebreak_elsewhere(finding: Path) -> None:
    done = subprocess.run(["qemu-riscv64", str(finding / "case.elf")], capture_output=True, check=False)
    assert done.returncode == -5, "SIGTRAP of the closing ebreak"


DAMAGES: dict[str, Callable[[Path], object]] = {
    "finding truncated": lambda d: (d / "finding.json").write_bytes((d / "finding.json").read_bytes()[:40]),
    "finding empty": lambda d: (d / "finding.json").write_bytes(b""),
    "finding missing": lambda d: (d / "finding.json").unlink(),
    "finding not text": lambda d: (d / "finding.json").write_bytes(b"\xff\xfe\x00"),
    "finding a list": lambda d: (d / "finding.json").write_text("[]"),
    "finding too deep": lambda d: (d / "finding.json").write_text("[" * 100_000),
    "finding of version 2": lambda d: _edit(d / "finding.json", version=2),
    "finding of another format": lambda d: _edit(d / "finding.json", format="x"),
    "subject no name": lambda d: _edit(d / "finding.json", subject=7),
    "subject unknown": lambda d: _edit(d / "finding.json", subject="riscv65"),
    "oracle unknown": lambda d: _edit(d / "finding.json", oracle="no_such_module:Executor"),
    "finding a directory": lambda d: _directory_for(d / "finding.json"),
    "case truncated": lambda d: (d / "case.json").write_bytes((d / "case.json").read_bytes()[:100]),
    "case missing": lambda d: (d / "case.json").unlink(),
    "case no JSON": lambda d: (d / "case.json").write_text("hello"),
    "case of version 9": lambda d: _edit(d / "case.json", version=9),
    "code a number": lambda d: _edit(d / "case.json", code=5),
    "code outside the arena": lambda d: _edit(d / "case.json", code_address="0x0"),
    "x0 not zero": lambda d: _edit_state(d, x=["0x1"] + ["0x0"] * 31),
    "register too wide": lambda d: _edit_state(d, pc="0x10000000000000000"),
    "too few registers": lambda d: _edit_state(d, f=["0x0"]),
    "limit zero": lambda d: _edit(d / "case.json", limit_insns=0),
    "limit enormous": lambda d: (d / "case.json").write_text('{"limit_insns": ' + "9" * 10_000 + "}"),
}


def _directory_for(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def _edit_state(directory: Path, **changes: object) -> None:
    path = directory / "case.json"
    document = json.loads(path.read_text())
    _edit(path, state=document["state"] | changes)


@pytest.mark.parametrize("damage", sorted(DAMAGES))
def test_a_damaged_reproducer_is_refused_in_one_line(
    damage: str, copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from harness.cli import main

    DAMAGES[damage](copied)
    with pytest.raises(SystemExit) as ended:
        main(["repro", str(copied)])
    captured = capsys.readouterr()
    assert ended.value.code == 2, captured.err
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert captured.err.startswith(("counterproof repro: ", "repro: "))
    assert len(captured.err) < 800


def test_a_reproducer_that_is_none_is_refused(tmp_path: Path) -> None:
    done = _command("repro", tmp_path / "nowhere")
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    with pytest.raises((DocumentError, OSError)):
        load_reproducer(tmp_path)


def test_replay_with_other_executors(finding: Path) -> None:
    done = _command("repro", finding, "--subject", "riscv64-reference", "--oracle", "riscv64-interpreter")
    assert done.returncode == 0, done.stderr
    assert "verdict: agree" in done.stdout


def test_isolated_and_in_process_agree_on_the_name_to_create() -> None:
    from harness.report.reproducer import name_to_create

    executor = create("riscv64-reference", isolated=False)
    assert name_to_create(executor) == "riscv64-reference"
    executor.close()


def test_a_finding_replays_in_a_fresh_clone(tmp_path: Path) -> None:
    """What stock Unicorn does wrong, reduced here, replayed by the modules of a clone and by nothing else."""
    state = np.zeros(1, state_dtype("riscv64"))[0]
    state["pc"] = CODE_BASE
    state["f"][[1, 2]] = [0xFFFF_FFFF_3F80_0000, 0xFFFF_FFFF_4000_0000]
    code = bytes.fromhex("d3812000") + bytes.fromhex("73001000")  # fadd.s f3, f1, f2; ebreak
    case = MachineCase("riscv64", state, code, CODE_BASE, bytes(DATA_BYTES), 300)
    subject, oracle = _Named(), create("unicorn-riscv64-stock")
    oracle.registered_name = "unicorn-riscv64-stock"  # type: ignore[attr-defined]
    try:
        reduce_and_write(case, subject, oracle, tmp_path / "finding", command="counterproof repro", use_errata=False)
    finally:
        oracle.close()
    clone = tmp_path / "clone"
    command = ["git", "clone", "--quiet", "--local", str(ROOT), str(clone)]
    made = subprocess.run(command, capture_output=True, check=False)
    if made.returncode != 0:
        pytest.skip("not a git checkout")
    show = f"import harness, sys; sys.exit(not harness.__path__[0].startswith({str(clone)!r}))"
    for arguments, status in (([str(tmp_path / "finding" / "repro.py")], 1), (["-c", show], 0)):
        done = subprocess.run(
            [sys.executable, "-P", *arguments],
            env=os.environ | {"PYTHONPATH": str(clone)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
