"""Inputs for a target without atheris: seeds, and seeds mutated, reproducible from a number.

For Python versions that atheris does not publish for, and for quick tests: no coverage steers this.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from fuzz.targets.target import Target

_INTERESTING = (b"\0", b"\xff", b"\x7f", b"\x80", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff" * 8, b"\x80" + bytes(7))


def samples(target: Target, count: int, seed: int = 0) -> Iterator[bytes]:
    """The target's seeds, then `count` mutants of them and bytes of chance."""
    seeds = [data[: target.max_bytes] for data in target.seeds()]
    yield from seeds
    for number in range(count):
        chance = random.Random(f"{seed} {number}")
        if not seeds or chance.random() < 0.05:
            yield chance.randbytes(chance.randrange(1 + min(target.max_bytes, 256)))
        elif target.mutate is not None:
            data = chance.choice(seeds)
            for _ in range(chance.randint(1, 4)):
                data = target.mutate(data, target.max_bytes, chance.getrandbits(63))
            yield data
        else:
            yield mutant(chance.choice(seeds), chance.choice(seeds), target, chance)


def mutant(data: bytes, other: bytes, target: Target, chance: random.Random) -> bytes:
    """`data` after one to five changes: bits, runs, words of the dictionary, pieces of itself or of `other`."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(changed) + 1)
        end = min(len(changed), at + chance.choice((1, 1, 2, 4, 8, chance.randrange(1, 64))))
        match chance.randrange(7):
            case 0 if at < len(changed):
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                changed[at:end] = chance.randbytes(chance.randrange(1, 5))
            case 2:
                del changed[at:end]
            case 3:
                changed[at:at] = changed[at:end]
            case 4:
                start = chance.randrange(len(other) + 1)
                changed[at:end] = other[start : start + chance.randrange(1, 64)]
            case 5 if target.dictionary:
                changed[at : end if chance.random() < 0.5 else at] = chance.choice(target.dictionary)
            case _:
                word = chance.choice(_INTERESTING)
                changed[at : at + len(word)] = word
    return bytes(changed[: target.max_bytes])
