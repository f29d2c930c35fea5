"""`counterproof fuzz`: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ci.fuzz import SUMMARY
from fuzz.targets import stored
from fuzz.targets.catalogue import load, names
from fuzz.targets.session import write_dictionary
from fuzz.targets.shrink import failure, reduce_input, shrink
from fuzz.targets.target import Target

ROOT = Path(__file__).parents[3]
needs_atheris = pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed")


def counterproof(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "harness.cli", "fuzz", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | environment,
        timeout=120,
        check=False,
    )


def test_the_list_names_every_target() -> None:
    done = counterproof("list")
    assert done.returncode == 0, done.stderr
    assert [name for name in names() if f"{name} " not in done.stdout] == []
    assert done.stdout.count("planted: ") == len(names())


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("run", "nothing"), 2, "no fuzz target is called 'nothing'. There are: "),
        (("replay", "nothing"), 2, "no fuzz target is called 'nothing'. There are: "),
        (("merge", "elf_image", "/nonexistent/corpus"), 2, "/nonexistent/corpus is no directory"),
        (("minimize", "elf_image", "/nonexistent/input"), 2, "No such file"),
        (("nothing",), 2, "no fuzz target is called 'nothing'"),
        (("run", "elf_image", "--seconds", "0"), 2, "greater than or equal to 1"),
        (("run", "elf_image", "--seconds", "inf"), 2, "2147483647"),
        (("run", "elf_image", "--seed", "99999999999999999999"), 2, "2147483647"),
        (("run", "elf_image", "--runs", "2147483648"), 2, "2147483647"),
    ],
)
def test_wrong_usage_is_said_in_a_line(arguments: tuple[str, ...], code: int, words: str) -> None:
    done = counterproof(*arguments)
    assert done.returncode == code
    assert words in " ".join(done.stderr.replace("│", "").split())
    assert "Traceback" not in done.stderr


def test_replay_runs_what_is_kept() -> None:
    done = counterproof("replay", "campaign_plan", "elf_image")
    assert done.returncode == 0, done.stdout
    kept = sum(1 for name in ("campaign_plan", "elf_image") for _ in stored.all_inputs(name))
    assert done.stdout.splitlines()[-1] == f"{kept} inputs, 0 fail"


def test_minimize_reduces_to_the_same_failure(tmp_path: Path) -> None:
    source = tmp_path / "input"
    source.write_bytes(b"default*2,fp*3, abc*\xc2\xb2")
    done = counterproof("minimize", "campaign_plan", str(source), "--planted")
    assert done.returncode == 0, "the planted bug is about the first part"
    source.write_bytes(b"default*\xc2\xb2")
    done = counterproof("minimize", "campaign_plan", str(source), "--planted", "--out", str(tmp_path / "small"))
    assert done.returncode == 1, done.stderr
    assert "10 bytes reduced to 3" in done.stdout
    assert (tmp_path / "small").read_bytes() == b"*\xc2\xb2"
    done = counterproof("minimize", "campaign_plan", str(source), "--planted", "--keep")
    kept = stored.REGRESSIONS / "campaign_plan" / stored.name_of(b"*\xc2\xb2")
    assert f"kept as {kept}" in done.stdout
    assert kept.read_bytes() == b"*\xc2\xb2"
    kept.unlink()
    if not stored.inputs(stored.REGRESSIONS, "campaign_plan"):
        kept.parent.rmdir()
    done = counterproof("minimize", "campaign_plan", str(source))
    assert done.returncode == 0
    assert "does not fail" in done.stdout


@needs_atheris
@pytest.mark.evidence("HX-04")
def test_a_planted_bug_is_found_reduced_and_kept(tmp_path: Path) -> None:
    before = stored.inputs(stored.REGRESSIONS, "campaign_plan")
    done = counterproof("campaign_plan", "--planted", "--seconds", "60", "--seed", "1", "--out", str(tmp_path))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "campaign_plan: failure after" in done.stdout
    kept = list((tmp_path / "campaign_plan-planted" / "regressions").iterdir())
    assert len(kept) == 1
    assert "²" in kept[0].read_text()
    assert stored.inputs(stored.REGRESSIONS, "campaign_plan") == before


@needs_atheris
def test_a_run_may_be_as_long_as_its_processor_time(tmp_path: Path) -> None:
    done = counterproof("gdb_packets", "--cpu", "--seconds", "4", "--seed", "1", "--out", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    summary = SUMMARY.search(done.stdout)
    assert summary is not None and int(summary["cpu"]) >= 4


@needs_atheris
@pytest.mark.evidence("HX-04")
def test_nothing_is_found_without_it_and_corpora_merge(tmp_path: Path) -> None:
    done = counterproof(
        "run", "gdb_packets", "--runs", "3000", "--seconds", "60", "--seed", "1", "--out", str(tmp_path)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "gdb_packets: clean after" in done.stdout
    found = tmp_path / "gdb_packets" / "corpus"
    merged = tmp_path / "merged"
    done = counterproof("merge", "gdb_packets", str(found), str(found), "--into", str(merged))
    assert done.returncode == 0, done.stderr
    inputs = list(merged.iterdir())
    assert 0 < len(inputs) <= len(list(found.iterdir()))
    assert all(path.name == stored.name_of(path.read_bytes()) for path in inputs)
    again = counterproof("merge", "gdb_packets", str(found), "--into", str(merged))
    assert again.stdout.startswith("0 inputs added")


@needs_atheris
def test_an_interrupt_ends_the_run_and_its_process(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "harness.cli", "fuzz", "campaign_plan", "--seconds", "100", "--out", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    log = tmp_path / "campaign_plan" / "log"
    deadline = time.monotonic() + 60
    while not (log.is_file() and b"INITED" in log.read_bytes()) and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "campaign_plan: interrupted" in output
    assert "Traceback" not in errors


def test_shrinking_reaches_the_smallest_input() -> None:
    assert shrink(b"x" * 50 + b"ab" + b"y" * 50, lambda data: b"a" in data and b"b" in data) == b"ab"
    assert shrink(bytes(range(100, 140)), lambda data: len(data) >= 3) == b"\0\0\0"
    with pytest.raises(ValueError, match="does not fail"):
        shrink(b"", lambda data: False)


def test_a_failure_is_named_by_class_and_place() -> None:
    def one_input(data: bytes) -> None:
        if b"!" in data:
            raise KeyError(data)

    target = Target(one_input, "s", (), tuple, lambda: None, "p")
    assert failure(target, b"") == ""
    assert failure(target, b"!") == "KeyError in test_fuzz_command.one_input"
    assert reduce_input(target, b"abc!def") == (b"!", "KeyError in test_fuzz_command.one_input")


def test_dictionaries_are_in_libfuzzers_format(tmp_path: Path) -> None:
    target = Target(lambda data: None, "s", (), tuple, lambda: None, "p", dictionary=(b'a"\\', b"\0\xff"))
    write_dictionary(target, tmp_path / "d")
    assert (tmp_path / "d").read_text() == '"a\\x22\\x5c"\n"\\x00\\xff"\n'
    assert load("elf_image").dictionary
