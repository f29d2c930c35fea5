"""Which state of our own source is running: the commit, and whether files differ from it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_SECONDS: Final = 20.0


@dataclass(frozen=True)
class Tree:
    """A state of the source.

    Attributes:
        commit: full hash; empty where the source is no git checkout.
        changed: tracked files differ from the commit.
    """

    commit: str = ""
    changed: bool = False

    @property
    def name(self) -> str:
        """The commit, with a `+` where files were changed."""
        return self.commit + "+" * self.changed

    def __str__(self) -> str:
        return self.commit[:12] + "+" * self.changed if self.commit else "unknown tree"


@cache
def current_tree(root: Path = ROOT) -> Tree:
    """The state of the checkout at `root`; an unknown one where `root` is none, or git is not installed."""
    top = _git(root, "rev-parse", "--show-toplevel")
    if top is None or Path(top) != root:
        return Tree()
    commit = _git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    changes = _git(root, "status", "--porcelain", "--untracked-files=no")
    return Tree(commit or "", bool(changes))


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
