"""Records: constructors, defaults, comparison and freezing as those of dataclasses, without importing them."""

from __future__ import annotations

import pickle
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.vm.record import NamedTuple, made, record, replace, values


@record()
class Point:
    kind: ClassVar[str] = "point"
    x: int
    y: int = 2
    seen: list[int] = made(default_factory=list)


@record(frozen=True)
class Fixed:
    name: str
    size: int = 0


@record(eq=False)
class Alone:
    x: int = 0


@record()
class Counted(Point):
    z: int = 7

    def __post_init__(self) -> None:
        self.z += 1


@given(st.integers(), st.integers())
def test_records_are_their_fields(x: int, y: int) -> None:
    point = Point(x, y=y)
    assert values(point) == {"x": x, "y": y, "seen": []}
    assert point == Point(x, y)
    assert point != Point(x, y + 1)
    assert repr(point) == f"Point(x={x}, y={y}, seen=[])"
    assert replace(point, x=x + 1) == Point(x + 1, y)


def test_defaults_are_made_for_each() -> None:
    first, second = Point(1), Point(1)
    first.seen.append(3)
    assert second.seen == []
    assert (second.y, Point.y) == (2, 2)
    assert not hasattr(Point, "seen")


def test_frozen_records_stay_and_can_be_hashed() -> None:
    fixed = Fixed("a", 3)
    with pytest.raises(AttributeError, match=r"Fixed\.size cannot be changed"):
        fixed.size = 4  # type: ignore[misc]
    with pytest.raises(AttributeError, match=r"Fixed\.name cannot be changed"):
        del fixed.name
    assert len({fixed, Fixed("a", 3), Fixed("a", 4)}) == 2
    with pytest.raises(TypeError, match=r"unhashable"):
        hash(Point(1))


def test_a_subclass_has_all_fields_and_its_own_comparison() -> None:
    one = Counted(1, z=4)
    assert values(one) == {"x": 1, "y": 2, "seen": [], "z": 5}
    assert one == Counted(1, z=4)
    assert one != Point(1)
    assert Alone() != Alone()
    assert len({Alone(), Alone()}) == 2


@pytest.mark.parametrize(
    ("given_values", "named", "message"),
    [
        ((), {}, "x is missing"),
        ((1, 2, [], 4), {}, "Point has 3 fields, 4 values were given"),
        ((1,), {"x": 2}, "x is given twice"),
        ((1,), {"w": 2}, "Point has no field w; it has x, y, seen"),
    ],
)
def test_wrong_values_are_named(given_values: tuple[Any, ...], named: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        Point(*given_values, **named)


class Pair(NamedTuple):
    """Two."""

    first: int
    second: str = "b"

    @property
    def both(self) -> str:
        return f"{self.first}{self.second}"


def test_named_tuples_are_tuples() -> None:
    pair = Pair(1)
    first, second = pair
    assert (first, second, pair.both, pair.first) == (1, "b", "1b", 1)
    assert repr(Pair(1, second="x")) == "Pair(first=1, second='x')"
    assert pair == (1, "b") == pickle.loads(pickle.dumps(pair))
    assert (Pair.__doc__, Pair._fields, pair._replace(first=3).first) == ("Two.", ("first", "second"), 3)
    assert not hasattr(pair, "__dict__")
    with pytest.raises(TypeError, match="first"):
        Pair()  # type: ignore[call-arg]
