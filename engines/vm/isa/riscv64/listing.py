"""The reference page of this ISA: `python -m engines.vm.isa.riscv64.listing > docs/reference/riscv64.md`."""

from __future__ import annotations

import sys
from typing import Final

from engines.vm.isa.derive.listing import listing
from engines.vm.isa.riscv64 import EXTENSIONS

COMMAND: Final = "python -m engines.vm.isa.riscv64.listing > docs/reference/riscv64.md"


def page() -> str:
    """The page as committed."""
    return listing("RV64IMAFDC, Zicsr, Zifencei: every instruction", COMMAND, EXTENSIONS, "version 20240411")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(page())
