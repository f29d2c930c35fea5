"""The listing of a machine case: what executed, step by step, with what each side changed, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engines.vm.isa.riscv64.coding import disassemble, disassemble_all
from harness.compare.describe import compare_case, differences
from harness.contract import End, Executor, MachineCase, MachineObservation, Trap
from harness.contract.layout import DATA_BASE
from harness.reduce import riscv64

MAX_STEPS = 64
"""Steps of a case's execution that a listing shows; a reduced case has a few."""
COLUMN = 44


@dataclass(frozen=True)
class Step:
    """One executed instruction: where, what, and what each side changed by it (`x[10] 0x1`)."""

    pc: int
    text: str
    subject: tuple[str, ...]
    oracle: tuple[str, ...]
    differs: bool


def steps(case: MachineCase, subject: Executor, oracle: Executor) -> Iterator[Step]:
    """Execute `case` on both sides one instruction further at a time, until they differ or the case ends.

    Both executors need an exact limit; an oracle without one gives a single comparison at the end instead.
    """
    before = _start(case)
    oracle_before = before
    exact = oracle.capabilities.exact_limit
    for count in range(1, min(case.limit_insns, MAX_STEPS) + 1):
        ours = _observe(subject, case.with_limit(count))
        theirs = _observe(oracle, case.with_limit(count)) if exact else None
        pc = int(before.state["pc"])
        text = _text_at(case, pc)
        if theirs is None:
            yield Step(pc, text, changes(before, ours), (), False)
        else:
            comparison = compare_case(case.with_limit(count), ours, theirs)
            yield Step(pc, text, changes(before, ours), changes(oracle_before, theirs), bool(comparison.fields))
            if comparison.fields:
                return
            oracle_before = theirs
        if ours.end != End.LIMIT:
            return
        before = ours


def _start(case: MachineCase) -> MachineObservation:
    return MachineObservation(End.LIMIT, Trap.NONE, 0, case.state, case.memory, 0)


def _observe(executor: Executor, case: MachineCase) -> MachineObservation:
    seen = executor.run(case)
    assert isinstance(seen, MachineObservation)
    return seen


def _text_at(case: MachineCase, pc: int) -> str:
    offset = pc - case.code_address
    if not 0 <= offset < len(case.code):
        return "(outside the case's code)"
    return disassemble(int.from_bytes(riscv64.at(case.code, offset), "little"))


def changes(before: MachineObservation, after: MachineObservation) -> tuple[str, ...]:
    """What `after` has that `before` had not: registers and memory words with their new values, and the trap."""
    if after.end not in (End.TRAP, End.LIMIT):
        return (after.end.name.lower(),)
    fields = tuple(f for f in ("x", "f", "fcsr", "memory") if f in after.observed)
    changed = [f"{d.place} = {d.oracle}" for d in differences(before, after, fields)]
    if after.end == End.TRAP:
        value = f" value {after.tval:#x}" if "tval" in after.observed else ""
        changed.append(f"trap {after.trap.name.lower()}{value} at {int(after.state['pc']):#x}")
    return tuple(changed)


def listing(case: MachineCase, subject: Executor, oracle: Executor) -> str:
    """The whole listing as assembly text with comments: initial state, code, steps, final differences."""
    lines = [f"# {case.label or 'machine case'}: {case.isa}, at most {case.limit_insns} instructions", "#"]
    lines += ["# initial state (what is not listed is 0)", f"#   pc    {int(case.state['pc']):#x}"]
    for name in ("x", "f"):
        lines += [f"#   {name}{i:<4} {int(v):#018x}" for i, v in enumerate(case.state[name]) if v]
    if case.state["fcsr"]:
        lines.append(f"#   fcsr  {int(case.state['fcsr']):#x}")
    words = [
        (DATA_BASE + i, case.memory[i : i + 8]) for i in range(0, len(case.memory), 8) if any(case.memory[i : i + 8])
    ]
    lines += [f"#   [{address:#x}] {int.from_bytes(word, 'little'):#018x}" for address, word in words[:16]]
    if len(words) > 16:
        lines.append(f"#   … and {len(words) - 16} more words of memory: see case.json")
    lines += ["", f".org {case.code_address:#x}"]
    for address, word, text in disassemble_all(case.code, case.code_address):
        width = 8 if word & 3 == 3 else 4
        lines.append(f"    {text:<36} # {address:#x}: {word:0{width}x}")
    lines += ["", f"# {'executed':<{COLUMN}}  {subject.name:<{COLUMN}}  {oracle.name}"]
    for step in steps(case, subject, oracle):
        lines += _rows(step)
    ours, theirs = _observe(subject, case), _observe(oracle, case)
    result = compare_case(case, ours, theirs)
    lines += ["", f"# verdict: {result.verdict.value}" + (f" in {', '.join(result.fields)}" if result.fields else "")]
    found = differences(ours, theirs, result.fields)
    lines += [f"#   {d.place}: {d.subject} ({subject.name}), {d.oracle} ({oracle.name})" for d in found]
    return "\n".join(lines) + "\n"


def _rows(step: Step) -> list[str]:
    mark = ">" if step.differs else " "
    left = [f"{step.pc:#x}: {step.text}"]
    height = max(len(left), len(step.subject), len(step.oracle), 1)
    columns = [[*column, *[""] * (height - len(column))] for column in (left, list(step.subject), list(step.oracle))]
    return [f"# {mark} {a:<{COLUMN - 2}}  {b:<{COLUMN}}  {c}".rstrip() for a, b, c in zip(*columns, strict=True)]
