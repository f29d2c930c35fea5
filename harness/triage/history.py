"""Asking old commits: each is checked out into a worktree of its own, and a command is run there.

Nothing of the current checkout takes part but the command's own files: the worktree's modules come first on the path,
caches are separate, and the Python environment is one that has what that commit's `pyproject.toml` asks for: the
running one where it does, else one that is built once per set of requirements and kept. Answers are kept too, so that
an interrupted bisection goes on where it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import os
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.triage.bisection import Outcome

PROBE_SECONDS: Final = 600.0
BUILD_SECONDS: Final = 1800.0
SKIP: Final = 125
"""The exit status with which a command says that a commit cannot be judged, as for `git bisect run`."""
EXTRAS: Final = ("oracles", "wasm", "fuzz")
_ANSWERS: Final = "answers.jsonl"


class HistoryError(RuntimeError):
    """The history cannot be asked; the message says why."""


@dataclass(frozen=True)
class Repository:
    """A git repository, by the directory of any checkout of it.

    Raises:
        HistoryError: by every method, where git fails; the message has git's words.
    """

    root: Path

    def git(self, *arguments: str) -> str:
        try:
            done = subprocess.run(
                ["git", "-C", str(self.root), *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError as error:
            raise HistoryError(f"git cannot be started: {error.strerror}") from None
        if done.returncode != 0:
            raise HistoryError(f"git {' '.join(arguments)}: {done.stderr.strip() or f'status {done.returncode}'}")
        return done.stdout.strip()

    def commit(self, revision: str) -> str:
        """The full hash of a revision."""
        return self.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")

    def commits(self, newest: str, oldest: str = "") -> list[str]:
        """The mainline's commits up to `newest`, oldest first; from `oldest` on where that is given."""
        arguments = ["rev-list", "--first-parent", "--reverse", newest]
        if oldest:
            arguments.append(f"^{oldest}")
        found = self.git(*arguments).split()
        return [oldest, *found] if oldest else found

    def title(self, commit: str) -> str:
        """Date and subject of a commit."""
        return self.git("show", "--no-patch", "--format=%as %s", commit)


class Environments:
    """Python environments under `directory`, one per set of requirements."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def python(self, worktree: Path) -> str | None:
        """An interpreter with what the project in `worktree` needs; None where it cannot be had."""
        needed = requirements(worktree)
        if needed is None:
            return None
        if all(_is_installed(text) for text in needed):
            return sys.executable
        name = hashlib.sha256("\n".join([sys.version, *needed]).encode()).hexdigest()[:16]
        place = self._directory / name
        python = place / "bin" / "python"
        if (place / "complete").exists():
            return str(python)
        shutil.rmtree(place, ignore_errors=True)
        try:
            for command in (
                [sys.executable, "-m", "venv", str(place)],
                [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *needed],
            ):
                subprocess.run(
                    command, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=BUILD_SECONDS
                )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError):
            shutil.rmtree(place, ignore_errors=True)
            return None
        (place / "complete").touch()
        return str(python)


def requirements(worktree: Path) -> list[str] | None:
    """What the project's `pyproject.toml` asks for, with its extras for oracles; empty without such a file, None where
    it cannot be read."""
    path = worktree / "pyproject.toml"
    if not path.is_file():
        return []
    try:
        project = tomllib.loads(path.read_text()).get("project", {})
        extras = project.get("optional-dependencies", {})
        texts = [*project.get("dependencies", ()), *(text for name in EXTRAS for text in extras.get(name, ()))]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, AttributeError):
        return None
    return sorted({str(text) for text in texts})


def _is_installed(requirement: str) -> bool:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        wanted = Requirement(requirement)
        if wanted.marker is not None and not wanted.marker.evaluate():
            return True
        return wanted.specifier.contains(importlib.metadata.version(wanted.name), prereleases=True)
    except (InvalidRequirement, importlib.metadata.PackageNotFoundError):
        return False


class CommitProbe:
    """Runs `command` on commits; its exit status is the outcome: 0 agrees, 1 diverges, anything else cannot be judged.

    Args:
        command: `{python}` and `{worktree}` in it are replaced.
        cache: worktrees while they are used, environments and answers; made when needed.
        seconds: after which a commit cannot be judged.
        identity: of what the command reads, a digest: answers are kept per command and identity.

    Calling it raises HistoryError where git or the cache cannot be used.
    """

    def __init__(
        self,
        repository: Repository,
        command: Sequence[str],
        cache: Path,
        *,
        seconds: float = PROBE_SECONDS,
        identity: str = "",
    ) -> None:
        self._repository = repository
        self._command = list(command)
        self._cache = cache
        self._seconds = seconds
        self._environments = Environments(cache / "environments")
        text = json.dumps([str(repository.root), self._command, identity])
        self._identity = hashlib.sha256(text.encode()).hexdigest()[:16]
        self._known = self._read()

    def __call__(self, commit: str) -> Outcome:
        if commit not in self._known:
            with self._worktree(commit) as worktree:
                self._known[commit] = self._run(worktree)
            self._keep(commit)
        return self._known[commit]

    def _run(self, worktree: Path) -> Outcome:
        python = self._environments.python(worktree)
        if python is None:
            return Outcome.SKIPPED
        values = {"{python}": python, "{worktree}": str(worktree)}
        command = [values.get(part, part) for part in self._command]
        environment = dict(os.environ) | {
            "PYTHONPATH": str(worktree),
            "PYTHONDONTWRITEBYTECODE": "1",
            "COUNTERPROOF_CACHE": str(self._cache / "objects"),
        }
        environment.pop("COUNTERPROOF_SABOTAGE", None)
        process = subprocess.Popen(
            command,
            cwd=worktree,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            status = process.wait(self._seconds)
        except subprocess.TimeoutExpired:
            status = SKIP
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return {0: Outcome.AGREES, 1: Outcome.DIVERGES}.get(status, Outcome.SKIPPED)

    @contextlib.contextmanager
    def _worktree(self, commit: str) -> Iterator[Path]:
        place = self._cache / "worktrees" / f"{commit[:16]}-{os.getpid()}"
        place.parent.mkdir(parents=True, exist_ok=True)
        self._repository.git("worktree", "prune")
        self._repository.git("worktree", "add", "--force", "--detach", "--quiet", str(place), commit)
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)
            self._repository.git("worktree", "prune")

    def _read(self) -> dict[str, Outcome]:
        """The answers of earlier runs. A line that is damaged (the run was killed while writing it) is left out."""
        path = self._cache / _ANSWERS
        known: dict[str, Outcome] = {}
        try:
            lines = path.read_text().splitlines() if path.exists() else []
        except (OSError, UnicodeDecodeError) as error:
            raise HistoryError(f"{path} cannot be read: {error}; delete it to judge every commit anew") from None
        for line in lines:
            with contextlib.suppress(ValueError, KeyError, TypeError):
                record = json.loads(line)
                if record["probe"] == self._identity:
                    known[str(record["commit"])] = Outcome(record["outcome"])
        return known

    def _keep(self, commit: str) -> None:
        record = {"probe": self._identity, "commit": commit, "outcome": self._known[commit].value}
        path = self._cache / _ANSWERS
        try:
            with path.open("a") as file:
                file.write(json.dumps(record) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise HistoryError(f"{path} cannot be written: {error.strerror}; free some space, then run again") from None
