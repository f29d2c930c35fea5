"""Injected bugs in the harness itself: a comparison that has become blind."""

from __future__ import annotations

from typing import Final

from fuzz.sabotage.bug import Catalogue

BUGS: Final = Catalogue()
