"""One suite that every executor passes, subject or oracle, ours or anybody's.

`checks_for(executor)` lists the checks that its capabilities call for; each raises `NonConformanceError` with what was
expected and what was seen. Under pytest:

    @pytest.mark.parametrize("check", MACHINE_CHECKS, ids=str)
    def test_my_executor_conforms(check, my_executor):
        check.run(my_executor)

The expectations are the manuals' (`conformance_cases.toml`, `conformance_programs.py`). Where an oracle is known to
disagree, its errata say so, field by field, and nothing else is excused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from harness.contract.case import CaseKind, MachineBatch, MachineCase, ProgramCase, SourceCase, WasmCase
from harness.contract.executor import Executor
from harness.contract.layout import CODE_BASE, CODE_BYTES, CODE_SLOT_BYTES, DATA_BASE, DATA_BYTES
from harness.contract.observation import (
    MACHINE_FIELDS,
    PROGRAM_FIELDS,
    MachineObservation,
    ProgramObservation,
    SourceObservation,
    WasmObservation,
)
from harness.contract.states import STATE_DTYPES, state_dtype
from harness.contract.traps import End, Trap
from oracles.conformance_cases import Expectation, expectations, trap_values
from oracles.conformance_programs import bad_images, endless_program, program_expectations
from oracles.conformance_wasm import INVALID_RESULT, call_expectations, command_expectations, invalid_module
from oracles.errata import Erratum, differences, explains, load_errata, reproduces

FIRST_SLOT = CODE_BASE + 16 * CODE_SLOT_BYTES


class NonConformanceError(AssertionError):
    """An executor did something else than the contract or the manual says."""


@dataclass(frozen=True)
class Check:
    """One check: its name, the kind of case that it needs, and the function that raises `NonConformanceError`."""

    name: str
    kind: CaseKind | None
    run: Callable[[Executor], None]

    def __str__(self) -> str:
        return self.name

    def concerns(self, executor: Executor) -> bool:
        return self.kind is None or self.kind in executor.capabilities.kinds


def checks_for(executor: Executor) -> tuple[Check, ...]:
    """The checks that `executor`'s capabilities call for."""
    return tuple(check for check in CHECKS if check.concerns(executor))


def require(condition: bool, message: str) -> None:
    if not condition:
        raise NonConformanceError(message)


def errata_of(executor: Executor) -> tuple[Erratum, ...]:
    """The known disagreements of this executor at its version, as far as it shows them."""
    version = executor.capabilities.version
    return tuple(e for e in load_errata() if e.concerns(executor.name, version) and reproduces(e, executor))


# --- every executor


def capabilities_are_honest(executor: Executor) -> None:
    """The declarations are words of the contract, and complete."""
    capabilities = executor.capabilities
    require(bool(executor.name), "an executor has a name")
    require(isinstance(executor, Executor), f"{executor.name} lacks a method of the Executor protocol")
    require(bool(capabilities.kinds), f"{executor.name} accepts no kind of case")
    require(bool(capabilities.version), f"{executor.name} does not say its version")
    known = set(MACHINE_FIELDS) | set(PROGRAM_FIELDS) | {"calls", "digests", "accepted", "diagnostics", "run"}
    unknown = capabilities.observes - known
    require(not unknown, f"{executor.name} observes {sorted(unknown)}, which the contract does not know")
    if CaseKind.MACHINE in capabilities.kinds:
        strange = capabilities.isas - set(STATE_DTYPES)
        require(not strange, f"{executor.name} runs machine cases of {sorted(strange)}, which have no state record")


def other_kinds_are_refused(executor: Executor) -> None:
    """A case of a kind that is not declared is answered, and the answer is REFUSED."""
    cases = (
        expectations()[0].case(FIRST_SLOT),
        ProgramCase(isa="riscv64", image=b"\x7fELF"),
        ProgramCase(isa="no such isa", image=b"\x7fELF"),
        WasmCase(module=b"\0asm\1\0\0\0"),
        SourceCase(language="rust", files=(("main.rs", "fn main() {}"),), root="main.rs"),
    )
    for case in cases:
        isa = getattr(case, "isa", None)
        if case.kind in executor.capabilities.kinds and isa in {None, *executor.capabilities.isas}:
            continue
        seen = executor.run(case)
        if isinstance(seen, SourceObservation):
            require(not seen.accepted, f"{executor.name} accepted a {case.kind.value} case, which it does not declare")
        else:
            require(
                seen.end is End.REFUSED,
                f"{executor.name} answered a {case.kind.value} case with {seen.end.name}, it must be REFUSED",
            )


# --- machine cases


def observe(executor: Executor, case: MachineCase) -> MachineObservation:
    seen = executor.run(case)
    require(
        isinstance(seen, MachineObservation),
        f"{executor.name} answered machine case {case.label!r} with a {type(seen).__name__}",
    )
    assert isinstance(seen, MachineObservation)
    return seen


def runnable(executor: Executor) -> tuple[Expectation, ...]:
    return tuple(e for e in expectations() if e.extension in executor.capabilities.extensions)


def disagreement(
    expectation: Expectation, case: MachineCase, seen: MachineObservation, errata: Iterable[Erratum]
) -> str | None:
    """What `seen` has against the manual, after errata; None where it has nothing."""
    right = expectation.right(case)
    if seen.tval in trap_values(right):
        right = replace(right, tval=seen.tval)
    found = differences(right, seen)
    if not found:
        return None
    if len(expectation.words) == 1:
        word = expectation.words[0]
        step = case.state, _one_step(right, word), _one_step(seen, word)
        if any(explains(erratum, word, *step) for erratum in errata):
            return None
    shown = ", ".join(f"{name} is {_value(seen, name)}, must be {_value(right, name)}" for name in sorted(found))
    return f"{expectation.name} ({expectation.assembly}): {shown}"


def _one_step(seen: MachineObservation, word: int) -> MachineObservation:
    """As if the limit were this one instruction: without the `ebreak` behind it."""
    if seen.trap is not Trap.BREAKPOINT or word in (0x00100073, 0x9002):
        return seen
    return replace(seen, end=End.LIMIT, trap=Trap.NONE, tval=0)


def _value(seen: MachineObservation, name: str) -> str:
    if name in ("end", "trap"):
        return str(getattr(seen, name).name)
    if name == "retired":
        return str(seen.retired)
    if name == "tval":
        return f"{seen.tval:#x}"
    if name == "memory":
        set_bytes = [(DATA_BASE + i, b) for i, b in enumerate(seen.memory) if b]
        return " ".join(f"{address:#x}:{byte:02x}" for address, byte in set_bytes[:16]) or "all zero"
    if name in ("fflags", "frm"):
        fcsr = int(seen.state["fcsr"])
        return f"{fcsr & 31 if name == 'fflags' else fcsr >> 5:#x}"
    if name == "pc":
        return f"{int(seen.state['pc']):#x}"
    return f"{int(seen.state[name[0]][int(name[2:-1])]):#018x}"


def single_instructions_do_what_the_manual_says(executor: Executor) -> None:
    """Every expectation, one case at a time."""
    errata = errata_of(executor)
    wrong = []
    for expectation in runnable(executor):
        case = expectation.case(FIRST_SLOT)
        found = disagreement(expectation, case, observe(executor, case), errata)
        if found:
            wrong.append(found)
    require(not wrong, f"{executor.name}: {len(wrong)} expectations fail:\n" + "\n".join(wrong))


def a_batch_equals_its_cases(executor: Executor) -> None:
    """All expectations in one batch, forwards and backwards, each in its own slot: the same answers as one by one."""
    chosen = runnable(executor)
    errata = errata_of(executor)
    cases = [e.case(FIRST_SLOT + i * CODE_SLOT_BYTES) for i, e in enumerate(chosen)]
    for order in (range(len(cases)), range(len(cases) - 1, -1, -1)):
        batch = executor.run_batch(MachineBatch.of([cases[i] for i in order]))
        require(len(batch) == len(cases), f"{executor.name} answered {len(batch)} rows for {len(cases)} cases")
        for row, i in enumerate(order):
            found = disagreement(chosen[i], cases[i], batch.row(row), errata)
            require(found is None, f"{executor.name}, row {row} of {len(cases)}: {found}")


def a_shared_window_serves_every_case(executor: Executor) -> None:
    """A batch whose memory has one row: every case starts from it, whatever the case before stored."""
    store = words(0x00A5B023)  # sd a0, 0(a1)
    cases = []
    for i in range(8):
        case = plain_case(store + EBREAK, FIRST_SLOT + i * CODE_SLOT_BYTES, x={10: 1 + i, 11: DATA_BASE + 8 * i})
        cases.append(case)
    stacked = MachineBatch.of(cases)
    template = np.full((1, DATA_BYTES), 0xA5, np.uint8)
    seen = executor.run_batch(replace(stacked, memory=template))
    if "memory" not in executor.capabilities.observes:
        return
    for i in range(8):
        expected = np.full(DATA_BYTES, 0xA5, np.uint8)
        expected[8 * i : 8 * i + 8] = np.frombuffer((1 + i).to_bytes(8, "little"), np.uint8)
        wrong = np.flatnonzero(seen.memory[i] != expected)
        require(
            len(wrong) == 0,
            f"{executor.name}: case {i} of a batch with one window: bytes {wrong[:8]} are not what the window held "
            "and the case stored",
        )


EBREAK = bytes.fromhex("73001000")


def words(*encoded: int) -> bytes:
    return b"".join(word.to_bytes(4 if word & 3 == 3 else 2, "little") for word in encoded)


def plain_case(
    code: bytes, address: int = FIRST_SLOT, *, x: dict[int, int] | None = None, limit_insns: int = 100, label: str = ""
) -> MachineCase:
    state = np.zeros(1, state_dtype("riscv64"))[0]
    state["pc"] = address
    for number, bits in (x or {}).items():
        state["x"][number] = bits
    return MachineCase("riscv64", state, code, address, bytes(DATA_BYTES), limit_insns, label)


def nothing_leaks_between_cases(executor: Executor) -> None:
    """After a case that dirties registers, fcsr, window and reservation, another one starts from its own state."""
    if not frozenset(("A", "D", "Zicsr")) <= executor.capabilities.extensions:
        return  # the two programs need all three
    dirty = plain_case(
        # lr.d a0, (a1); csrrwi zero, fcsr, 31; fcvt.d.l fa0, a2; sd a2, 8(a1); addi t6, a2, 1; ebreak
        words(0x1005B52F, 0x003FD073, 0xD2260553, 0x00C5B423, 0x00160F93) + EBREAK,
        x={number: 0x1111 * number for number in range(1, 32)} | {11: DATA_BASE, 12: 77},
        label="dirty",
    )
    clean = plain_case(
        # sc.d a0, a2, (a1); csrr a3, fcsr; ld a4, 8(a1); fmv.x.d a5, fa0; ebreak
        words(0x18C5B52F, 0x003026F3, 0x0085B703, 0xE20507D3) + EBREAK,
        FIRST_SLOT + CODE_SLOT_BYTES,
        x={11: DATA_BASE},
        label="clean",
    )
    expected = clean.state.copy()
    expected["x"][10] = 1
    expected["pc"] = clean.code_address + 16
    right = MachineObservation(End.TRAP, Trap.BREAKPOINT, 0, expected, bytes(DATA_BYTES), 4)

    def check(seen: MachineObservation, how: str) -> None:
        found = differences(replace(right, tval=seen.tval), seen)
        shown = ", ".join(f"{name} is {_value(seen, name)}, must be {_value(right, name)}" for name in sorted(found))
        require(not found, f"{executor.name}: state leaks from case to case {how}: {shown}")

    observe(executor, dirty)
    check(observe(executor, clean), "between single runs")
    batch = executor.run_batch(MachineBatch.of([dirty, clean]))
    check(batch.row(1), "within a batch")
    executor.run_batch(MachineBatch.of([dirty]))
    check(executor.run_batch(MachineBatch.of([clean])).row(0), "between batches")


def limits_are_exact(executor: Executor) -> None:
    """With `exact_limit`, exactly `limit_insns` instructions retire, and the state is the one after them."""
    if not executor.capabilities.exact_limit:
        return
    count_up = words(*[0x00150513] * 6) + EBREAK  # addi a0, a0, 1
    loop = words(0x00150513, 0xFFDFF06F)  # addi a0, a0, 1; jal zero, -4
    into_nothing = words(0x00150513, 0x00058067)  # addi a0, a0, 1; jalr zero, 0(a1)
    for limit in range(1, 9):
        straight = plain_case(count_up, limit_insns=limit)
        done = min(limit, 6)
        seen = observe(executor, straight)
        _ends(executor, seen, limit <= 6, done, FIRST_SLOT + 4 * done, done, f"straight line, limit {limit}")
        seen = observe(executor, plain_case(loop, limit_insns=limit))
        _ends(executor, seen, True, limit, FIRST_SLOT + 4 * (limit % 2), (limit + 1) // 2, f"loop, limit {limit}")
        if "retired" not in executor.capabilities.observes:
            continue  # what does not count in batches cannot stop there
        seen = executor.run_batch(MachineBatch.of([straight])).row(0)
        _ends(executor, seen, limit <= 6, done, FIRST_SLOT + 4 * done, done, f"straight line in a batch, limit {limit}")
    seen = observe(executor, plain_case(into_nothing, x={11: 0x1000}, limit_insns=2))
    _ends(executor, seen, True, 2, 0x1000, 1, "the limit comes before the trap of the next instruction")


def _ends(
    executor: Executor, seen: MachineObservation, at_limit: bool, retired: int, pc: int, a0: int, what: str
) -> None:
    end = End.LIMIT if at_limit else End.TRAP
    got = seen.end, int(seen.state["pc"]), int(seen.state["x"][10])
    require(
        got == (end, pc, a0),
        f"{executor.name}: {what}: ended as {got[0].name} at {got[1]:#x} with a0 {got[2]}, "
        f"must be {end.name} at {pc:#x} with a0 {a0}",
    )
    if "retired" in seen.observed:
        require(seen.retired == retired, f"{executor.name}: {what}: retired {seen.retired}, must be {retired}")


def a_case_that_never_ends_is_ended(executor: Executor) -> None:
    """An endless loop ends in LIMIT (or TIMEOUT where limits are not exact), and its neighbours are not disturbed."""
    limit = 1000
    count_up = words(0x00150513) + EBREAK
    endless = words(0x0000006F)
    cases = [
        plain_case(count_up, FIRST_SLOT, x={10: 5}, limit_insns=limit),
        plain_case(endless, FIRST_SLOT + CODE_SLOT_BYTES, limit_insns=limit),
        plain_case(count_up, FIRST_SLOT + 2 * CODE_SLOT_BYTES, x={10: 7}, limit_insns=limit),
    ]
    allowed = {End.LIMIT} if executor.capabilities.exact_limit else {End.LIMIT, End.TIMEOUT}
    batch = executor.run_batch(MachineBatch.of(cases))
    for seen, how in ((observe(executor, cases[1]), "alone"), (batch.row(1), "in a batch")):
        require(seen.end in allowed, f"{executor.name}: an endless loop {how} ended as {seen.end.name}")
    for row, a0 in ((0, 6), (2, 8)):
        got = End(int(batch.end[row])), int(batch.state["x"][row, 10])
        require(
            got == (End.TRAP, a0),
            f"{executor.name}: beside an endless loop, row {row} ended as {got[0].name} with a0 {got[1]}, must be {a0}",
        )


def the_ends_of_the_arena(executor: Executor) -> None:
    """Code that runs off its end meets zeros (illegal), and off the arena's end a fetch fault."""
    seen = observe(executor, plain_case(words(0x00000013)))
    got = seen.trap, int(seen.state["pc"])
    require(
        got == (Trap.ILLEGAL_INSTRUCTION, FIRST_SLOT + 4),
        f"{executor.name}: behind a case's code there are zeros, which are illegal; got {got[0].name} at {got[1]:#x}",
    )
    end = CODE_BASE + CODE_BYTES
    for code, address, pc in ((words(0x00000013), end - 4, end), (bytes.fromhex("1300"), end - 2, end - 2)):
        seen = observe(executor, plain_case(code, address))
        fault = seen.trap, int(seen.state["pc"]), seen.tval if "tval" in seen.observed else end
        require(
            fault == (Trap.FETCH_FAULT, pc, end),
            f"{executor.name}: running off the arena at {end:#x}: {fault[0].name} at {fault[1]:#x} with tval "
            f"{fault[2]:#x}, must be FETCH_FAULT at {pc:#x} with tval {end:#x}",
        )


def bad_cases_are_answered(executor: Executor) -> None:
    """A case that no program makes gives an observation, never an exception; x0 is zero whatever the state says."""
    outside = plain_case(EBREAK)
    outside.state["pc"] = 0x10
    odd = plain_case(words(0x00000013) + EBREAK)
    odd.state["pc"] = FIRST_SLOT + 1
    for case in (plain_case(b""), outside, odd):
        observe(executor, case)
    x0 = plain_case(words(0x00000513) + EBREAK)  # addi a0, zero, 0
    x0.state["x"][0] = 99
    seen = observe(executor, x0)
    if seen.end is not End.REFUSED:
        got = int(seen.state["x"][0]), int(seen.state["x"][10])
        require(got == (0, 0), f"{executor.name}: with 99 in the state's x0, x0 is {got[0]} and a copy of it {got[1]}")


def counters_can_be_read(executor: Executor) -> None:
    """cycle, time and instret exist in U-mode; instret moves on by the instructions between two reads of it."""
    for csr in (0xC00, 0xC01, 0xC02):
        case = plain_case(words(csr << 20 | 0x2573) + EBREAK)
        seen = observe(executor, case)
        if seen.trap is Trap.ILLEGAL_INSTRUCTION:
            right = MachineObservation(End.TRAP, Trap.BREAKPOINT, 0, seen.state, seen.memory, 1)
            word = csr << 20 | 0x2573
            known = any(
                explains(e, word, case.state, replace(right, trap=Trap.NONE), seen) for e in errata_of(executor)
            )
            require(known, f"{executor.name}: reading CSR {csr:#x} in U-mode is illegal")


# --- whole programs


def run_program(executor: Executor, case: ProgramCase) -> ProgramObservation:
    seen = executor.run(case)
    require(
        isinstance(seen, ProgramObservation),
        f"{executor.name} answered program {case.label!r} with a {type(seen).__name__}",
    )
    assert isinstance(seen, ProgramObservation)
    return seen


def programs_do_what_linux_does(executor: Executor) -> None:
    """Streams, exit status and signals of small programs; twice, for what may be left behind."""
    wrong = []
    for expectation in (*program_expectations(), *program_expectations()):
        if expectation.case.isa not in executor.capabilities.isas:
            continue
        seen = run_program(executor, expectation.case)
        for name in ("exit_status", "signal", "stdout", "stderr"):
            got, right = getattr(seen, name), getattr(expectation, name)
            if name in seen.observed and got != right:
                wrong.append(f"{expectation.name}: {name} is {got!r}, must be {right!r} ({seen.detail})")
    require(not wrong, f"{executor.name}:\n" + "\n".join(wrong))


def an_endless_program_is_ended(executor: Executor) -> None:
    if "riscv64" not in executor.capabilities.isas:
        return
    seen = run_program(executor, endless_program(100_000))
    require(
        seen.end in (End.LIMIT, End.TIMEOUT),
        f"{executor.name}: an endless program ended as {seen.end.name}, must be LIMIT or TIMEOUT",
    )


def files_that_are_no_program_are_answered(executor: Executor) -> None:
    """A file that cannot be executed is REFUSED, or ends as a failure; never an exception, never a success."""
    for what, image in bad_images().items():
        seen = run_program(executor, ProgramCase(isa="riscv64", image=image, label=what))
        ran_well = seen.end is End.TRAP and seen.exit_status == 0
        require(not ran_well, f"{executor.name} ran {what} as a program that exits with 0")


def calls_modules(executor: Executor) -> bool:
    """Whether an executor of Wasm cases runs them; one that only validates declares no digests."""
    return "digests" in executor.capabilities.observes


def calls_do_what_the_specification_says(executor: Executor) -> None:
    """Results, traps, memories and globals of small Wasm modules; twice, for what may be left behind."""
    if not calls_modules(executor):
        return
    wrong = []
    for expectation in (*call_expectations(), *call_expectations()):
        seen = run_calls(executor, expectation.case)
        if seen.calls != expectation.results:
            wrong.append(f"{expectation.name}: gave {seen.calls}, must give {expectation.results} ({seen.detail})")
        if "digests" in seen.observed and expectation.digests and seen.digests != expectation.digests:
            wrong.append(f"{expectation.name}: left {seen.digests}, must leave {expectation.digests}")
    require(not wrong, f"{executor.name}:\n" + "\n".join(wrong))


def an_invalid_module_is_refused(executor: Executor) -> None:
    """With calls or without them: then the module is only validated."""
    case = invalid_module()
    for asked in (case, replace(case, calls=())) if calls_modules(executor) else (replace(case, calls=()),):
        seen = run_calls(executor, asked)
        require(seen.calls == INVALID_RESULT, f"{executor.name}: an invalid module gave {seen.calls}")
    valid = run_calls(executor, replace(call_expectations()[0].case, calls=()))
    require(valid.calls == (), f"{executor.name}: a valid module without calls gave {valid.calls} ({valid.detail})")


def commands_do_what_wasi_says(executor: Executor) -> None:
    """Streams and exit status of WASI preview 1 commands."""
    if "wasm32" not in executor.capabilities.isas:
        return
    for expectation in command_expectations():
        seen = run_program(executor, expectation.case)
        for name in ("exit_status", "stdout", "stderr"):
            got, right = getattr(seen, name), getattr(expectation, name)
            what = f"{executor.name}, {expectation.name}"
            require(got == right, f"{what}: {name} is {got!r}, must be {right!r} ({seen.detail})")


def run_calls(executor: Executor, case: WasmCase) -> WasmObservation:
    seen = executor.run(case)
    if not isinstance(seen, WasmObservation):
        raise NonConformanceError(f"{executor.name} answered a Wasm case with a {type(seen).__name__}")
    return seen


def close_is_idempotent(executor: Executor) -> None:
    executor.close()
    executor.close()


MACHINE_CHECKS = tuple(
    Check(check.__name__, CaseKind.MACHINE, check)
    for check in (
        single_instructions_do_what_the_manual_says,
        a_batch_equals_its_cases,
        a_shared_window_serves_every_case,
        nothing_leaks_between_cases,
        limits_are_exact,
        a_case_that_never_ends_is_ended,
        the_ends_of_the_arena,
        bad_cases_are_answered,
        counters_can_be_read,
    )
)
PROGRAM_CHECKS = tuple(
    Check(check.__name__, CaseKind.PROGRAM, check)
    for check in (
        programs_do_what_linux_does,
        an_endless_program_is_ended,
        files_that_are_no_program_are_answered,
        commands_do_what_wasi_says,
    )
)
WASM_CHECKS = tuple(
    Check(check.__name__, CaseKind.WASM, check)
    for check in (calls_do_what_the_specification_says, an_invalid_module_is_refused)
)
GENERAL_CHECKS = tuple(
    Check(check.__name__, None, check)
    for check in (capabilities_are_honest, other_kinds_are_refused, close_is_idempotent)
)
CHECKS = (*GENERAL_CHECKS[:2], *MACHINE_CHECKS, *PROGRAM_CHECKS, *WASM_CHECKS, GENERAL_CHECKS[2])
