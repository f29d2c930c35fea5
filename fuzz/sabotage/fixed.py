"""Bugs that this project had and fixed, put back: each names the commit that fixed it."""

from __future__ import annotations

import os
from typing import Any, Final

from fuzz.sabotage.bug import REFERENCE, Area, Catalogue, replace_method

BUGS: Final = Catalogue()
_UNICORN: Final = ("fresh tests/oracles/test_conformance.py,tests/oracles/test_unicorn_oracle.py",)


@BUGS.action(
    "fault-value-is-the-accesss-own-address",
    Area.TRAPS,
    "a wrong cause or trap value",
    description="08fc504: where only the second page fails, the trap value was the access's own address",
)
def _() -> None:
    from engines.vm.tiers.interpreter.machine import HandlerMachine

    def wrapper(original: Any) -> Any:
        def admit(self: Any, address: Any, size_bytes: int, needed: int, cause: int) -> Any:
            trap_if = self.trap_if
            self.trap_if = lambda condition, number, value: trap_if(condition, number, address)
            try:
                return original(self, address, size_bytes, needed, cause)
            finally:
                self.trap_if = trap_if

        return admit

    replace_method(HandlerMachine, "_admit", wrapper)


@BUGS.action(
    "reference-fault-value-is-the-accesss-own-address",
    Area.TRAPS,
    "a wrong cause or trap value",
    description="08fc504, in the reference tier",
    judges=REFERENCE,
)
def _() -> None:
    from engines.vm.memory.address_space import AddressSpace, MemoryFault

    def wrapper(original: Any) -> Any:
        def access(self: Any, address: int, *rest: int) -> Any:
            try:
                return original(self, address, *rest)
            except MemoryFault as fault:
                raise MemoryFault(address, fault.access) from None

        return access

    replace_method(AddressSpace, "load", wrapper)
    replace_method(AddressSpace, "store", wrapper)


@BUGS.action(
    "vfork-childs-writes-lost",
    Area.SYSTEM_CALLS,
    "an effect left out",
    description="9719695: a vfork child's writes did not reach its parent",
    judges=("programs",),
)
def _() -> None:
    from engines.vm.user.process import Process

    def release_vfork(self: Any) -> None:
        if self.vfork_done >= 0:
            os.close(self.vfork_done)
            self.vfork_done = -1

    Process.release_vfork = release_vfork  # type: ignore[method-assign]


@BUGS.action(
    "decoded-code-of-another-tier-stays",
    Area.CODE_CACHE,
    "stale code",
    description="c183993: tiers that took turns on one address space kept decoded code that the other had changed",
    judges=("tests/engines/vm/tiers/interpreter/test_decoded_code.py",),
)
def _() -> None:
    from engines.vm.tiers.interpreter.decoded_code import DecodedCode

    def take(self: Any, memory: Any) -> None:
        memory.decoded_by = self

    DecodedCode.take = take  # type: ignore[method-assign]


_PAIRS: Final = ("fresh tests/engines/vm/tiers/test_rewritten_pairs.py",)


@BUGS.action(
    "store-wipes-operands-before-it",
    Area.CODE_CACHE,
    "operands of a fused pair lost",
    description="a guest's store took the operands of the instruction before it, which the pair it ends still read",
    judges=_PAIRS,
)
def _() -> None:
    from engines.vm.tiers.interpreter.emitter import Emitter
    from engines.vm.tiers.interpreter.handlers import Bodies
    from engines.vm.tiers.interpreter.layout import ENTRY_BYTES

    def wrapper(original: Any) -> Any:
        def note_write(bodies: Any, environment: Any) -> None:
            store = Emitter.store

            def whole(emitter: Any, pointer: str, value: Any, **named: Any) -> None:
                wipes = value.constant == 0 and value.width == 32
                store(emitter, pointer, emitter.const(0, 8 * ENTRY_BYTES) if wipes else value, **named)

            type.__setattr__(Emitter, "store", whole)
            try:
                original(bodies, environment)
            finally:
                type.__setattr__(Emitter, "store", store)

        return note_write

    replace_method(Bodies, "_note_write", wrapper)


@BUGS.action(
    "discard-wipes-operands-before",
    Area.CODE_CACHE,
    "operands of a fused pair lost",
    description="what Python wrote took the operands of the instruction before it, as a guest's store did",
    judges=_PAIRS,
)
def _() -> None:
    from engines.vm.tiers.interpreter.decoded_code import DecodedCode
    from engines.vm.tiers.interpreter.layout import OVERLAP_BYTES, PC_SHIFT

    def wrapper(original: Any) -> Any:
        def discard(decoded: Any, address: int, size: int) -> None:
            original(decoded, address, size)
            decoded._clear((address - OVERLAP_BYTES & -2) << PC_SHIFT, (address + size) << PC_SHIFT)

        return discard

    replace_method(DecodedCode, "discard", wrapper)


@BUGS.action(
    "unicorn-amo-traps-are-loads",
    Area.ADAPTERS,
    "a defect of the oracle taken for the truth",
    description="7ee6ab7: Unicorn reports the faults of atomics as loads",
    judges=_UNICORN,
    equivalent="The adapter then reports what the erratum of unrepaired Unicorn says, which the comparison explains "
    "and counts: two campaigns of 6,144 programs and the conformance suite agree, and no agreement is wrong.",
)
def _() -> None:
    from oracles import unicorn_oracle

    unicorn_oracle._amo_traps_are_store_traps = lambda trap, instruction: None


def _source_replaced(old: str, new: str) -> None:
    """Change the LLVM text of the functions that repair Unicorn."""
    from oracles import unicorn_repair

    def wrapper(original: Any) -> Any:
        def source() -> str:
            text: str = original()
            if old not in text:
                raise ValueError(f"the repair of Unicorn has no {old!r} any more: state this bug anew")
            return text.replace(old, new)

        return source

    replace_method(unicorn_repair, "_source", wrapper)


@BUGS.action(
    "unicorn-operands-boxed-or-not",
    Area.ADAPTERS,
    "a defect of the oracle taken for the truth",
    description="499ee28: Unicorn does not check that singles are boxed",
    judges=_UNICORN,
)
def _() -> None:
    _source_replaced("select i1 %boxed, i64 %low", "select i1 true, i64 %low")


@BUGS.action(
    "unicorn-results-not-boxed",
    Area.ADAPTERS,
    "a defect of the oracle taken for the truth",
    description="499ee28: Unicorn does not box single results",
    judges=_UNICORN,
)
def _() -> None:
    from oracles import unicorn_repair

    for name, (floats, others, _) in list(unicorn_repair._WITH_ENVIRONMENT.items()):
        unicorn_repair._WITH_ENVIRONMENT[name] = (floats, others, False)


@BUGS.action(
    "sum-not-halfway-ties-away",
    Area.FLOAT,
    "a rounding mode not honoured",
    description="18fa79b: the generator never made sums that fall halfway, so that RMM taken for RNE went unnoticed",
    judges=REFERENCE,
)
def _() -> None:
    from engines.vm import softfloat

    def wrapper(original: Any) -> Any:
        def total(f: Any, na: bool, ma: int, qa: int, nb: bool, mb: int, qb: int, rm: int) -> Any:
            return original(f, na, ma, qa, nb, mb, qb, 0 if rm == softfloat.RMM else rm)

        return total

    replace_method(softfloat, "_sum", wrapper)


@BUGS.action(
    "batch-overtakes-a-lost-worker",
    Area.CAMPAIGN,
    "an answer that belongs to another case",
    description="66d28a8: after a worker's death a younger batch was sent first, and its answer taken for the older's",
    judges=("tests/harness/campaign/test_workers.py::test_a_batch_does_not_overtake_one_whose_worker_died",),
)
def _() -> None:
    from harness.campaign.workers import IsolatedExecutor

    IsolatedExecutor._is_overtaking = lambda self, ticket: False  # type: ignore[method-assign]


@BUGS.action(
    "branches-lose-their-targets",
    Area.REDUCER,
    "a pass that does nothing",
    description="5e1f097: deleting instructions left the distances of branches over them as they were",
    judges=("tests/harness/reduce/test_riscv64_code.py",),
)
def _() -> None:
    from harness.reduce import riscv64

    riscv64._retargeted = lambda instruction, wanted: instruction


@BUGS.action(
    "crashes-have-no-window",
    Area.REDUCER,
    "a pass that does nothing",
    description="b519250: what crashed counted as having run no instruction, so none was looked for",
    judges=("tests/harness/reduce/test_machine_reduction.py",),
)
def _() -> None:
    from harness.reduce.windows import Steps

    def retired(steps: Any, case: Any) -> int:
        seen = steps.after(case, case.limit_insns)
        return 0 if seen is None else int(seen.retired)

    replace_method(Steps, "retired", lambda original: retired)


@BUGS.action(
    "choices-with-two-counts-of-slots",
    Area.CAMPAIGN,
    "a check that is left out",
    description="3e6b107: serialised choices whose header and state disagree on the slots were read",
    judges=("tests/fuzz/strategies/riscv64/test_choices.py",),
)
def _() -> None:
    from fuzz.strategies.riscv64.choices import _HEADER, SLOT, STATE, Choices

    original = Choices.from_bytes

    def from_bytes(data: bytes) -> Any:
        count = (len(data) - _HEADER.size - STATE.itemsize) // SLOT.itemsize
        assert STATE.fields is not None
        at = _HEADER.size + STATE.fields["slots"][1]
        return original(data[:at] + bytes((count & 255,)) + data[at + 1 :])

    Choices.from_bytes = from_bytes  # type: ignore[method-assign]


@BUGS.action(
    "far-constant-jump-unchecked",
    Area.CODE_CACHE,
    "a boundary that is not checked",
    description="87e8346: compiled code read the entry of a constant jump target far outside of where code can be",
    judges=(
        "fresh tests/engines/vm/tiers/baseline/test_baseline_against_interpreter.py::"
        "test_a_jump_to_a_wild_constant_leaves_the_table_of_entries_alone",
    ),
)
def _() -> None:
    from engines.vm.hosts.x86_64 import frame

    replace_method(frame, "_NEAR_BYTES", lambda original: 1 << 70)


@BUGS.action(
    "custom-section-follows-an-empty-one",
    Area.DECODER,
    "a state that is not what was decoded",
    description="a custom section was said to follow a section that is empty, so left out when encoded",
    judges=("fresh tests/engines/rustwasm/wasm/test_binary.py",),
)
def _() -> None:
    from engines.rustwasm.wasm.binary import decoder

    replace_method(decoder, "_NO_VECTORS", lambda original: tuple(range(14)))


@BUGS.action(
    "faults-found-by-forks-too",
    Area.CODE_CACHE,
    "state shared that is each process's own",
    description="tables of fault exits were shared with forks, which took the exits of their parent's code away",
    judges=("fresh tests/engines/vm/runtime/test_fault_exits.py",),
)
def _() -> None:
    import mmap

    from engines.vm.runtime import fault_exits

    replace_method(fault_exits, "_OWN", lambda original: mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)


@BUGS.action(
    "faults-handed-round",
    Area.CODE_CACHE,
    "a question left out",
    description="a fault that is nobody's was handed from the handler of code memories to Wasmtime's and back for ever",
    judges=("fresh tests/engines/vm/runtime/test_fault_exits.py",),
)
def _() -> None:
    from engines.vm.runtime import fault_exits

    replace_method(fault_exits, "_LISTING", lambda original: original.replace("4883c008", "4883c000"))


@BUGS.action(
    "guest-may-open-all-files",
    Area.SYSTEM_CALLS,
    "a limit that is not kept",
    description="a guest's limit of descriptors left none for what the machine itself imports later",
    judges=("fresh tests/engines/vm/user/test_file_table.py",),
)
def _() -> None:
    from engines.vm.user import launch

    replace_method(launch, "_OWN_FILES", lambda original: 0)


@BUGS.action(
    "rust-statics-without-values-for-hosts",
    Area.RUST_LOWERING,
    "a step left out",
    judges=("fresh tests/engines/rustwasm/test_statics.py",),
    description="statics get their values in `_start` only, which a host that calls a function may never call",
)
def _() -> None:
    from engines.rustwasm.lower_linear.program import Program

    replace_method(Program, "initialise", lambda original: lambda self: None)
