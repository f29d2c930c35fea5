"""Profiles: what kind of programs to draw. Weights are data; nothing else distinguishes profiles.

A weight is relative to the sum of its table. Traps on purpose are not slots among others (then long programs would
nearly all trap early): `trap_percent` of the programs get one trapping gadget, at a random slot of the main part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from fuzz.strategies.riscv64.gadgets import Kind

COMMON: Final[Mapping[Kind, int]] = {
    Kind.OP: 420,
    Kind.COMPRESSED: 130,
    Kind.HINT: 6,
    Kind.CONSTANT: 30,
    Kind.MEMORY: 110,
    Kind.MEMORY_COMPRESSED: 45,
    Kind.MEMORY_INDEXED: 18,
    Kind.MEMORY_CROSSING: 14,
    Kind.MEMORY_CODE: 6,
    Kind.AMO: 30,
    Kind.RESERVE: 8,
    Kind.FOLD: 60,
    Kind.FOLD_FLOAT: 28,
    Kind.FOLD_FLAGS: 8,
    Kind.ROUNDING: 8,
    Kind.CSR: 14,
    Kind.COUNTER: 3,
    Kind.STACK_OP: 6,
    Kind.STACK_ADJUST: 3,
    Kind.BRANCH: 40,
    Kind.BRANCH_COMPRESSED: 10,
    Kind.JUMP: 5,
    Kind.JUMP_COMPRESSED: 4,
    Kind.INDIRECT: 6,
    Kind.FOLD_BRANCH: 44,
    Kind.TABLE: 14,
    Kind.LOOP: 42,
    Kind.CALL: 12,
    Kind.CALL_INDIRECT: 6,
    Kind.MEMORY_OVERWRITE: 10,
    Kind.CSR_SEQUENCE: 8,
}

TRAPS: Final[Mapping[Kind, int]] = {
    Kind.EBREAK: 6,
    Kind.ECALL: 8,
    Kind.ILLEGAL: 10,
    Kind.PRIVILEGED: 4,
    Kind.CSR_ILLEGAL: 8,
    Kind.ROUNDING_RESERVED: 8,
    Kind.DYNAMIC_RESERVED: 6,
    Kind.EDGE: 16,
    Kind.STRADDLE: 4,
    Kind.WILD: 14,
    Kind.CODE_WRITE: 5,
    Kind.AMO_MISALIGNED: 8,
    Kind.JUMP_WILD: 8,
    Kind.AMO_WILD: 6,
    Kind.STACK_WILD: 4,
    Kind.NOISE: 14,
    Kind.NOISE_COMPRESSED: 10,
    Kind.RESERVED_COMPRESSED: 5,
}


@dataclass(frozen=True)
class Profile:
    """How programs are drawn.

    Attributes:
        slots: least and greatest number of slots.
        functions: most functions beside the main part.
        trap_percent: programs out of 100 that get a trap on purpose.
        kinds, traps: weight of each gadget among the ordinary slots, among the traps.
        extensions: factor on the weight of an extension's instructions inside their pools (1 where not named).
        limit_insns: of the batch; programs end by themselves long before.
    """

    name: str
    slots: tuple[int, int] = (56, 80)
    functions: int = 2
    trap_percent: int = 20
    kinds: Mapping[Kind, int] = field(default_factory=lambda: COMMON)
    traps: Mapping[Kind, int] = field(default_factory=lambda: TRAPS)
    extensions: Mapping[str, float] = field(default_factory=dict)
    limit_insns: int = 10_000
    directed: bool = False
    """Each program starts with an instruction and operand classes in turn (`directed`), not at random."""


def _with(base: Mapping[Kind, int], **factors: float) -> dict[Kind, int]:
    """`base` with the weights of the named kinds multiplied."""
    return {kind: round(weight * factors.get(kind.name, 1)) for kind, weight in base.items()}


def _only(*kinds: Kind) -> dict[Kind, int]:
    """The weights of `COMMON` for these kinds alone, and enough control flow to be worth translating."""
    control = (Kind.BRANCH, Kind.LOOP, Kind.FOLD, Kind.FOLD_BRANCH, Kind.COMPRESSED, Kind.CONSTANT)
    return {kind: COMMON[kind] for kind in (*kinds, *control)}


_BREAKING: Final = frozenset(
    (
        *(Kind.BRANCH, Kind.BRANCH_COMPRESSED, Kind.FOLD_BRANCH, Kind.JUMP, Kind.JUMP_COMPRESSED),
        *(Kind.CALL, Kind.CALL_INDIRECT, Kind.INDIRECT, Kind.TABLE),
        *(Kind.CSR, Kind.CSR_SEQUENCE, Kind.ROUNDING, Kind.FOLD_FLAGS, Kind.COUNTER),
    )
)
"""What ends blocks, except for the ends of loops: without it blocks are long, and a loop's body is one block."""
_DEFAULT: Final = Profile("default")
_NONE: Final = {"I": 0.0, "M": 0.0, "F": 0.0, "D": 0.0, "Zifencei": 0.0}

_PROFILES: Final = (
    _DEFAULT,
    Profile("short", slots=(3, 11), functions=1, kinds=_with(COMMON, LOOP=0.3, CALL=0.5, TABLE=0.3)),
    Profile(
        "integer",
        kinds=_with(COMMON, FOLD_FLOAT=0, FOLD_FLAGS=0, ROUNDING=0, CSR=0, CSR_SEQUENCE=0),
        extensions={"F": 0.0, "D": 0.0},
    ),
    Profile("multiply", kinds=_only(Kind.OP), extensions=_NONE | {"M": 1.0, "I": 0.1}),
    Profile("atomic", kinds=_with(COMMON, AMO=8, RESERVE=8, OP=0.5)),
    Profile("fp", kinds=_with(COMMON, FOLD_FLOAT=2, ROUNDING=3, CSR=2, FOLD_FLAGS=2), extensions={"F": 6.0, "D": 6.0}),
    Profile("single", kinds=_only(Kind.OP, Kind.MEMORY, Kind.ROUNDING, Kind.FOLD_FLAGS), extensions=_NONE | {"F": 1.0}),
    Profile("double", kinds=_only(Kind.OP, Kind.MEMORY, Kind.ROUNDING, Kind.FOLD_FLAGS), extensions=_NONE | {"D": 1.0}),
    Profile(
        "csr",
        kinds=_with(COMMON, CSR=12, CSR_SEQUENCE=20, ROUNDING=6, FOLD_FLAGS=6, COUNTER=6),
        extensions={"F": 2.0, "D": 2.0},
    ),
    Profile(
        "memory",
        kinds=_with(
            COMMON,
            MEMORY=4,
            MEMORY_COMPRESSED=4,
            MEMORY_INDEXED=6,
            MEMORY_CROSSING=6,
            MEMORY_CODE=3,
            MEMORY_OVERWRITE=4,
            AMO=2,
        ),
        traps=_with(TRAPS, EDGE=6, STRADDLE=4, WILD=6, CODE_WRITE=6, AMO_MISALIGNED=4, AMO_WILD=4, STACK_WILD=4),
    ),
    Profile(
        "compressed",
        kinds=_with(COMMON, COMPRESSED=6, HINT=8, MEMORY_COMPRESSED=4, BRANCH_COMPRESSED=4, JUMP_COMPRESSED=4),
        traps=_with(TRAPS, RESERVED_COMPRESSED=8, NOISE_COMPRESSED=6),
    ),
    Profile(
        "control", kinds=_with(COMMON, BRANCH=3, JUMP=4, INDIRECT=6, TABLE=6, CALL=5, CALL_INDIRECT=5), functions=3
    ),
    Profile(
        "jit",
        slots=(40, 72),
        functions=3,
        trap_percent=30,
        kinds=_with(
            COMMON,
            LOOP=4,
            TABLE=4,
            CALL=4,
            CALL_INDIRECT=6,
            INDIRECT=4,
            MEMORY_CROSSING=3,
            MEMORY_CODE=6,
            ROUNDING=2,
            RESERVE=3,
        ),
        traps=_with(TRAPS, EDGE=3, STRADDLE=4),
    ),
    Profile(
        "loops",
        slots=(24, 64),
        functions=0,
        kinds={
            kind: weight * (2 if kind is Kind.LOOP else 1) for kind, weight in COMMON.items() if kind not in _BREAKING
        },
    ),
    Profile("directed", slots=(2, 8), functions=0, trap_percent=0, directed=True),
    Profile("traps", slots=(4, 20), functions=1, trap_percent=100),
    Profile(
        "noise",
        slots=(3, 14),
        functions=0,
        trap_percent=100,
        traps={
            Kind.NOISE: 6,
            Kind.NOISE_COMPRESSED: 4,
            Kind.RESERVED_COMPRESSED: 1,
            Kind.CSR_ILLEGAL: 1,
            Kind.ILLEGAL: 1,
        },
    ),
)

PROFILES: Final[Mapping[str, Profile]] = {p.name: p for p in _PROFILES}

ROTATION: Final = "default*11,directed*2,fp,memory,compressed,control,atomic,traps,noise"
"""The turns of profiles in campaigns that look for everything: the suite `diff-riscv` and the gate."""
ROTATED: Final = tuple(part.partition("*")[0] for part in ROTATION.split(","))
"""The profiles of `ROTATION`, each once."""


SYSTEMATIC: Final = "systematic"
TABULATED: Final = "tabulated"
LISTED: Final = (SYSTEMATIC, TABULATED)
"""What is asked for like a profile and is none: programs that are listed, not drawn, see the modules of these names."""


def profile_named(name: str) -> Profile:
    """The profile called `name`, one that programs are drawn by.

    Raises:
        ValueError: there is none; the message lists those that there are.
    """
    try:
        return PROFILES[name]
    except KeyError:
        from harness.nearest import did_you_mean

        if name in LISTED:
            raise ValueError(f"profile {name!r} is a list of programs; by it none can be drawn") from None
        known = (*PROFILES, *LISTED)
        hint = did_you_mean(name, known)
        raise ValueError(f"unknown profile {name!r}.{hint} Known: {', '.join(known)}") from None


def focused(base: Profile, extension: str, factor: float = 8.0) -> Profile:
    """`base` with one extension's instructions `factor` times as likely."""
    return replace(base, name=f"{base.name}+{extension}", extensions={**base.extensions, extension: factor})
