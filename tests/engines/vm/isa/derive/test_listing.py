"""The committed reference page is what the table says now. `COUNTERPROOF_BLESS=1` renews it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.listing import COMMAND, page

ROOT = Path(__file__).resolve().parents[5]


def test_the_committed_page_is_current() -> None:
    path = ROOT / "docs" / "reference" / "riscv64.md"
    if os.environ.get("COUNTERPROOF_BLESS"):
        path.write_text(page(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == page(), f"the table changed; run `{COMMAND}` and commit the page"


def test_the_page_lists_every_instruction_once() -> None:
    rows = [line for line in page().splitlines() if line.startswith("| `")]
    mnemonics = [row.split("`")[1].split()[0] for row in rows]
    assert sorted(mnemonics) == sorted(i.mnemonic for i in INSTRUCTIONS)
    assert all(row.replace("\\|", "").count("|") == 7 for row in rows)


def test_the_command_prints_the_page() -> None:
    module = COMMAND.split()[2]
    printed = subprocess.run([sys.executable, "-m", module], cwd=ROOT, capture_output=True, check=True, timeout=60)
    assert printed.stdout.decode("utf-8").replace("\r\n", "\n") == page()
