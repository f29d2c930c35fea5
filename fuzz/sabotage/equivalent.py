"""Why some of the derived bugs change nothing that anyone can observe: by name, a proof or an argument.

A bug that is found in spite of its argument fails the run of `counterproof sabotage`.
"""

from __future__ import annotations

from typing import Final

ALTERED: Final[dict[str, str]] = {}
"""Of `fuzz.sabotage.riscv64_altered`."""

SOURCE: Final[dict[str, str]] = {}
"""Of `fuzz.sabotage.riscv64_source`."""

USER: Final[dict[str, str]] = {}
"""Of `fuzz.sabotage.user_source`."""

HARNESS: Final[dict[str, str]] = {}
"""Of `fuzz.sabotage.harness_source`."""
