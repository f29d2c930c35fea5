"""Wasmtime and V8 pass the conformance suite, and a case that does not end costs nothing else."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest
import wasmtime

from harness.contract import End, Executor, ProgramCase, WasmCase
from harness.registry import create
from oracles.conformance import Check, checks_for
from oracles.conformance_wasm import ENDLESS, call_expectations
from oracles.node_oracle import NodeOracle
from oracles.wasm_interface import interface
from oracles.wasm_values import parse_value, value_text
from oracles.wasmtime_oracle import WasmtimeOracle, pulley

EXECUTORS: dict[str, Callable[[], Executor]] = {
    "wasmtime": WasmtimeOracle,
    "wasmtime-pulley": pulley,
    "node": NodeOracle,
}
PAIRS = [
    pytest.param(name, check, id=f"{name}-{check}") for name, make in EXECUTORS.items() for check in checks_for(make())
]


@pytest.fixture
def endless() -> WasmCase:
    return WasmCase(bytes(wasmtime.wat2wasm(ENDLESS)), (("f", ()),), fuel=1_000_000)


@pytest.mark.parametrize(("name", "check"), PAIRS)
def test_it_conforms(name: str, check: Check) -> None:
    executor = EXECUTORS[name]()
    try:
        check.run(executor)
    finally:
        executor.close()


@pytest.fixture
def node() -> Iterator[NodeOracle]:
    oracle = NodeOracle(seconds=1.0)
    yield oracle
    oracle.close()


def test_an_endless_call_ends_and_the_next_case_runs(node: NodeOracle, endless: WasmCase) -> None:
    assert node.run(endless).end is End.TIMEOUT  # type: ignore[union-attr]
    good = call_expectations()[0]
    assert node.run(good.case).calls == good.results  # type: ignore[union-attr]


def test_fuel_ends_an_endless_call_in_wasmtime(endless: WasmCase) -> None:
    oracle = WasmtimeOracle()
    seen = oracle.run(endless)
    assert seen.calls == (("trap:exhausted",),)  # type: ignore[union-attr]


def test_bytes_that_are_no_module_are_answered(node: NodeOracle) -> None:
    for executor in (WasmtimeOracle(), node):
        assert executor.run(WasmCase(b"\0asm")).calls == (("invalid",),)  # type: ignore[union-attr]
        assert executor.run(ProgramCase("wasm32", b"\x7fELF")).end is End.REFUSED  # type: ignore[union-attr]


def test_a_missing_export_is_refused(node: NodeOracle) -> None:
    module = call_expectations()[0].case.module
    for executor in (WasmtimeOracle(), node):
        assert executor.run(WasmCase(module, (("g", ()),))).end is End.REFUSED  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["wasmtime", "node"])
def test_it_runs_in_a_worker(name: str) -> None:
    executor = create(name)
    try:
        expectation = call_expectations()[0]
        assert executor.run(expectation.case).calls == expectation.results  # type: ignore[union-attr]
    finally:
        executor.close()


@pytest.mark.parametrize("text", ["i32:0x80000000", "i64:0x7", "f32:0x3f800000", "f64:0x8000000000000000"])
def test_values_survive(text: str) -> None:
    assert value_text(text[:3], parse_value(text)) == text


@pytest.mark.parametrize("text", ["i8:0", "i32:0x100000000", "i32", "i32:-1"])
def test_values_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_value(text)


def test_a_fork_of_a_process_that_has_compiled_modules_compiles_too() -> None:
    """Compiling in parallel starts threads that a fork has not: it waited for them for ever."""
    functions = "(func)" * 64
    wasmtime.Module(wasmtime.Engine(), f"(module {functions})")
    module = bytes(wasmtime.wat2wasm(f"(module {functions})"))
    child = os.fork()
    if not child:
        os._exit(0 if interface(module) is not None else 1)
    deadline = time.monotonic() + 60
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            pytest.fail("the fork does not end")
        time.sleep(0.02)
    assert os.waitstatus_to_exitcode(status) == 0
