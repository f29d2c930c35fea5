"""`tox -e diff-jit`: its stages cover every compiling tier, and its usage is checked."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from ci.diff_jit import PAIRS, USER_TIERS, by_profile, figures, main, spent_lines, stages, unavailable
from engines.vm.tiers.executor import COMPILING
from fuzz.strategies.riscv64.profiles import LISTED, PROFILES
from harness.registry import names


def options(**changes: object) -> argparse.Namespace:
    given = {
        "out": Path("x"),
        "scale": 1.0,
        "tier": "",
        "fresh_seeds": 0,
        "programs": True,
        "sabotage": "",
        "resume": False,
        "jobs": 0,
    }
    return argparse.Namespace(**given | changes)


def test_every_pair_is_of_known_executors_and_profiles() -> None:
    known = set(names())
    for stage in stages(options()):
        arguments = list(stage.arguments)
        subject = arguments[arguments.index("--subject") + 1]
        assert subject in known
        if "--profile" in arguments:
            for part in arguments[arguments.index("--profile") + 1].split(","):
                assert part.partition("*")[0] in (*PROFILES, *LISTED)


def test_every_compiling_tier_is_examined() -> None:
    examined = {pair.subject for pair in PAIRS}
    assert examined >= {"riscv64-baseline", "riscv64-llvm", "riscv64-ir", "riscv64-ir-lifted"}
    assert examined >= {
        f"riscv64-{way}-on-{host}" for way in ("interpreter", "baseline") for host in ("arm64", "riscv64")
    }
    assert {f"riscv64-user-{tier}" for tier in COMPILING if f"riscv64-user-{tier}" in names()} == set(USER_TIERS)
    assert sum(pair.cases for pair in PAIRS) >= 100_000


def test_scale_and_tier_choose() -> None:
    llvm = list(stages(options(tier="llvm", programs=False, scale=0.01)))
    assert [s.name for s in llvm] == ["riscv64-llvm against riscv64-interpreter"]
    assert llvm[0].arguments[llvm[0].arguments.index("--cases") + 1] == "30"


def test_the_figures_are_by_tier_and_by_profile() -> None:
    plan = {"subject": "riscv64-llvm", "oracles": ["riscv64-interpreter"], "seeds": [1], "cases": 100}
    plan |= {"profile": "jit*2,fp", "batch_cases": 10}
    assert by_profile(plan, 35) == {"jit": 25, "fp": 10}
    document = {
        "plan": plan,
        "statistics": {"cases": 35, "divergences": 3},
        "cases_per_second": 12.4,
        "instructions_per_second": 3456.0,
        "buckets": [{"first": "seed 1 profile fp case 12"}],
    }
    lines = [line.split() for line in figures([document, {"no": "statistics"}])]
    assert ["riscv64-llvm", "riscv64-interpreter", "35", "12", "3,456", "3"] in lines
    assert ["jit", "25", "0"] in lines
    assert ["fp", "10", "1"] in lines


def test_what_this_machine_lacks_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ci.diff_jit.shutil.which", lambda program: None)
    left_out = {pair.subject for pair in PAIRS if unavailable(pair.subject)}
    assert left_out <= {pair.subject for pair in PAIRS if "-on-" in pair.subject}
    assert not any("-on-" in stage.name for stage in stages(options()) if stage.name.split()[0] in left_out)


@pytest.mark.parametrize("arguments", [["--scale", "0"], ["--tier", "nothing"], ["--no-such-option"]])
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


@pytest.mark.evidence("VM-10")
def test_a_small_run_agrees_and_an_injected_bug_is_found(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ci.diff_jit.PAIRS", PAIRS[:2])
    few = ["--tier", "riscv64-baseline", "--scale", "0.002", "--no-programs", "--out"]
    assert main([*few, str(tmp_path / "a")]) == 0
    assert "diff-jit: AGREE" in capfd.readouterr().out
    assert main([*few, str(tmp_path / "b"), "--sabotage", "ir-rule-narrow-add-of-sext"]) == 1
    assert "diff-jit: DIVERGED" in capfd.readouterr().out


def test_processor_time_is_told_by_stage() -> None:
    lines = [line.split() for line in spent_lines({"one stage": 1.25, "another": 1000.0})]
    assert ["one", "stage", "1.2"] in lines
    assert ["all", "1,001.2"] in lines
