"""Which targets `ci.bench_machine` says are missed."""

from __future__ import annotations

import pytest

from ci.bench_machine import LONG_SIZES, SIZES, geometric_mean, missed, us_per_insn


def test_the_mean_of_a_tier_is_judged() -> None:
    ratios = {"auto": [1.0, 4.0], "llvm": [2.0, 2.5]}
    assert geometric_mean(ratios["auto"]) == 2.0
    lines = list(missed(ratios, ["list", "sort"], {"auto": 2.0, "llvm": 2.0, "aot": 1.4}))
    assert lines == [
        ("auto over native: 2.00, target 2.0", False),
        ("llvm over native: 2.24, target 2.0 MISSED", True),
    ]


def test_each_kernel_of_auto_is_compared_with_qemu() -> None:
    ratios = {"qemu-riscv64": [4.0, 2.0], "auto": [2.0, 3.0]}
    ((line, is_missed),) = missed(ratios, ["matmul", "list"], {})
    assert is_missed
    assert line == "auto, kernels slower than qemu-riscv64: list (1.50 x its time) MISSED"
    assert not next(missed({"qemu-riscv64": [4.0], "auto": [4.0]}, ["list"], {}))[1]


def test_all_kernels_but_one_can_run_long() -> None:
    assert SIZES.keys() - LONG_SIZES.keys() == {"calls"}


def test_the_cost_of_compiling_counts_regions_by_their_size() -> None:
    small, large = [(0.002, 20), (0.001, 10), (0.004, 10)], [(0.01, 980), (0.0196, 980)]
    assert us_per_insn([small, large]) == pytest.approx((0.002 + 0.01) / (20 + 980) * 1e6)
    assert us_per_insn([[(0.0, 0)]]) == 0
