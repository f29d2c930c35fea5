"""The committed page of V is what the table says now. `COUNTERPROOF_BLESS=1` renews it."""

from __future__ import annotations

import os
from pathlib import Path

from engines.vm.isa.riscv64.vector_listing import COMMAND, page

ROOT = Path(__file__).resolve().parents[5]


def test_the_committed_page_is_current() -> None:
    path = ROOT / "docs" / "reference" / "vectors.md"
    if os.environ.get("COUNTERPROOF_BLESS"):
        path.write_text(page(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == page(), f"the table changed; run `{COMMAND}` and commit the page"
