"""Wasmtime as an oracle: Wasm calls, and WASI preview 1 programs. Cranelift by default, Pulley as a variant.

Pulley shares Cranelift's front end and optimiser, so the two are one vote.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import tempfile
from pathlib import Path
from typing import Any, Final

import wasmtime

from harness.contract.case import Case, CaseKind, MachineBatch, ProgramCase, WasmCase
from harness.contract.executor import Capabilities, run_each
from harness.contract.observation import BatchObservation, Observation, ProgramObservation, WasmObservation
from harness.contract.refusal import refusal, why_refused
from harness.contract.traps import End
from harness.contract.wasm_traps import INVALID, WasmTrap, trap_text
from oracles.wasm_values import parse_value, value_text

_TRAPS: Final = {
    wasmtime.TrapCode.UNREACHABLE: WasmTrap.UNREACHABLE,
    wasmtime.TrapCode.MEMORY_OUT_OF_BOUNDS: WasmTrap.MEMORY_BOUNDS,
    wasmtime.TrapCode.TABLE_OUT_OF_BOUNDS: WasmTrap.TABLE_BOUNDS,
    wasmtime.TrapCode.ARRAY_OUT_OF_BOUNDS: WasmTrap.ARRAY_BOUNDS,
    wasmtime.TrapCode.INDIRECT_CALL_TO_NULL: WasmTrap.INDIRECT_CALL,
    wasmtime.TrapCode.BAD_SIGNATURE: WasmTrap.INDIRECT_CALL,
    wasmtime.TrapCode.NULL_REFERENCE: WasmTrap.NULL_REFERENCE,
    wasmtime.TrapCode.CAST_FAILURE: WasmTrap.CAST_FAILURE,
    wasmtime.TrapCode.INTEGER_DIVISION_BY_ZERO: WasmTrap.DIVIDE_BY_ZERO,
    wasmtime.TrapCode.INTEGER_OVERFLOW: WasmTrap.UNREPRESENTABLE,
    wasmtime.TrapCode.BAD_CONVERSION_TO_INTEGER: WasmTrap.UNREPRESENTABLE,
    wasmtime.TrapCode.UNCAUGHT_EXCEPTION: WasmTrap.EXCEPTION,
    wasmtime.TrapCode.STACK_OVERFLOW: WasmTrap.EXHAUSTED,
    wasmtime.TrapCode.OUT_OF_FUEL: WasmTrap.EXHAUSTED,
    wasmtime.TrapCode.ALLOCATION_TOO_LARGE: WasmTrap.EXHAUSTED,
}
TRAPPED_STATUS: Final = 134
"""Exit status of a program that trapped, as the wasmtime command gives it."""
_FUEL_PER_INSTRUCTION: Final = 1
_PROGRAM_FIELDS: Final = ("exit_status", "stdout", "stderr")
_CALL_FIELDS: Final = ("calls", "digests")
_MAX_FUEL: Final = (1 << 63) - 1


def engine(target: str | None = None, optimising: bool = True) -> wasmtime.Engine:
    """An engine that counts fuel and gives NaNs one form. One that is not `optimising` compiles in half the time, for
    programs that run once: Cranelift without its optimiser, registers allocated in one pass.

    Raises:
        wasmtime.WasmtimeError: no such `target`.
    """
    config = wasmtime.Config()
    config.consume_fuel = True
    config.cranelift_nan_canonicalization = True
    config.wasm_threads = False
    config.parallel_compilation = False  # a fork has none of the threads that compile
    if not optimising:
        config.cranelift_opt_level = "none"
        config.cranelift_flag_set("regalloc_algorithm", "single_pass")
        config.memory_init_cow = False  # copying a few bytes is sooner than mapping them
    if target is not None:
        config.target = target
    return wasmtime.Engine(config)


def _trap_of(error: Exception) -> WasmTrap:
    """The class of an error that a call raised."""
    text = str(error)
    if "thrown Wasm exception" in text:
        return WasmTrap.EXCEPTION
    if "GC heap out of memory" in text:
        return WasmTrap.EXHAUSTED
    if isinstance(error, wasmtime.Trap):
        try:
            code = error.trap_code
        except ValueError:
            return WasmTrap.OTHER
        return _TRAPS.get(code, WasmTrap.OTHER) if code is not None else WasmTrap.OTHER
    return WasmTrap.OTHER


class WasmtimeOracle:
    """Wasmtime in this process; it may abort, so the campaign gives it a worker of its own."""

    def __init__(self, target: str | None = None) -> None:
        self._engines: dict[bool, wasmtime.Engine] = {}
        self._target = target

    @property
    def name(self) -> str:
        return "wasmtime" if self._target is None else "wasmtime-pulley"

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            kinds=frozenset((CaseKind.WASM, CaseKind.PROGRAM)),
            isas=frozenset(("wasm32",)),
            observes=frozenset((*_PROGRAM_FIELDS, *_CALL_FIELDS)),
            version=f"wasmtime {importlib.metadata.version('wasmtime')}",
        )

    def run(self, case: Case) -> Observation:
        why = why_refused(self.name, self.capabilities, case)
        if why is not None:
            return refusal(case, why)
        calls = isinstance(case, WasmCase)  # the optimiser is cross-examined there; programs run once
        if calls not in self._engines:
            self._engines[calls] = engine(self._target, optimising=calls)
        if isinstance(case, WasmCase):
            return self._call(self._engines[calls], case)
        assert isinstance(case, ProgramCase)
        return self._program(self._engines[calls], case)

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        return run_each(self, batch)

    def close(self) -> None:
        self._engines.clear()

    # -- Calls

    def _call(self, engine: wasmtime.Engine, case: WasmCase) -> WasmObservation:
        if not case.calls:
            return _verdict(engine, case)
        store = wasmtime.Store(engine)
        store.set_fuel(min(case.fuel * _FUEL_PER_INSTRUCTION, _MAX_FUEL))
        try:
            module = wasmtime.Module(engine, case.module)
        except wasmtime.WasmtimeError as error:
            return WasmObservation(((INVALID,),), End.TRAP, detail=str(error))
        if module.imports:
            first = module.imports[0]
            return WasmObservation(
                (), End.REFUSED, observed=frozenset(), detail=f"the module imports {first.module}.{first.name}"
            )
        try:
            instance = wasmtime.Instance(store, module, [])
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            return WasmObservation(((trap_text(_trap_of(error)),),), End.TRAP, detail=str(error))
        exports = instance.exports(store)
        results: list[tuple[str, ...]] = []
        detail = ""
        for name, arguments in case.calls:
            function = exports.get(name)
            if not isinstance(function, wasmtime.Func):
                return WasmObservation((), End.REFUSED, observed=frozenset(), detail=f"{name!r} is no function")
            try:
                returned = function(store, *map(parse_value, arguments))
            except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
                results.append((trap_text(_trap_of(error)),))
                detail = detail or str(error)
                continue
            results.append(_results(function.type(store), returned))
        digests = tuple(sorted(_digests(store, exports)))
        return WasmObservation(tuple(results), End.TRAP, digests, detail=detail)

    # -- Programs

    def _program(self, engine: wasmtime.Engine, case: ProgramCase) -> ProgramObservation:
        observes = frozenset(_PROGRAM_FIELDS)
        with tempfile.TemporaryDirectory(prefix="counterproof-wasi-") as folder:
            stdin, stdout, stderr = (Path(folder, name) for name in ("stdin", "stdout", "stderr"))
            stdin.write_bytes(case.stdin)
            wasi = wasmtime.WasiConfig()
            wasi.argv = list(case.argv)
            wasi.env = [list(pair) for pair in case.environment]
            wasi.stdin_file, wasi.stdout_file, wasi.stderr_file = str(stdin), str(stdout), str(stderr)
            store = wasmtime.Store(engine)
            store.set_wasi(wasi)
            store.set_fuel(min(case.limit_insns * _FUEL_PER_INSTRUCTION, _MAX_FUEL))
            linker = wasmtime.Linker(engine)
            linker.define_wasi()
            status, end, detail = 0, End.TRAP, ""
            try:
                instance = linker.instantiate(store, wasmtime.Module(engine, case.image))
                start = instance.exports(store)["_start"]
                assert isinstance(start, wasmtime.Func)
                start(store)
            except wasmtime.ExitTrap as exit_:
                status = exit_.code
            except KeyError:
                return ProgramObservation(-1, 0, b"", b"", End.REFUSED, observed=frozenset(), detail="no export _start")
            except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
                trap = _trap_of(error)
                if trap is WasmTrap.OTHER and not isinstance(error, wasmtime.Trap):
                    return ProgramObservation(-1, 0, b"", b"", End.REFUSED, observed=frozenset(), detail=str(error))
                status, detail = TRAPPED_STATUS, trap_text(trap)
                end = End.LIMIT if "all fuel consumed" in str(error) else End.TRAP
            written = [path.read_bytes() if path.exists() else b"" for path in (stdout, stderr)]
        return ProgramObservation(status, 0, written[0], written[1], end, observed=observes, detail=detail)


def _verdict(engine: wasmtime.Engine, case: WasmCase) -> WasmObservation:
    """Whether a module is valid."""
    observes = frozenset(("calls",))
    try:
        wasmtime.Module.validate(engine, case.module)
    except wasmtime.WasmtimeError as error:
        return WasmObservation(((INVALID,),), End.TRAP, observed=observes, detail=str(error))
    return WasmObservation((), End.TRAP, observed=observes)


def _results(type_: wasmtime.FuncType, returned: Any) -> tuple[str, ...]:
    kinds = [str(one) for one in type_.results]
    values = returned if len(kinds) > 1 else [returned] * len(kinds)
    return tuple(value_text(kind, value) for kind, value in zip(kinds, values, strict=True))


def _digests(store: wasmtime.Store, exports: Any) -> list[tuple[str, str]]:
    """Exported memories by content, exported numeric globals by value."""
    out = []
    for name in exports:
        export = exports[name]
        if isinstance(export, wasmtime.Memory):
            content = export.read(store, 0, export.data_len(store))
            out.append((name, hashlib.sha256(bytes(content)).hexdigest()))
        elif isinstance(export, wasmtime.Global):
            kind = str(export.type(store).content)
            if kind in ("i32", "i64", "f32", "f64"):
                out.append((name, value_text(kind, export.value(store))))
    return out


def pulley() -> WasmtimeOracle:
    """Wasmtime's portable interpreter."""
    return WasmtimeOracle("pulley64")
