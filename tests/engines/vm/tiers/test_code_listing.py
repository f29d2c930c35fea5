"""Listings of compiled code: every instruction of guest and host is there, beside its IR."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import pytest

from engines.vm.guests.riscv64.state import Hart, word_of
from engines.vm.hosts import host as hosts
from engines.vm.hosts.load_store import INTERPRET
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, READ, AddressSpace
from engines.vm.tiers import listing
from engines.vm.tiers.baseline.tier import BaselineTier
from engines.vm.tiers.executor import TierExecutor
from engines.vm.tiers.llvm.tier import LlvmTier
from engines.vm.user.dump import fetcher, listings
from harness.subjects.virtual_host import LAYOUT

CODE = 0x10000
GOLDEN = Path(__file__).parent / "golden" / "listing.txt"
LOOP = """
addi a0, zero, 10
addi a1, zero, 0
add a1, a1, a0
sd a1, 8(sp)
addi a0, a0, -1
bne a0, zero, -12
ret
"""
NATIVE = pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="native tiers run on x86_64")


@pytest.fixture
def hart() -> Hart:
    memory = AddressSpace()
    memory.map(CODE, 4096, READ | EXEC)
    memory.place(CODE, assemble(LOOP, CODE))
    found = Hart(memory)
    found.words[word_of("pc")] = CODE
    return found


def of_host(name: str, hart: Hart) -> listing.Listing:
    generator = getattr(hosts, name)(LAYOUT)
    return listing.baseline_listing(generator, CODE, fetcher(hart.memory), 0, lambda *_: INTERPRET)


def test_the_text_is_as_blessed(hart: Hart) -> None:
    """`COUNTERPROOF_BLESS=1` writes the golden text anew."""
    text = listing.render([of_host("arm64", hart), of_host("riscv64", hart)])
    if os.environ.get("COUNTERPROOF_BLESS"):
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()


@pytest.mark.parametrize("tier", [pytest.param("baseline", marks=NATIVE), pytest.param("llvm", marks=NATIVE)])
def test_all_of_the_code_that_runs_is_listed(hart: Hart, tier: str) -> None:
    executor = TierExecutor("interpreter")
    executor.name, executor.tier = tier, BaselineTier() if tier == "baseline" else LlvmTier(background=False)
    native = executor.tier
    assert isinstance(native, BaselineTier | LlvmTier)
    native.decoded_code(hart.memory)
    region = native.compile(hart, CODE)
    assert region is not None
    (found,) = listings(executor, hart, [region])
    columns = [column for part in found.parts for column in part.columns]
    guest = [line for name, lines in columns if name == "guest" for line in lines]
    assert [line.split(" ", 1)[0] for line in (g.strip() for g in guest)] == [f"{CODE + 4 * n:x}" for n in range(7)]
    host = [line for name, lines in columns if name == "host" for line in lines]
    offsets = [int(line.split()[0], 16) for line in host if not line.endswith(":")]
    assert sorted(set(offsets)) == sorted(offsets)
    assert offsets[0] == 0
    assert max(offsets) < len(region.code) <= max(offsets) + 15
    assert {name.split()[0] for name, _ in columns} == {"guest", "IR" if tier == "baseline" else "LLVM", "host"}
    assert not found.notes


@NATIVE
def test_code_that_was_changed_since_is_listed_without_ir(hart: Hart) -> None:
    executor = TierExecutor("interpreter")
    executor.name, executor.tier = "baseline", BaselineTier()
    assert isinstance(executor.tier, BaselineTier)
    executor.tier.decoded_code(hart.memory)
    region = executor.tier.compile(hart, CODE)
    assert region is not None
    hart.memory.place(CODE + 8, assemble("sub a1, a1, a0", CODE))
    (found,) = listings(executor, hart, [region])
    assert "another now" in found.notes[0]
    assert [name for name, _ in found.parts[0].columns] == ["guest", "host"]
    assert any("add a1, a1, a0" in line for line in found.parts[0].columns[0][1])


def test_a_narrow_terminal_wraps_and_marks_headings(hart: Hart) -> None:
    text = listing.render([of_host("arm64", hart)], 100, "<{}>".format)
    assert max(len(line) for line in text.splitlines()) <= 102
    assert text.startswith("<region 0x10000, tier baseline, host arm64: 7 instructions")


def test_what_is_not_compiled_has_no_listing(hart: Hart) -> None:
    hart.memory.place(CODE, assemble("ecall", CODE))
    with pytest.raises(listing.ListingError, match="0x10000: left to the interpreter"):
        of_host("arm64", hart)


def test_a_missing_disassembler_is_named(hart: Hart, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ImportError(name)

    listing._disassembler.cache_clear()
    monkeypatch.setattr("engines.vm.tiers.listing.importlib.import_module", missing)
    with pytest.raises(listing.ListingError, match="pip install"):
        of_host("arm64", hart)
    listing._disassembler.cache_clear()
