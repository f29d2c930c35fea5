"""`tox -e diff-jit`: its stages cover every compiling tier, and its usage is checked."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from ci.diff_jit import PAIRS, main, stages
from fuzz.strategies.riscv64.profiles import PROFILES
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
                assert part.partition("*")[0] in PROFILES


def test_every_compiling_tier_is_examined() -> None:
    examined = {pair.subject for pair in PAIRS}
    assert examined >= {"riscv64-baseline", "riscv64-llvm", "riscv64-ir", "riscv64-ir-lifted"}
    assert sum(pair.cases for pair in PAIRS) >= 100_000


def test_scale_and_tier_choose() -> None:
    llvm = list(stages(options(tier="llvm", programs=False, scale=0.01)))
    assert [s.name for s in llvm] == ["riscv64-llvm against riscv64-interpreter"]
    assert llvm[0].arguments[llvm[0].arguments.index("--cases") + 1] == "20"


@pytest.mark.parametrize("arguments", [["--scale", "0"], ["--tier", "nothing"], ["--no-such-option"]])
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


@pytest.mark.evidence("VM-10")
def test_a_small_run_agrees_and_an_injected_bug_is_found(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    few = ["--tier", "baseline", "--scale", "0.002", "--no-programs", "--out"]
    assert main([*few, str(tmp_path / "a")]) == 0
    assert "diff-jit: AGREE" in capfd.readouterr().out
    assert main([*few, str(tmp_path / "b"), "--sabotage", "ir-rule-narrow-add-of-sext"]) == 1
    assert "diff-jit: DIVERGED" in capfd.readouterr().out
