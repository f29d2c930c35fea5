"""The gate: fails when anything fails, stops or goes on as told, is resumed, is interrupted cleanly, is sharded."""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ci import diff_riscv
from ci.gate import checks, evidence, outputs
from ci.gate.__main__ import main, write
from ci.gate.run import Gate, GateResult, Status
from ci.gate.stages import Stage, Task, chosen, shard, stages

ROOT = Path(__file__).parents[2]


def _task(name: str, code: str = "pass", **more: object) -> Task:
    return Task(name, ("-c", code), 1.0, **more)  # type: ignore[arg-type]


def _run(out: Path, *made: Stage, **options: bool) -> tuple[GateResult, list[str]]:
    lines: list[str] = []
    return Gate(made, ROOT, out, say=lines.append, **options).run(), lines


def _statuses(result: GateResult) -> dict[str, str]:
    return {outcome.task: str(outcome.status) for outcome in result.outcomes}


CHEAP, BAD, DEAR = Stage("cheap", "", (_task("a"),)), Stage("bad", "", (_task("b", "exit(1)"), _task("c"))), Stage(
    "dear", "", (_task("d"),)
)  # fmt: skip


@pytest.mark.evidence("HX-17")
def test_the_first_failing_stage_ends_the_gate(tmp_path: Path) -> None:
    result, _ = _run(tmp_path, CHEAP, BAD, DEAR)
    assert _statuses(result) == {"a": "passed", "b": "failed", "c": "passed", "d": "not run"}
    assert result.status == 1
    assert _run(tmp_path, CHEAP, DEAR)[0].status == 0
    assert _run(tmp_path)[0].status == 3, "a gate that ran nothing has not passed"


def test_it_may_keep_going(tmp_path: Path) -> None:
    result, lines = _run(tmp_path, CHEAP, BAD, DEAR, keep_going=True)
    assert _statuses(result)["d"] == "passed"
    assert result.status == 1
    assert any("exit status 1: it failed; see" in line for line in lines)
    told = list(outputs.table((CHEAP, BAD, DEAR), result))
    assert told[-1].startswith("gate: FAILED")


def test_what_a_command_left_is_checked_too(tmp_path: Path) -> None:
    stage = Stage("s", "", (_task("a", check=lambda out: f"{out.name} is bad"), _task("b", needs="no-such-program")))
    result, _ = _run(tmp_path, stage)
    assert _statuses(result) == {"a": "failed", "b": "skipped"}
    assert [outcome.why for outcome in result.outcomes] == ["a is bad", "no-such-program is not installed"]


def test_it_is_resumed_on_the_same_tree_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log"
    stage = Stage("s", "", (_task("a", f"open({str(log)!r}, 'a').write('a')"), _task("b", "exit(1)")))
    for resume, ran in ((False, "a"), (True, "a"), (False, "aa")):
        result, _ = _run(tmp_path / "out", stage, resume=resume)
        assert log.read_text() == ran
        assert _statuses(result) == {"a": "passed", "b": "failed"}
    monkeypatch.setattr("ci.gate.run.identity_of", lambda root: "another tree")
    _, lines = _run(tmp_path / "out", stage, resume=True)
    assert log.read_text() == "aaa"
    assert lines[0] == "the tree has changed since the earlier run: everything runs again"
    (tmp_path / "out" / "gate.json").write_text("{")
    _, lines = _run(tmp_path / "out", stage, resume=True)
    assert "cannot be used" in lines[0]


INTERRUPTED = """
import sys
from pathlib import Path
from ci.gate.run import Gate
from ci.gate.stages import Stage, Task
out = Path(sys.argv[1])
slow = "import pathlib, time; pathlib.Path(r'{}').touch(); time.sleep(600)".format(out / "started")
tasks = (Task("first", ("-c", "pass"), 1.0), Task("slow", ("-c", slow), 1.0), Task("later", ("-c", "pass"), 1.0))
result = Gate([Stage("s", "", tasks)], Path("."), out).run()
print(result.status, [str(outcome.status) for outcome in result.outcomes])
"""


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def test_ctrl_c_ends_the_command_and_keeps_what_passed(tmp_path: Path) -> None:
    gate = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "started").exists():
        assert time.monotonic() < deadline and gate.poll() is None
        time.sleep(0.05)
    gate.send_signal(signal.SIGINT)
    printed, errors = gate.communicate(timeout=60)
    assert printed.splitlines()[-1] == "130 ['passed', 'interrupted', 'not run']", errors
    state = json.loads((tmp_path / "gate.json").read_text())
    assert state["interrupted"]
    assert [outcome["status"] for outcome in state["outcomes"]] == ["passed", "interrupted", "not run"]
    marker = str(tmp_path / "started").encode()
    left = [p for p in Path("/proc").glob("[0-9]*/cmdline") if p.exists() and marker in _content(p)]
    assert not left, "the command is gone"


@settings(deadline=None, max_examples=30)
@given(of=st.integers(1, 12))
def test_shards_share_every_task_out_once(of: int) -> None:
    everything = stages(ROOT)
    names = sorted(t.name for s in everything for t in s.tasks if of == 1 or s.name != "evidence")
    shared = [t.name for i in range(1, of + 1) for s in shard(everything, i, of) for t in s.tasks]
    assert sorted(shared) == names
    assert len(set(names)) == len(names)


def test_shards_and_stages_that_there_are_none_of_are_refused() -> None:
    for number, of in ((0, 2), (3, 2)):
        with pytest.raises(ValueError, match="the first is 1/2 and the last 2/2"):
            shard(stages(ROOT), number, of)
    with pytest.raises(ValueError, match="no stage or task is called nothing; there are lint, "):
        chosen(stages(ROOT), ["nothing"])
    assert [s.name for s in chosen(stages(ROOT), ["mypy", "lint"])] == ["lint", "types"]


def test_every_test_folder_is_in_the_gate() -> None:
    """A test that no stage runs is no gate."""
    parts = {part for stage in stages(ROOT) for task in stage.tasks for part in task.command}
    run = {part for part in parts if part.startswith("tests/")}
    for path in (ROOT / "tests").rglob("test_*.py"):
        relative = path.relative_to(ROOT)
        assert any(relative.is_relative_to(place) for place in run), f"{relative} is in no stage"


@pytest.mark.parametrize("arguments", [["--shard", "x"], ["--shard", "3/2"], ["--scale", "0"], ["--stage", "none"]])
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_list_shows_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list", "--stage", "diff-fixed"]) == 0
    printed = capsys.readouterr().out
    assert "-m harness.cli diff riscv --oracle unicorn-riscv64" in printed
    assert "mypy" not in printed


def test_the_reports_say_where(tmp_path: Path) -> None:
    said = (
        "ci/gate/run.py:7:1: E501 Line too long\nharness/cli.py:9: error: no\nnowhere.py:1: no\n"
        "FAILED tests/ci/test_gate.py::test_x - assert 1\n"
    )
    stage = Stage("s", "", (_task("a", f"print({said!r}); exit(1)"), _task("b", "exit(3)"), _task("c")))
    result, _ = _run(tmp_path, stage)
    write(result, tmp_path, ROOT, "c" * 40)
    log = json.loads((tmp_path / "gate.sarif").read_text())
    where = [
        (place["artifactLocation"]["uri"], place["region"]["startLine"])
        for found in log["runs"][0]["results"]
        for place in [found["locations"][0]["physicalLocation"]]
    ]
    assert where[:3] == [("ci/gate/run.py", 7), ("harness/cli.py", 9), ("tests/ci/test_gate.py", 1)]
    assert len(where) == 4, "a task whose log names no place is a result itself"
    suite = ElementTree.parse(tmp_path / "gate.junit.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("3", "2")
    assert all(outcome.status in set(Status) for outcome in result.outcomes)


def _summary(tmp_path: Path, cases: int, thrown: dict[str, int]) -> Path:
    document = {"plan": {"oracles": ["a"]}, "statistics": {"cases": cases, "discards": thrown}}
    (tmp_path / "summary.json").write_text(json.dumps(document))
    return tmp_path


def test_the_ceiling_of_discards(tmp_path: Path) -> None:
    assert checks.discards(_summary(tmp_path, 1000, {"a: no_end": 20})) == ""
    why = checks.discards(_summary(tmp_path, 1000, {"a: no_end": 20, "a: oracle_refused": 1}))
    assert why.startswith("2.1% of 1,000 comparisons were discarded, the ceiling is 2%: a: no_end 20")
    assert checks.discards(_summary(tmp_path, 0, {})) == "nothing was compared"
    (tmp_path / "summary.json").write_text("[]")
    assert "holds no object" in checks.discards(tmp_path)
    (tmp_path / "summary.json").unlink()
    assert "cannot be read" in checks.discards(tmp_path)


def test_the_floor_of_reduction(tmp_path: Path) -> None:
    for share, good in ((1.0, True), (0.95, True), (0.94, False), (None, False)):
        (tmp_path / "sabotage.json").write_text(json.dumps({"reduced": share}))
        assert (checks.sabotage(tmp_path) == "") is good


def test_evidence_of_several_runs_is_put_together(tmp_path: Path) -> None:
    for name, rows, failed in (("one", {"HX-01": ["t1", "t2"]}, []), ("two", {"HX-01": ["t3"]}, ["t1"])):
        (tmp_path / name).mkdir()
        (tmp_path / name / "evidence.json").write_text(json.dumps({"rows": rows, "failed": failed}))
    assert evidence.merged(tmp_path) == {"rows": {"HX-01": ["t2", "t3"]}, "failed": ["t1"]}
    assert evidence.main(["--gate", str(tmp_path / "nothing")]) == 3


def test_every_test_file_is_in_a_stage() -> None:
    tasks = [task for stage in stages(ROOT) for task in stage.tasks if "pytest" in task.command]
    named = [ROOT / part for task in tasks for part in task.command if (ROOT / part).exists()]
    everything = [path for folder in ("tests", "properties") for path in (ROOT / folder).rglob("test_*.py")]
    left_out = [path for path in everything if not any(path == one or one in path.parents for one in named)]
    assert not left_out


def test_generated_cases_take_turns_as_the_suite_does() -> None:
    options = argparse.Namespace(out=Path("out"), scale=1.0, fresh_seeds=0, programs=False, sabotage="", resume=False)
    suite = {stage.arguments[stage.arguments.index("--profile") + 1] for stage in diff_riscv.stages(options)}
    fixed = next(stage for stage in stages(ROOT) if stage.name == "diff-fixed")
    assert any("directed" in turns for turns in suite)
    assert {task.command[task.command.index("--profile") + 1] for task in fixed.tasks} == suite
