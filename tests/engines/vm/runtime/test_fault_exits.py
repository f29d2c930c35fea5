"""A faulting access of native code goes on at its exit; faults elsewhere have their usual effect."""

from __future__ import annotations

import ctypes
import mmap
import os
import platform
import signal
import subprocess
import sys

import pytest

from engines.vm.hosts.x86_64 import encode as x86
from engines.vm.hosts.x86_64.encode import Assembler
from engines.vm.hosts.x86_64.registers import R8, R9, R10, R11, RAX, RCX, RDI, RDX, RSI, RSP
from engines.vm.memory.address_space import EXEC, GUARD_BYTES, PAGE_BYTES, READ, WRITE, AddressSpace
from engines.vm.runtime import fault_exits
from engines.vm.runtime.executable_memory import ExecutableMemory
from engines.vm.runtime.fault_exits import MANY_EXITS, MOST_LISTS, FaultExits, _handler

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in {"x86_64", "AMD64"}, reason="made for linux on x86_64"
)
EXIT = 12345


def reader(store: bool = False) -> tuple[bytes, int, int]:
    """`f(address)`: the word there, or EXIT; and the offsets of the access and of its exit."""
    asm = Assembler()
    out = asm.label()
    asm.imm(RCX, 77)
    at = len(asm.code)
    if store:
        asm.store(RCX, RDI, 0)
        asm.mov(RAX, RCX)
    else:
        asm.load(RAX, RDI, 0)
    asm.ret()
    asm.bind(out)
    asm.imm(RAX, EXIT)
    asm.ret()
    return asm.link(), at, asm.offset_of(out)


class Native:
    """Code with one exit, or with so many that it has a list of its own."""

    def __init__(self, store: bool = False, others: int = 0) -> None:
        self.memory = ExecutableMemory(4096)
        self.exits = FaultExits(self.memory.base, self.memory.size)
        code, at, out = reader(store)
        self.memory.write(self.memory.base + 64, code)
        self.exits.add(64, 128, [(at, out), *((200 + n, 300 + n) for n in range(others))])
        self.call = ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_uint64)(self.memory.base + 64)


def assembled(address: int) -> bytes:
    """The handler's code, made by our assembler."""
    asm = x86.Assembler()
    row, onward, other, straight, default, found, pair, hit = (asm.label() for _ in range(8))
    asm.load(RAX, RDX, 168)
    asm.imm(RCX, address + fault_exits._ROWS_AT)
    asm.imm(R10, address + fault_exits._BYTES - fault_exits._ROW_BYTES)
    asm.bind(row)
    asm.mov(R8, RAX)
    asm.rm(0x2B, R8, RCX, 0)
    asm.rm(0x3B, R8, RCX, 8)
    asm.jcc(x86.AE, onward)
    asm.load(R9, RCX, 16)
    asm.load(R11, RCX, 24)
    asm.test(R11, R11)
    asm.jcc(x86.NE, pair)
    asm.rm(0x8B, R9, R9, 0, 0, index=R8, scale=2)
    asm.test(R9, R9, 0)
    asm.jcc(x86.E, other)
    asm.bind(found)
    asm.rm(0x03, R9, RCX, 0)
    asm.store(R9, RDX, 168)
    asm.ret()
    asm.bind(pair)
    asm.rm(0x3B, R8, R9, -8, 0, index=R11, scale=3)
    asm.jcc(x86.E, hit)
    asm.alu_imm(x86.SUB, R11, 1)
    asm.jcc(x86.NE, pair)
    asm.jmp(other)
    asm.bind(hit)
    asm.rm(0x8B, R9, R9, -4, 0, index=R11, scale=3)
    asm.jmp(found)
    asm.bind(onward)
    asm.alu_imm(x86.ADD, RCX, fault_exits._ROW_BYTES)
    asm.alu(x86.CMP, RCX, R10)
    asm.jcc(x86.B, row)
    asm.bind(other)  # not ours: whoever was there before
    asm.lea(RAX, RSP, 8)
    asm.alu(x86.CMP, RAX, RDX)
    asm.imm(RAX, address + fault_exits._PREVIOUS_AT)
    asm.jcc(x86.E, straight)  # from the kernel; else from a handler that was handed it, so whoever was there first
    asm.alu_imm(x86.ADD, RAX, 8)
    asm.bind(straight)
    asm.load(RAX, RAX, 0)
    asm.alu_imm(x86.CMP, RAX, 1)
    asm.jcc(x86.BE, default)
    asm.jmp_reg(RAX)
    asm.bind(default)  # rt_sigaction(SIGSEGV, SIG_DFL); the instruction faults once more
    asm.imm(RDI, fault_exits._SIGSEGV)
    asm.imm(RSI, address + fault_exits._NO_ACTION_AT)
    asm.alu(x86.XOR, RDX, RDX, 0)
    asm.imm(R10, 8)
    asm.imm(RAX, 13)
    asm.code += b"\x0f\x05"  # syscall
    asm.ret()
    return asm.link()


@pytest.mark.parametrize("address", [0x7F12_3456_7000, 1 << 40])
def test_the_handler_is_what_its_listing_says(address: int) -> None:
    assert fault_exits._code(address) == assembled(address)
    rows = [line.split(maxsplit=1)[1] for line in fault_exits._LISTING.splitlines()]
    for mnemonic in ("jae onward", "jne pair", "je other", "je hit", "jmp other", "jmp found", "jb row", "jbe default"):
        name = mnemonic.split()[1]
        assert any(row.startswith(mnemonic) for row in rows) and any(f"{name}:" in row for row in rows)


def test_permitted_accesses_are_made_and_others_leave() -> None:
    space = AddressSpace(bits=20, guarded=True)
    assert space.guarded
    space.map(0x4000, PAGE_BYTES, READ | WRITE)
    space.map(0x5000, PAGE_BYTES, READ | EXEC)
    space.place(0x5000, (5).to_bytes(8, "little"))
    load, store = Native(), Native(store=True)
    base = space.host_base
    assert store.call(base + 0x4FF8) == 77
    assert space.load(0x4FF8, 8) == 77
    assert load.call(base + 0x5000) == 5
    assert store.call(base + 0x5000) == EXIT
    assert store.call(base + 0x4FFC) == EXIT
    assert space.load(0x4FF8, 8) == 77, "a store over a page's end wrote its first half"
    for address in (0, 0x3FF9, 0x6000, -GUARD_BYTES, -8, space.limit, space.limit + GUARD_BYTES - 8):
        assert load.call(base + address) == EXIT, hex(address)
    space.protect(0x4000, PAGE_BYTES, READ)
    assert load.call(base + 0x4FF8) == 77
    assert store.call(base + 0x4FF8) == EXIT
    space.unmap(0x4000, PAGE_BYTES)
    assert load.call(base + 0x4FF8) == EXIT


def test_what_a_fork_does_with_its_tables_is_its_own_affair() -> None:
    """They were shared: a fork that made or closed code memories took the exits of its parent's code away."""
    load = Native()
    before = bytes(_handler()._data)
    assert load.call(-8) == EXIT
    child = os.fork()
    if not child:
        more = [Native() for _ in range(3)]
        load.exits.close()
        os._exit(0 if all(one.call(-8) == EXIT for one in more) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert bytes(_handler()._data) == before
    assert load.call(-8) == EXIT


@pytest.mark.parametrize("store", [False, True])
def test_code_with_many_exits_has_a_list(store: bool) -> None:
    """A few hundred faults of other code go by its list; without it they would meet what the table still holds."""
    native = Native(store, MANY_EXITS)
    assert native.exits._lists
    assert native.call(-8) == EXIT
    assert not any(native.exits._words[: 4096 // 4])
    small = Native(store)
    assert not small.exits._lists
    assert small.call(-8) == native.call(-8) == EXIT


def test_a_list_goes_before_what_a_table_still_holds_and_goes_with_its_code() -> None:
    native = Native(others=MANY_EXITS)
    _, at, _ = reader()
    native.exits._words[64 + at] = 64 + at  # as code that was there before may have left it: round and round
    assert native.call(-8) == EXIT
    free = len(_handler()._free_lists)
    native.exits.remove(64)
    assert len(_handler()._free_lists) == free + 1
    native.exits.remove(64)
    assert len(_handler()._free_lists) == free + 1
    _, at, out = reader()
    native.exits.add(64, 128, [(at, out)])
    assert native.call(-8) == EXIT


def test_where_there_is_no_room_for_a_list_the_table_has_them() -> None:
    several = [Native(others=MANY_EXITS) for _ in range(MOST_LISTS + 3)]
    assert sum(1 for native in several if not native.exits._lists) >= 3
    assert all(native.call(-8) == EXIT for native in several)
    rows = [row for native in several for row, _ in native.exits._lists.values()]
    assert len(set(rows)) == len(rows) <= MOST_LISTS


def test_addresses_that_are_no_addresses_leave() -> None:
    load = Native()
    assert load.call(1 << 63) == EXIT
    assert load.call(0x5555_0000_0000_0000) == EXIT


@pytest.mark.parametrize("others", [0, MANY_EXITS])
def test_forgotten_exits_do_not_lead_anywhere(others: int) -> None:
    load = Native(others=others)
    load.exits.clear()
    pid = os.fork()
    if not pid:
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        load.call(8)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGSEGV


@pytest.mark.parametrize("handled", [False, True])
def test_a_fault_elsewhere_goes_to_the_handler_before(handled: bool) -> None:
    program = f"""
import ctypes, faulthandler, os, resource
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
if {handled}:
    faulthandler.enable()
from engines.vm.runtime.executable_memory import ExecutableMemory
from engines.vm.runtime.fault_exits import FaultExits, _handler
memory = ExecutableMemory(4096)
exits = FaultExits(memory.base, memory.size)
ctypes.string_at(8, 1)
"""
    import subprocess

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, text=True)
    assert done.returncode == -signal.SIGSEGV
    assert ("Segmentation fault" in done.stderr) == handled


def test_a_fault_elsewhere_goes_on_where_another_handler_came_between() -> None:
    """Wasmtime's hands on to ours what it does not know, and ours to Wasmtime's: nothing was said."""
    program = """
import ctypes, faulthandler, resource, wasmtime
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
faulthandler.enable()
from engines.vm.runtime.fault_exits import FaultExits
before = FaultExits(1 << 40, 4096)
engine = wasmtime.Engine()
store = wasmtime.Store(engine)
text = '(module (memory 1) (func (export "out") (result i32) (i32.load (i32.const 0x7fffffff))))'
instance = wasmtime.Instance(store, wasmtime.Module(engine, wasmtime.wat2wasm(text)), [])
after = FaultExits(2 << 40, 4096)
try:
    instance.exports(store)["out"](store)
except wasmtime.Trap as trap:
    print(trap.trap_code, flush=True)
ctypes.string_at(8, 1)
"""
    import subprocess

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, text=True)
    assert done.stdout == "TrapCode.MEMORY_OUT_OF_BOUNDS\n"
    assert done.returncode == -signal.SIGSEGV
    assert "Segmentation fault" in done.stderr


def test_a_permission_that_no_host_page_has_makes_the_space_an_ordinary_one() -> None:
    space = AddressSpace(bits=20, guarded=True)
    heard: list[bool] = []
    space.unguarded_listeners.append(lambda: heard.append(space.guarded))
    space.map(0x4000, PAGE_BYTES, READ)
    space.map(0x5000, PAGE_BYTES, READ | WRITE | EXEC)
    space.map(0x6000, PAGE_BYTES, EXEC)
    assert heard == [False]
    load, store = Native(), Native(store=True)
    for page in (0x4000, 0x5000, 0x6000, 0x7000):
        assert store.call(space.host_base + page) == 77
        assert load.call(space.host_base + page) == 77
    space.map(0x8000, PAGE_BYTES, READ | WRITE)
    space.clear_dirty()
    assert heard == [False]


def test_writable_pages_count_as_dirty_while_guarded_and_clearing_ends_it() -> None:
    space = AddressSpace(bits=20, guarded=True)
    space.map(0x4000, 2 * PAGE_BYTES, READ | WRITE)
    assert space.dirty_pages() == [0x4000, 0x5000]
    space.clear_dirty()
    assert not space.guarded
    assert space.dirty_pages() == []
    space.store(0x4008, 1, 8)
    assert space.dirty_pages() == [0x4000]


def test_many_code_memories_come_and_go() -> None:
    for _ in range(3):
        several = [Native() for _ in range(40)]
        assert all(native.call(8) == EXIT for native in several)
    assert mmap.PAGESIZE == PAGE_BYTES


def test_the_handler_is_made_without_heavy_modules() -> None:
    """Every run with compiled code makes it. Without `site`, whose files belong to the installation."""
    script = (
        "import sys\nsys.path[:] = sys.argv[1:]\nfrom engines.vm.runtime.executable_memory import ExecutableMemory\n"
        "from engines.vm.runtime.fault_exits import FaultExits\nmemory = ExecutableMemory(4096)\n"
        "FaultExits(memory.base, memory.size)\nprint(*{'typing', 're', 'contextlib'} & set(sys.modules))\n"
    )
    shown = subprocess.run([sys.executable, "-S", "-c", script, *sys.path], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == []
