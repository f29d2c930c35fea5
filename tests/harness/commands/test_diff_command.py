"""`counterproof diff riscv` as users run it: exit codes, output, files, resumption."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from harness.case_file import load_case
from harness.cli import COMMANDS, main
from harness.triage.store import FindingsStore

ROOT = Path(__file__).parents[3]
TOYS = Path(__file__).parents[1]
TOY, WRONG = "toy_executors:RiscvToy", "toy_executors:RiscvToyWrong"


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "harness.cli", *arguments]


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{TOYS}", "COLUMNS": "200"}


def _diff(*arguments: str, out: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _command("diff", "riscv", "--out", str(out), "--batch", "16", "--no-coverage", *arguments),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=_environment(),
        check=False,
    )


def _summary(out: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((out / "summary.json").read_text())
    return document


def test_agreement_exits_with_0_and_says_what_was_compared(tmp_path: Path) -> None:
    done = _diff("--subject", TOY, "--oracle", TOY, "--cases", "40", "--profile", "short", out=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "AGREE"
    assert "cases          40 of 40" in done.stdout
    assert "Traceback" not in done.stderr
    document = _summary(tmp_path)
    assert (document["exit_code"], document["complete"]) == (0, True)
    assert document["statistics"]["cases"] == 40
    assert document["buckets"] == []


def test_a_divergence_exits_with_1_and_leaves_a_reproducer(tmp_path: Path) -> None:
    done = _diff("--subject", WRONG, "--oracle", TOY, "--cases", "32", "--profile", "short", out=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("DIVERGED: ")
    [bucket, *_] = _summary(tmp_path)["buckets"]
    directory = Path(bucket["reproducer"].partition(" (")[0])
    case = load_case(directory / "case.json")
    assert case.kind == "machine"
    assert (directory / "repro.py").is_file()
    store = FindingsStore(tmp_path)
    assert sum(b.count for b in store.buckets()) == len(store.findings()) > 0
    store.close()
    replay = subprocess.run(
        [sys.executable, str(directory / "repro.py")], capture_output=True, text=True, env=_environment(), check=False
    )
    assert replay.returncode == 1, replay.stdout + replay.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--subject", "riscv46-interpreter"), "no executor is called 'riscv46-interpreter'. Did you mean"),
        (("--oracle", "toy_executors:NeedsMissingLibrary"), "'no_such_library_for_counterproof', which is not"),
        (("--oracle", "toy_executors:DiesAtBirth"), "does not start: died"),
        (("--oracle", TOY, "--oracle", TOY), "an oracle is named twice"),
        (("--profile", "unheard-of"), "unheard-of"),
        (("--sabotage", "no-such-bug"), "no injected bug is called 'no-such-bug'. `counterproof sabotage --list`"),
        (("--cases", "0"), "--cases"),
        (("--no-such-option",), "No such option"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_what_is_right(
    arguments: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    done = _diff("--subject", TOY, "--oracle", TOY, *arguments, out=tmp_path) if "--oracle" not in arguments else _diff(
        "--subject", TOY, *arguments, out=tmp_path
    )  # fmt: skip
    assert done.returncode == 2, done.stdout + done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_campaign_that_compares_nothing_exits_with_3(tmp_path: Path) -> None:
    done = _diff("--subject", TOY, "--oracle", "toy_executors:Blind", "--cases", "16", out=tmp_path)
    assert done.returncode == 3
    assert done.stdout.splitlines()[-1].startswith("FAILED: vacuous: toy_executors:Blind observes nothing")


def test_an_output_directory_that_cannot_be_used_exits_with_3(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = _diff("--subject", TOY, "--oracle", TOY, out=tmp_path / "file")
    assert done.returncode == 3
    assert "cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_fresh_seeds_are_printed_and_differ(tmp_path: Path) -> None:
    seeds = set()
    for number in range(2):
        done = _diff(
            "--subject", TOY, "--oracle", TOY, "--cases", "4", "--fresh-seeds", "2", "--profile", "short",
            out=tmp_path / str(number),
        )  # fmt: skip
        line = done.stdout.splitlines()[0]
        assert line.startswith("fresh seeds: ")
        seeds.update(line.split()[2:])
        assert _summary(tmp_path / str(number))["plan"]["seeds"] == [int(s) for s in line.split()[2:]]
    assert len(seeds) == 4


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_an_interruption_exits_with_130_and_resumes_to_the_same_result(tmp_path: Path, jobs: str) -> None:
    arguments = ("--subject", WRONG, "--oracle", TOY, "--cases", "96", "--no-reduce", "--profile", "short")
    straight = _diff(*arguments, out=tmp_path / "short")
    assert straight.returncode == 1, straight.stderr
    out = tmp_path / "out"
    command = _command("diff", "riscv", "--out", str(out), "--batch", "16", "--no-coverage", *arguments, "--resume")
    command += ["--jobs", jobs]
    running = subprocess.Popen(command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    store = FindingsStore(out)
    deadline = time.monotonic() + 60
    while not store.findings() and time.monotonic() < deadline:
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    text = running.communicate()[0].decode()
    assert running.returncode in (130, 1), text
    if running.returncode == 130:
        assert "INTERRUPTED: interrupted by SIGINT; everything so far is kept" in text
        assert store.findings()
    store.close()
    resumed = subprocess.run(command, cwd=ROOT, env=_environment(), capture_output=True, text=True, check=False)
    assert resumed.returncode == 1, resumed.stdout + resumed.stderr
    if running.returncode == 130:
        counts = [_summary(path)["statistics"] for path in (tmp_path / "short", out)]
        for document in counts:
            del document["seconds"], document["elapsed_seconds"]
        assert counts[0] == counts[1]


def test_the_command_line_lists_every_command() -> None:
    done = subprocess.run(_command("--help"), capture_output=True, text=True, cwd=ROOT, env=_environment(), check=True)
    for command in COMMANDS:
        assert command.name in done.stdout
        assert command.help in done.stdout


def test_a_command_that_is_not_there_is_refused_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "harness.commands.corpus", None)
    with pytest.raises(SystemExit) as caught:
        main(["corpus"])
    assert caught.value.code == 2
    assert "counterproof: the command 'corpus'" in capsys.readouterr().err


def test_an_unknown_command_is_refused() -> None:
    done = subprocess.run(_command("dif"), capture_output=True, text=True, cwd=ROOT, env=_environment(), check=False)
    assert done.returncode == 2
    assert "No such command 'dif'" in done.stderr


def test_a_command_imports_only_its_own_modules() -> None:
    script = (
        "import sys\nfrom harness.cli import root\nroot('vm')\n"
        "print([m for m in ('numpy', 'llvmlite', 'unicorn', 'harness.commands.diff') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_executors_are_listed_with_what_they_can() -> None:
    done = subprocess.run(
        _command("executors", "--json"), capture_output=True, text=True, cwd=ROOT, env=_environment(), check=True
    )
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert rows["riscv64-interpreter"]["available"]
    assert rows["riscv64-interpreter"]["observes"]
    assert all(row["available"] or row["why_not"] for row in rows.values())
