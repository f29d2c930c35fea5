"""The judge of images of compiled code: round trips, tampering, other origins, and runs of what was loaded."""

from __future__ import annotations

import itertools
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, Final

from engines.vm.aot import image
from engines.vm.guests.riscv64.state import Hart, word_of
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, READ, AddressSpace
from engines.vm.record import replace
from engines.vm.runtime.digest import FileDigests, digest
from fuzz.sabotage.judges import Budget, Kill, cpu_seconds

_CODE: Final = 0x10000
_LOOP: Final = (
    "addi a3, a3, 1\naddi a0, a0, 3\nxori a1, a0, 5\naddi a2, a2, -1\nbne a2, zero, -12\nsub a4, a0, a1\nebreak\n"
)
_OTHER: Final = _LOOP.replace("a0, 3", "a0, 4")
_ROTATED: Final = """
addi s0, zero, 2000
jal zero, 20
jal ra, 36
addi a0, a0, 3
addi s0, s0, -1
beq s0, zero, 20
srli a3, a0, 2
add a2, a2, a3
jal zero, -24
ebreak
ebreak
xori a1, a0, 5
add a2, a2, a1
jalr zero, 0(ra)
"""
"""A loop that is entered in its middle, where it falls into from a branch that makes a pair with what follows."""
_FUNCTIONS: Final = (_CODE, _CODE + 44)
_ROUNDS: Final = 40


class ImageJudge:
    """Asks what a reader of images must hold, with generated regions and with one that runs."""

    def prepare(self) -> None:
        for check in _checks():
            check()

    def examine(self, budget: Budget) -> Kill | None:
        end = cpu_seconds() + budget.seconds
        for number, check in enumerate(itertools.chain(_checks(seed=1), _checks(seed=2)), 1):
            if cpu_seconds() > end:
                return None
            try:
                check()
            except _WrongError as error:
                return Kill("images of compiled code", number, str(error)[:200])
        return None


class _WrongError(Exception):
    pass


def _require(truth: bool, text: str) -> None:
    if not truth:
        raise _WrongError(text)


def _checks(seed: int = 0) -> Iterator[Callable[[], None]]:
    random = Random(seed)
    for _ in range(_ROUNDS):
        regions = [_region(random) for _ in range(random.randrange(1, 4))]
        origin = image.Origin(random.randbytes(32).hex(), "x86_64", random.randbytes(32).hex(), random.randrange(1000))
        yield lambda regions=regions, origin=origin: _round_trip(regions, origin)  # type: ignore[misc]
        yield lambda regions=regions, origin=origin: _tampered(random, regions, origin)  # type: ignore[misc]
        yield lambda regions=regions, origin=origin: _foreign(regions, origin)  # type: ignore[misc]
    yield _loaded
    yield _ahead
    yield _kept
    yield _remembered


def _region(random: Random) -> image.StoredRegion:
    def pairs(least: int) -> tuple[tuple[int, int], ...]:
        return tuple((random.getrandbits(36), random.getrandbits(30)) for _ in range(random.randrange(least, 4)))

    faults = None if random.random() < 0.5 else pairs(0)
    if faults is not None:
        faults = tuple((at & 0xFFFF, to & 0xFFFF) for at, to in faults)
    exits = tuple(random.getrandbits(36) for _ in range(random.randrange(3)))
    code, guest = random.randbytes(random.randrange(1, 90)), random.randbytes(random.randrange(2, 60))
    return image.StoredRegion(code, pairs(1), pairs(1), exits, guest, faults)


def _round_trip(regions: list[image.StoredRegion], origin: image.Origin) -> None:
    found = image.decode(image.encode(origin, regions), replace(origin, insns=0), "image")
    _require(found == regions, f"{len(regions)} regions come back other than they were written")


def _tampered(random: Random, regions: list[image.StoredRegion], origin: image.Origin) -> None:
    content = image.encode(origin, regions)
    at = random.randrange(len(content))
    cut = random.randrange(len(content))
    changed = content[:at] + bytes((content[at] ^ 1 << random.randrange(8),)) + content[at + 1 :]
    for what, wrong in ((f"byte {at} changed", changed), (f"cut at {cut}", content[:cut]), ("longer", content + b"\0")):
        _refused(what, wrong, origin)


def _foreign(regions: list[image.StoredRegion], origin: image.Origin) -> None:
    content = image.encode(origin, regions)
    for name, value in (("guest", "0" * 64), ("machine", "vax"), ("made_by", "0" * 64)):
        _refused(f"another {name}", content, replace(origin, **{name: value}))


def _refused(what: str, content: bytes, expected: image.Origin) -> None:
    try:
        image.decode(content, expected, "image")
    except image.ImageRefusedError:
        return
    except (ValueError, TypeError, KeyError, IndexError, struct.error) as error:
        raise _WrongError(f"an image is not refused but breaks the reader: {what}: {error!r}") from None
    raise _WrongError(f"an image is accepted: {what}")


def _loaded() -> None:
    """A stored region runs where memory holds its code, from each of its entries, and nowhere else."""
    from engines.vm.tiers.baseline.tier import BaselineTier
    from engines.vm.tiers.interpreter.tier import InterpreterTier

    source = BaselineTier()
    hart = _hart(_LOOP)
    source.decoded_code(hart.memory)
    made = source.compile(hart, _CODE)
    _require(made is not None, "nothing is compiled")
    assert made is not None
    for text, start in ((_LOOP, 0), (_OTHER, 0), *((_LOOP, pc - _CODE) for pc, _ in made.entries)):
        tier: Any = BaselineTier()
        tier.offer([made])
        results = []
        for executor in (tier, InterpreterTier()):
            ran = _hart(text, start)
            stop = executor.run(ran, 5000)
            results.append((stop.reason, bytes(ran.words)))
        _require(results[0] == results[1], f"a stored region computes otherwise than the interpreter, from {start:#x}")
        used = tier.counters.stored
        _require(used == (text is _LOOP), f"{used} regions installed for {'the' if text is _LOOP else 'other'} code")


def _ahead() -> None:
    """What LLVM translates ahead of time runs as the interpreter does, and only on its own code."""
    from engines.vm.aot.bundles import bundled
    from engines.vm.aot.program_regions import ProgramRegions
    from engines.vm.tiers.ahead import AheadTier
    from engines.vm.tiers.interpreter.tier import InterpreterTier
    from engines.vm.tiers.llvm.tier import LlvmTier

    source, hart = LlvmTier(), _hart(_ROTATED)
    source.decoded_code(hart.memory)
    program = ProgramRegions(source, hart, _FUNCTIONS)
    regions, _, _ = program.compile(program.plan(_FUNCTIONS), 1, lambda done, left: None)
    for text in (_ROTATED, _ROTATED.replace("a0, 3", "a0, 4")):
        tier, plain = AheadTier(), InterpreterTier()
        tier.offer(bundled(regions))
        ran, other = _hart(text), _hart(text)
        for start in (0, *(pc - _CODE for region in regions for pc, _ in region.entries)):
            for hart in (ran, other):
                hart.words[word_of("pc")], hart.words[word_of("x") + 1] = _CODE + start, _CODE + 40
            for insns in (777, 5000):
                results = [
                    (executor.run(h, insns).reason, bytes(h.words)) for executor, h in ((tier, ran), (plain, other))
                ]
                _require(
                    results[0] == results[1],
                    f"code of an image computes otherwise than the interpreter, from {start:#x}",
                )
        share = tier.decoded_code(ran.memory).context["compiled"] / ran.words[word_of("retired")]
        _require(text is not _ROTATED or share > 0.8, f"{share:.0%} of the instructions retire in the image's code")


def _hart(text: str, start: int = 0) -> Hart:
    memory = AddressSpace()
    memory.map(_CODE, 4096, READ | EXEC)
    memory.place(_CODE, assemble(text, _CODE))
    hart = Hart(memory)
    hart.words[word_of("pc")] = _CODE + start
    hart.words[word_of("x") + 12] = 300
    return hart


def _kept() -> None:
    """What runs keep is there for the next one, all of it."""
    from engines.vm.aot.store import RegionStore
    from engines.vm.runtime.object_cache import ObjectCache

    random = Random(9)
    first, second = _region(random), _region(random)
    with tempfile.TemporaryDirectory() as folder:
        for region in (first, second):
            RegionStore(b"guest", cache=ObjectCache(Path(folder))).keep([region])
        there = RegionStore(b"guest", cache=ObjectCache(Path(folder))).regions
        other = RegionStore(b"other guest", cache=ObjectCache(Path(folder))).regions
    _require(there == [first, second], f"two runs kept a region each, {len(there)} are there")
    _require(not other, "regions of another executable are there")


def _remembered() -> None:
    """A program's digest is that of what it holds now, whenever it changed last."""
    with tempfile.TemporaryDirectory() as folder:
        digests, now = FileDigests(folder), time.time_ns()
        for content, changed in ((b"one", 1), (b"two", 2), (b"six", 1), (b"ten", now), (b"few", now)):
            status: Any = SimpleNamespace(
                st_dev=1, st_ino=2, st_size=len(content), st_mtime_ns=changed, st_ctime_ns=changed
            )
            found = digests.of(status, content)
            _require(found == digest(content).hex(), f"the digest of {content!r} is another program's: {found}")


def judge() -> ImageJudge:
    return ImageJudge()
