"""Plans of campaigns: profile strings are refused, or give a rotation of the right length and chunks that add up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fuzz.targets.target import FindingError, Target, instrumented, replace, words

with instrumented(__name__):
    from harness.campaign.plan import Plan


def one_input(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    try:
        plan = Plan("subject", ("oracle",), (1, 2, 3), 1 + len(data) * 7, profile=text, batch_cases=16)
    except ValueError as error:
        if "profile" not in str(error):
            raise FindingError(f"an error that does not name the profile: {error}") from None
        return
    rotation = plan.rotation()
    parts = text.split(",")
    if not len(parts) <= len(rotation) <= 1000 * len(parts):
        raise FindingError(f"{text!r} gives {len(rotation)} turns")
    chunks = list(plan.chunks())
    if sum(c.count for c in chunks) != plan.cases or [c.index for c in chunks] != list(range(len(chunks))):
        raise FindingError(f"{plan.cases} cases were shared out as {chunks}")
    if any(c.profile != rotation[c.index % len(rotation)] for c in chunks):
        raise FindingError(f"the chunks do not follow {rotation}")


def seeds() -> Iterable[bytes]:
    return (b"default", b"default*13,fp,memory,compressed,control,atomic,traps,noise", b" a * 2 ,b*1000")


def planted() -> None:
    def wrapper(original: Any) -> Any:
        def rotation(self: Plan) -> tuple[str, ...]:
            name, star, times = self.profile.partition("*")
            if star and times.isdigit() and not times.isdecimal():
                return (name,) * (int(times) if times.isdecimal() else 0)
            found: tuple[str, ...] = original(self)
            return found

        return rotation

    replace(Plan, "rotation", wrapper)


TARGET = Target(
    one_input,
    "plans of campaigns: profile strings and how cases are shared out",
    ("harness.campaign.plan",),
    seeds,
    planted,
    "a superscript counts as a number of turns",
    dictionary=(*words("default fp * , 1 1000 1001 *0"), "²".encode(), "٣".encode()),
    max_bytes=100,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
