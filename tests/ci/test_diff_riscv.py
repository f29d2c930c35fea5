"""`python -m ci.diff_riscv`: its stages, exit status and totals, with the stages themselves stood in for."""

from __future__ import annotations

import json
from collections.abc import Sized
from pathlib import Path
from typing import Any

import pytest

from ci import diff_riscv
from fuzz.strategies.riscv64.profiles import SYSTEMATIC, TABULATED
from fuzz.strategies.riscv64.systematic import table
from fuzz.strategies.riscv64.tabulated import listed


def listed_programs(profile: str) -> Sized:
    return table() if profile == SYSTEMATIC else listed()


def _summary(cases: int, divergences: int = 0) -> dict[str, Any]:
    counts = {"cases": cases, "instructions": 10 * cases, "explained": 2, "divergences": divergences}
    return {"statistics": counts | {"discards": {"unicorn: no_end": 1, "qemu: no_end": 2}}}


def _main(
    monkeypatch: pytest.MonkeyPatch, out: Path, statuses: list[int], *arguments: str
) -> tuple[int, list[diff_riscv.Stage]]:
    ran: list[diff_riscv.Stage] = []

    def run_stage(stage: diff_riscv.Stage) -> int:
        ran.append(stage)
        stage.summary.parent.mkdir(parents=True, exist_ok=True)
        stage.summary.write_text(json.dumps(_summary(100)))
        return statuses[min(len(ran), len(statuses)) - 1]

    monkeypatch.setattr(diff_riscv, "run_stage", run_stage)
    monkeypatch.setattr("shutil.which", lambda program: f"/bin/{program}")
    return diff_riscv.main(["--out", str(out), *arguments]), ran


def test_agreement_everywhere_is_0(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, ran = _main(monkeypatch, tmp_path, [0], "--no-programs")
    assert status == 0
    assert len({stage.out for stage in ran}) == len(ran) >= 3
    text = " ".join(" ".join(stage.arguments) for stage in ran)
    assert all(oracle in text for oracle in ("unicorn-riscv64", "qemu-system-riscv64", "riscv64-reference"))
    assert "corpus" not in text
    assert "AGREE" in capsys.readouterr().out


@pytest.mark.parametrize(("statuses", "worst"), [([0, 1, 0], 1), ([1, 3, 0], 3), ([0, 0, -9], 3), ([2], 2)])
def test_the_worst_status_decides(
    statuses: list[int], worst: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert _main(monkeypatch, tmp_path, statuses, "--no-programs")[0] == worst


def test_an_interruption_ends_the_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    status, ran = _main(monkeypatch, tmp_path, [0, 130])
    assert (status, len(ran)) == (130, 2)


def test_sabotage_stops_where_it_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    status, ran = _main(monkeypatch, tmp_path, [1], "--sabotage", "bgeu-strict", "--no-programs")
    assert (status, len(ran)) == (1, 1)
    assert "--fail-fast" in ran[0].arguments


def test_the_real_programs_are_the_last_stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _, ran = _main(monkeypatch, tmp_path, [0], "--resume")
    assert ran[-1].arguments[:2] == ("corpus", "run")
    assert all("--resume" in stage.arguments for stage in ran[:-1])


def test_a_full_run_meets_the_promised_numbers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _, ran = _main(monkeypatch, tmp_path, [0], "--no-programs")
    cases: dict[str, int] = {}
    for stage in ran:
        named = dict(zip(stage.arguments, stage.arguments[1:], strict=False))
        cases[named["--oracle"]] = cases.get(named["--oracle"], 0) + int(named["--cases"])
    assert cases["unicorn-riscv64"] >= 200_000
    assert cases["qemu-system-riscv64"] >= 20_000


@pytest.mark.parametrize(("scale", "share"), [("1", 1.0), ("3", 1.0), ("0.25", 0.25)])
@pytest.mark.parametrize("profile", [SYSTEMATIC, TABULATED])
def test_all_listed_programs_have_one_turn(
    profile: str, scale: str, share: float, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, ran = _main(monkeypatch, tmp_path, [0], "--no-programs", "--scale", scale)
    mine = [stage for stage in ran if profile in stage.arguments]
    assert mine
    for stage in mine:
        named = dict(zip(stage.arguments, stage.arguments[1:], strict=False))
        assert int(named["--cases"]) == round(len(listed_programs(profile)) * share)


def test_totals_add_up() -> None:
    sums = diff_riscv.totals([_summary(100), _summary(50, 3), {"programs": []}])
    assert sums == {"cases": 150, "instructions": 1500, "explained": 4, "divergences": 3, "discards": 6}


@pytest.mark.parametrize("scale", ["0", "-1", "1e9", "nan"])
def test_an_illegal_scale_is_refused(scale: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        diff_riscv.main(["--scale", scale])
    assert ended.value.code == 2
    assert "--scale" in capsys.readouterr().err
