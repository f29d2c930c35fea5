"""With errata switched off, a campaign rediscovers the known defects of stock Unicorn, and the vote names Unicorn."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fuzz.strategies.riscv64 import generate
from harness.campaign.plan import Plan
from harness.campaign.runner import Campaign, ExitCode, Options
from harness.triage.store import FindingsStore

STOCK, QEMU = "unicorn-riscv64-stock", "qemu-system-riscv64"


@pytest.mark.slow
@pytest.mark.evidence("HX-05")
@pytest.mark.skipif(shutil.which(QEMU) is None, reason="the vote needs QEMU as the third voter")
def test_the_vote_names_unicorn(tmp_path: Path) -> None:
    pytest.importorskip("unicorn")
    plan = Plan("riscv64-interpreter", (STOCK, QEMU), (3,), cases=96, profile="single", batch_cases=32, errata=False)
    store = FindingsStore(tmp_path)
    campaign = Campaign(plan, Options(), generate, store=store)
    try:
        outcome = campaign.run()
    finally:
        campaign.close()
    assert outcome.exit_code is ExitCode.DIVERGED
    unicorn = [f for f in store.findings() if f.oracle == STOCK]
    store.close()
    assert len(unicorn) > 10
    assert set(outcome.statistics.guilty) <= {STOCK, QEMU}, "only oracles with known defects may be guilty"
    assert outcome.statistics.guilty[STOCK] > 10 * outcome.statistics.guilty[QEMU]
    assert sum(f"names {STOCK}" in f.summary for f in unicorn) > len(unicorn) // 2
    unboxed = [f for f in unicorn if ".s: f" in f.signature]
    assert unboxed, f"no single-precision result among {sorted({f.signature for f in unicorn})}"
