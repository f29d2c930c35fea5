"""`--sabotage NAME`: an injected bug for the whole of one command, to see what the harness makes of it."""

from __future__ import annotations

import os
from typing import Final

SABOTAGE: Final = "COUNTERPROOF_SABOTAGE"


def inject(name: str) -> None:
    """Inject a bug: in every worker through the environment, here only where it sits in the harness itself.

    Raises:
        ValueError: there is no such bug; the message names the most alike.
    """
    from fuzz.sabotage import BUGS, Area, apply
    from harness.nearest import did_you_mean

    if name not in BUGS:
        raise ValueError(
            f"--sabotage: no injected bug is called {name!r}.{did_you_mean(name, BUGS)} "
            f"`counterproof sabotage --list` shows the {len(BUGS)}"
        )
    os.environ[SABOTAGE] = name
    if BUGS[name].area is Area.COMPARATOR:
        apply(name)
