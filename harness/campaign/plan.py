"""What a differential campaign is to do: everything that decides its result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Chunk:
    """One batch of a plan: `count` cases of `seed` from `first` on; `index` counts the chunks of the plan."""

    index: int
    seed: int
    first: int
    count: int
    profile: str


@dataclass(frozen=True)
class Plan:
    """A differential campaign. Two runs of one plan give the same findings and counts, whatever interrupts them.

    Attributes:
        isa: key of `STATE_DTYPES`.
        subject: an executor's name.
        oracles: names of executors, each held against the subject.
        seeds: of the generator; the cases are shared out among them.
        cases: in all.
        profile: of the generator; several, `default*10,fp,traps`, take turns batch by batch, each so often.
        batch_cases: cases per batch.
        errata: whether the oracles' recorded errata may explain differences.
        sabotage: name of an injected bug, or empty.
    """

    subject: str
    oracles: tuple[str, ...]
    seeds: tuple[int, ...]
    cases: int
    isa: str = "riscv64"
    profile: str = "default"
    batch_cases: int = 1024
    errata: bool = True
    sabotage: str = ""

    def __post_init__(self) -> None:
        if not self.oracles:
            raise ValueError("a campaign needs at least one oracle")
        if len(set(self.oracles)) != len(self.oracles):
            raise ValueError(f"an oracle is named twice: {', '.join(self.oracles)}")
        if not self.seeds:
            raise ValueError("a campaign needs at least one seed")
        for name, value in (("cases", self.cases), ("batch_cases", self.batch_cases)):
            if value < 1:
                raise ValueError(f"{name} is {value}, must be at least 1")
        self.rotation()
        if any(seed < 0 for seed in self.seeds):
            raise ValueError(f"seed {min(self.seeds)} is negative")

    def document(self) -> dict[str, Any]:
        """The plan as a JSON-ready dictionary; equal plans give equal documents."""
        return asdict(self) | {"oracles": list(self.oracles), "seeds": list(self.seeds)}

    def rotation(self) -> tuple[str, ...]:
        """The generator's profiles in the order in which batches take them, spread evenly.

        Raises:
            ValueError: a part of `profile` is not `name` or `name*turns` with 1 to 1000 turns.
        """
        turns: list[tuple[float, str]] = []
        for part in self.profile.split(","):
            name, star, times = part.strip().partition("*")
            if not name or (star and not (times.isdecimal() and 1 <= int(times) <= 1000)):
                raise ValueError(f"{part!r} in profile {self.profile!r} is not name or name*turns with 1 to 1000 turns")
            count = int(times) if star else 1
            turns += [((turn + 0.5) / count, name) for turn in range(count)]
        return tuple(name for _, name in sorted(turns, key=lambda turn: turn[0]))

    def chunks(self) -> Iterator[Chunk]:
        """The batches, in order: seed by seed."""
        rotation = self.rotation()
        index = 0
        share, extra = divmod(self.cases, len(self.seeds))
        for number, seed in enumerate(self.seeds):
            cases = share + (number < extra)
            for first in range(0, cases, self.batch_cases):
                count = min(self.batch_cases, cases - first)
                yield Chunk(index, seed, first, count, rotation[index % len(rotation)])
                index += 1
