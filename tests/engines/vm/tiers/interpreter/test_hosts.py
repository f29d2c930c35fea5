"""The interpreter can be generated and compiled for every host, each handler a tail call without a frame."""

from __future__ import annotations

import re
from typing import Any

import pytest

from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.runtime.llvm import HostTarget, compile_object
from engines.vm.tiers.interpreter.float_unit import float_support
from engines.vm.tiers.interpreter.module import generate

HOSTS = {
    "x86_64": (HostTarget("x86_64-unknown-linux-gnu", "x86-64-v2", ""), 62),
    "aarch64": (HostTarget("aarch64-unknown-linux-gnu", "generic", ""), 183),
    "riscv64": (HostTarget("riscv64-unknown-linux-gnu", "generic-rv64", "+m,+a,+f,+d,+c"), 243),
}


@pytest.fixture(scope="module")
def llvm() -> Any:
    import llvmlite.binding

    llvmlite.binding.initialize_all_targets()
    llvmlite.binding.initialize_all_asmprinters()
    return llvmlite.binding


@pytest.mark.slow
@pytest.mark.parametrize("machine", HOSTS)
def test_every_host_gets_an_object_file(llvm: Any, machine: str) -> None:
    target, elf_machine = HOSTS[machine]
    source = generate(INSTRUCTIONS, machine, float_support(machine, {}))
    assert not source.escapes
    handlers = re.findall(r"define internal (\w+) i64 @(\w+)\(ptr noalias %cpu", source.text)
    assert len(handlers) > 500
    returns = len(re.findall(r"^  ret i64 %", source.text, re.MULTILINE))
    calls = len(re.findall(r"musttail call", source.text))
    assert calls >= returns - 3  # run, execute and run_batch return values of their own
    compiled = compile_object(source.text, target)
    assert compiled[:4] == b"\x7fELF"
    assert int.from_bytes(compiled[18:20], "little") == elf_machine
