"""Spans of time: they are of all that was done, they nest, and recording changes nothing."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.vm.user import spans
from engines.vm.user.spans import PLACES, Recorder, Span, recording

Emulate = Callable[..., Any]


def well_nested(found: list[Span]) -> bool:
    """Of each thread, two spans are apart or one is inside the other."""
    open_until: dict[int, list[int]] = {}
    for span in sorted(found, key=lambda span: (span.begun_ns, -span.took_ns)):
        ends = open_until.setdefault(span.thread, [])
        while ends and ends[-1] <= span.begun_ns:
            ends.pop()
        end = span.begun_ns + span.took_ns
        if ends and end > ends[-1]:
            return False
        ends.append(end)
    return True


def read(path: Path) -> list[Span]:
    return [
        Span(e["cat"], e["name"], round(e["ts"] * 1e3), round(e["dur"] * 1e3), e["tid"], e["args"])
        for e in json.loads(path.read_text())["traceEvents"]
        if e["ph"] == "X"
    ]


@pytest.mark.evidence("VM-26")
@pytest.mark.parametrize("tier", ["reference", "interpreter", "baseline", "llvm", "auto"])
def test_a_run_is_told_whole(guest_program: Callable[..., Path], emulate: Emulate, tmp_path: Path, tier: str) -> None:
    file = tmp_path / "spans.json"
    program = guest_program("threads")
    done, plain = emulate(program, tier=tier, spans=str(file), stats=True), emulate(program, tier=tier)
    assert (done.returncode, done.stdout) == (plain.returncode, plain.stdout)
    found = read(file)
    assert well_nested(found)
    calls = Counter(span.name for span in found if span.category == "system call")
    # A call that waits is made again when the wait is over, and counted each time.
    assert calls == {name: times for _, name, times in done.report["calls"]}
    assert {"load", "execute"} <= {span.category for span in found}
    assert {span.name for span in found if span.category == "execute"} == {f"{tier} tier"}
    executing = sum(span.took_ns for span in found if span.category == "execute")
    assert executing <= done.report["seconds"] * 1e9


def unseen() -> str:
    """A loop in a program that no run has kept compiled code of."""
    return f"""
    li a1, {uuid.uuid4().int % 2**31}
    li a0, 40000000
    again: addi a0, a0, -1
    bnez a0, again
    li a7, 93
    ecall
    """


@pytest.mark.evidence("VM-26")
@pytest.mark.parametrize(("tier", "name"), [("baseline", "baseline"), ("llvm", "LLVM")])
def test_all_that_was_compiled_and_installed_is_told(
    assembled: Callable[..., bytes],
    emulate: Emulate,
    tmp_path: Path,
    tier: str,
    name: str,
) -> None:
    program, file = tmp_path / "loop", tmp_path / "spans.json"
    program.write_bytes(assembled(unseen()))
    program.chmod(0o755)
    done = emulate(program, tier=tier, spans=str(file))
    counters, found = done.report["tier_counters"], read(file)
    made = [span for span in found if (span.category, span.name) == ("compile", name) and "raised" not in span.details]
    assert len(made) == counters["regions compiled"] > 0
    assert sum(span.details["instructions"] for span in made) == counters["insns compiled"]
    installed = [span for span in found if span.name == "install" and not span.details["refused"]]
    assert len(installed) == counters["regions installed"] > 0
    assert {span.name for span in found if span.category == "cache"} >= {"read kept code", "keep code"}


def test_a_file_that_cannot_be_written_is_told_and_changes_no_status(
    guest_program: Callable[..., Path], emulate: Emulate, tmp_path: Path
) -> None:
    done = emulate(guest_program("memory"), tier="interpreter", spans=str(tmp_path / "none" / "spans.json"))
    assert done.returncode == 0
    assert done.stderr == f"counterproof: --spans {tmp_path}/none/spans.json: No such file or directory\n"


def test_recording_leaves_every_method_as_it_was() -> None:
    def methods() -> list[object]:
        return [vars(getattr(import_module(place.module), place.owner))[place.method] for place in PLACES]

    before = methods()
    with recording():
        during = methods()
    assert all(now is not then for now, then in zip(during, before, strict=True))
    assert methods() == before


def test_what_raises_is_a_span_that_says_so() -> None:
    recorder = Recorder()

    def fails(pc: int) -> None:
        raise ValueError(f"no code at {pc}")

    with pytest.raises(ValueError, match="no code at 8"):
        recorder.around("compile", lambda given: f"at {given[0]}", fails)(8)
    (span,) = recorder.spans
    assert (span.category, span.name, span.details) == ("compile", "at 8", {"raised": "ValueError: no code at 8"})


def test_spans_beyond_the_most_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "MOST_SPANS", 3)
    recorder = Recorder()
    for _ in range(5):
        recorder.around("execute", "run", int)()
    assert (len(recorder.spans), recorder.dropped) == (3, 2)
    assert recorder.trace()["otherData"] == {"spans dropped": 2}


@given(st.recursive(st.just([]), lambda inner: st.lists(inner, max_size=3), max_leaves=30))
def test_spans_of_calls_nest_as_the_calls(calls: list[Any]) -> None:
    recorder = Recorder()

    def make(inner: list[Any]) -> None:
        for one in inner:
            recorder.around("execute", "call", make)(one)

    def count(inner: list[Any]) -> int:
        return len(inner) + sum(map(count, inner))

    make(calls)
    assert len(recorder.spans) == count(calls)
    assert well_nested(recorder.spans)
