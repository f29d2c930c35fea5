"""The native interpreter as a tier: `run(hart, limit_insns) -> Stop`, and whole batches of machine cases."""

from __future__ import annotations

import engines.vm.quick_ctypes as ctypes
from engines.vm.guests.riscv64.state import Hart, word_of
from engines.vm.guests.words import WordRecord
from engines.vm.memory.address_space import AddressSpace
from engines.vm.quick import Counter, WeakKeyDictionary
from engines.vm.tiers.interpreter.decoded_code import DecodedCode
from engines.vm.tiers.interpreter.layout import BATCH_LAYOUT, ENTRY_BYTES, ESCAPE, LIMIT, TRAP
from engines.vm.tiers.stop import NO_LIMIT, Stop, StopReason, trapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import numpy as np

    from engines.vm.tiers.interpreter.build import Interpreter

_RETIRED, _TRAP_CAUSE, _TRAP_VALUE = (word_of(name) for name in ("retired", "trap_cause", "trap_value"))


class InterpreterTier:
    """Runs harts natively. One tier serves any number of harts and address spaces, one at a time.

    Attributes:
        escapes: instructions that were left to the reference tier, by name: none is silent.
        runs: how often native code was entered.
    """

    name = "interpreter"

    def __init__(self, code: Interpreter | None = None, *, has_vectors: bool = False) -> None:
        """Load the host's interpreter, of harts with V if they have it, or use `code`."""
        if code is None:
            from engines.vm.tiers.interpreter.build import interpreter

            code = interpreter(has_vectors=has_vectors)
        self._code = code
        self.has_vectors = has_vectors
        run = ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_void_p, ctypes.c_uint64)
        run_batch = ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint64)
        self._run = run(self._code.address("run"))
        self._run_batch = run_batch(self._code.address("run_batch"))
        self._decoded: WeakKeyDictionary[AddressSpace, DecodedCode] = WeakKeyDictionary()
        self._reference: Any = None
        self.escapes: Counter[str] = Counter()
        self.runs = 0

    def handler_distance(self, word: int, length: int) -> int:
        """Where the handler of an instruction stands, as its distance from `decode`: what compiled code is given."""
        fill = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64)(self._code.address("fill"))
        scratch = ctypes.create_string_buffer(ENTRY_BYTES)
        fill(ctypes.addressof(scratch), word, length)
        return int.from_bytes(scratch.raw[:4], "little", signed=True)

    def finish(self) -> None:
        """Complete what runs in the background, for tiers that have such."""

    def measurements(self) -> dict[str, int]:
        """What `--stats` shows of this tier alone, by name."""
        return {}

    def decoded_code(self, memory: AddressSpace) -> DecodedCode:
        """The decoded code of an address space, made at first use and ready for a run."""
        found = self._decoded.get(memory)
        if found is None:
            found = self._decoded[memory] = DecodedCode(memory)
        if memory.decoded_by is not found:
            found.take(memory)
        return found

    def run(self, hart: Hart, limit_insns: int = NO_LIMIT) -> Stop:
        """Run until the first trap, or until exactly `limit_insns` instructions have retired.

        The hart's state is precise afterwards: at a trap, the pc is that of the instruction that raised it.

        Raises:
            ValueError: `limit_insns` is negative.
        """
        if limit_insns < 0:
            raise ValueError(f"limit_insns is {limit_insns}, must be at least 0")
        self.refuse_other(hart)
        limit_insns = min(limit_insns, NO_LIMIT)
        decoded = self.decoded_code(hart.memory)
        decoded.context["cpu"] = hart.address
        words = hart.words
        end = words[_RETIRED] + limit_insns
        while True:
            self.runs += 1
            reason = self._run(decoded.context_address, end - words[_RETIRED])
            if reason == LIMIT:
                return Stop(StopReason.LIMIT)
            if reason == TRAP:
                return trapped(words[_TRAP_CAUSE], words[_TRAP_VALUE])
            stop = self._escape(hart, decoded)
            if stop.reason is StopReason.TRAP:
                return stop

    def refuse_other(self, hart: Hart) -> None:
        """Native code for harts with V reads behind the record of one without.

        Raises:
            ValueError: the hart has V and the tier is for harts without, or the other way round.
        """
        if hart.has_vectors is not self.has_vectors:
            here, there = ("with", "without") if self.has_vectors else ("without", "with")
            fix = f"make the tier with has_vectors={hart.has_vectors}"
            raise ValueError(f"a hart {there} V on a tier for harts {here} it; {fix}")

    def _escape(self, hart: Hart, decoded: DecodedCode) -> Stop:
        """Let the reference tier execute the one instruction that native code has no handler for."""
        if self._reference is None:
            from engines.vm.tiers.reference import ReferenceTier

            self._reference = ReferenceTier()
        self.escapes[self._code.escapes[int(decoded.context["escape"])]] += 1
        stop: Stop = self._reference.run(hart, 1)
        return stop

    def run_batch(
        self,
        hart: Hart,
        *,
        window: int,
        initial: np.ndarray[Any, Any],
        code: np.ndarray[Any, Any],
        code_bytes: np.ndarray[Any, Any],
        code_address: np.ndarray[Any, Any],
        memory: np.ndarray[Any, Any],
        limit_insns: int,
        out: BatchResult,
    ) -> None:
        """Run every case to its first trap or to `limit_insns`, each as if it were alone.

        Args:
            hart: a scratch hart; its memory maps the window and the code as the cases may use them.
            window: guest address of the memory that every case starts with.
            initial: (N,) `STATE` rows.
            code, code_bytes, code_address: (N, C) u1, (N,) u4, (N,) u8. Placed before a case, cleared after it.
            memory: (N, W) u1, or (1, W) shared by all.
            out: arrays to fill.
        """
        batch = WordRecord(BATCH_LAYOUT)
        held = [initial, code, code_bytes, code_address, memory, out.reason, out.cause, out.value]
        held += [out.state, out.memory, out.retired]
        for array in held:
            if not array.flags.c_contiguous:
                raise ValueError("the arrays of a batch must be C-contiguous; pass np.ascontiguousarray(…)")
        batch["count"] = len(initial)
        batch["limit"] = limit_insns
        batch["window"], batch["window_bytes"] = window, memory.shape[1]
        batch["code_stride"] = code.shape[1]
        batch["memory_stride"] = memory.shape[1] if len(memory) > 1 else 0
        names = ("initial", "code", "code_bytes", "code_address", "memory", "out_reason", "out_cause", "out_value")
        for name, array in zip((*names, "out_state", "out_memory", "out_retired"), held, strict=True):
            batch[name] = array.ctypes.data
        decoded = self.decoded_code(hart.memory)
        decoded.context["cpu"] = hart.address
        self.runs += 1
        resume = 0
        while self._run_batch(decoded.context_address, batch.address, resume) == ESCAPE:
            stop = self._escape(hart, decoded)
            if stop.reason is StopReason.LIMIT:
                stop = self.run(hart, limit_insns - int(hart.cpu["retired"]))
            resume = int(stop.reason)


class BatchResult:
    """What `run_batch` fills: row i belongs to case i.

    Attributes:
        reason: u1 of `StopReason`. cause, value: u1, u8 of the trap, 0 at the limit.
        state: `STATE` rows. memory: (N, W) u1, the final window. retired: u8.
    """

    __slots__ = ("cause", "memory", "reason", "retired", "state", "value")

    def __init__(
        self,
        reason: np.ndarray[Any, Any],
        cause: np.ndarray[Any, Any],
        value: np.ndarray[Any, Any],
        state: np.ndarray[Any, Any],
        memory: np.ndarray[Any, Any],
        retired: np.ndarray[Any, Any],
    ) -> None:
        self.reason = reason
        self.cause = cause
        self.value = value
        self.state = state
        self.memory = memory
        self.retired = retired
