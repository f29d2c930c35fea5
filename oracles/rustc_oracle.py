"""rustc as a judge: does it accept a source program, with which errors on which lines, and what does its build do?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Final

from harness.contract import (
    BatchObservation,
    Capabilities,
    Case,
    CaseKind,
    End,
    MachineBatch,
    Observation,
    ProgramObservation,
    SourceCase,
    SourceObservation,
)
from harness.contract.executor import run_each
from harness.contract.refusal import refusal, why_refused
from oracles.bounded_process import Limits, confine

LIMITS: Final = Limits(wall_s=60.0, address_space_bytes=0)
_KEEP: Final = ("PATH", "HOME", "RUSTUP_HOME", "CARGO_HOME", "RUSTUP_TOOLCHAIN")


class Rustc:
    """Judges a `SourceCase` of language `rust`, edition 2021. The option `run` builds it with overflow checks and runs
    it; without, it is checked only. Other options are refused."""

    name = "rustc"

    def __init__(self) -> None:
        found = shutil.which("rustc")
        if found is None:
            raise FileNotFoundError("rustc is not on PATH; install it with rustup or the Debian package rustc")
        self._rustc = found
        # Where rustc is a link to rustup's proxy, `--version` may also say that it downloads: the last line is it.
        said = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=60, check=True).stdout
        self.capabilities = Capabilities(
            kinds=frozenset((CaseKind.SOURCE,)),
            observes=frozenset(("accepted", "diagnostics", "run")),
            version=said.strip().splitlines()[-1],
        )

    def run(self, case: Case) -> Observation:
        why = why_refused(self.name, self.capabilities, case)
        if why is None and isinstance(case, SourceCase):
            if case.language != "rust":
                why = f"{self.name} compiles rust, not {case.language!r}"
            elif not set(case.options) <= {"run"}:
                why = f"{self.name} knows the option `run`, not {', '.join(case.options)}"
        if why is not None or not isinstance(case, SourceCase):
            return refusal(case, why or "")
        with tempfile.TemporaryDirectory(prefix="counterproof-rustc-") as scratch:
            return self._judge(case, Path(scratch))

    def _judge(self, case: SourceCase, scratch: Path) -> SourceObservation:
        for name, text in case.files:
            place = (scratch / name).resolve()
            if not place.is_relative_to(scratch.resolve()):
                raise ValueError(f"file {name!r} lies outside the program's directory; give a relative path without ..")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        runs = "run" in case.options
        command = [self._rustc, "--edition", "2021", "--error-format=json", "--crate-name", "program", case.root]
        command += ["-o", "program"] if runs else ["--emit=metadata", "-o", "program.rmeta"]
        built = _bounded(command, scratch, b"")
        if built is None:
            return SourceObservation(accepted=False, observed=frozenset(), detail="rustc took too long")
        errors, messages = _errors(built.stderr.decode(errors="replace"))
        accepted = built.returncode == 0
        run = None
        if accepted and runs:
            done = _bounded([str(scratch / "program")], scratch, case.stdin)
            if done is None:
                run = ProgramObservation(-1, 0, b"", b"", End.TIMEOUT, observed=frozenset())
            else:
                status, signal = (done.returncode, 0) if done.returncode >= 0 else (-1, -done.returncode)
                run = ProgramObservation(
                    status,
                    signal,
                    done.stdout,
                    done.stderr,
                    observed=frozenset(("exit_status", "signal", "stdout", "stderr")),
                )
        seen = frozenset(("accepted", "diagnostics", "run") if runs else ("accepted", "diagnostics"))
        return SourceObservation(accepted, tuple(errors), run, seen, "\n".join(messages))

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        return run_each(self, batch)

    def close(self) -> None:
        """Nothing is held."""


def _bounded(command: list[str], directory: Path, stdin: bytes) -> subprocess.CompletedProcess[bytes] | None:
    """The finished process, or None if it ran out of time."""
    environment = {k: v for k, v in os.environ.items() if k in _KEEP}
    try:
        return subprocess.run(
            command,
            cwd=directory,
            input=stdin,
            capture_output=True,
            timeout=LIMITS.wall_s,
            check=False,
            env=environment,
            preexec_fn=confine(LIMITS),
        )
    except subprocess.TimeoutExpired:
        return None


def _errors(text: str) -> tuple[list[tuple[str, int]], list[str]]:
    """(code, line) of each error that points somewhere, in order, and their messages. An error without code is ""."""
    found: list[tuple[str, int]] = []
    messages: list[str] = []
    for line in text.splitlines():
        if not line.startswith("{"):
            continue
        message: dict[str, Any] = json.loads(line)
        if message.get("level") != "error":
            continue
        primary = [_written(span) for span in message["spans"] if span["is_primary"]]
        if primary:
            found.append(((message["code"] or {}).get("code", ""), primary[0]["line_start"]))
            messages.append(message["message"])
    return found, messages


def _written(span: dict[str, Any]) -> dict[str, Any]:
    """The place in the program that an error is about: where a macro of the library stands, not what is in it."""
    while span["expansion"] and (Path(span["file_name"]).is_absolute() or span["file_name"].startswith("<")):
        span = span["expansion"]["span"]
    return span
