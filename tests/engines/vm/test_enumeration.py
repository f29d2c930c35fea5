"""Quick enumerations answer as the standard ones do, which type checkers take them for."""

from __future__ import annotations

import copy
import enum
import pickle
from typing import Any

import pytest

from engines.vm import enumeration
from engines.vm.guests.riscv64.traps import ExceptionCause


class Colour(enumeration.IntEnum):
    """Three, one of them with two names."""

    RED = 1
    GREEN = 2
    BLUE = GREEN + 2
    AZURE = 4

    @property
    def doubled(self) -> int:
        return 2 * self.value


class Word(enumeration.StrEnum):
    YES = "yes"
    NO = "no"


class StandardColour(enum.IntEnum):
    RED = 1
    GREEN = 2
    BLUE = GREEN + 2
    AZURE = 4


class StandardWord(enum.StrEnum):
    YES = "yes"
    NO = "no"


BOTH = [(Colour, StandardColour), (Word, StandardWord)]


def text(value: object) -> str:
    return repr(value).replace("Standard", "")


@pytest.mark.parametrize(("ours", "standard"), BOTH)
def test_members_answer_the_same(ours: Any, standard: Any) -> None:
    assert len(ours) == len(standard)
    assert list(ours.__members__) == list(standard.__members__)
    for mine, theirs in zip(ours, standard, strict=True):
        assert (mine.name, mine.value, str(mine), f"{mine}", f"{mine:>5}", hash(mine)) == (
            theirs.name, theirs.value, str(theirs), f"{theirs}", f"{theirs:>5}", hash(theirs)
        )  # fmt: skip
        assert text(mine) == text(theirs)
        assert mine == theirs == mine.value
        assert isinstance(mine, ours)
        assert ours(mine.value) is ours(mine) is ours[mine.name] is getattr(ours, mine.name) is mine
        assert mine in ours and mine.value in ours._value2member_map_
        assert pickle.loads(pickle.dumps(mine)) is copy.copy(mine) is copy.deepcopy(mine) is mine
    assert [m.name for m in reversed(ours)] == [m.name for m in reversed(standard)]


@pytest.mark.parametrize(("ours", "standard"), BOTH)
@pytest.mark.parametrize("wrong", [7, "maybe", None, [1]])
def test_what_is_no_member_is_refused_alike(ours: Any, standard: Any, wrong: object) -> None:
    with pytest.raises(ValueError) as theirs:
        standard(wrong)
    with pytest.raises(ValueError) as mine:
        ours(wrong)
    assert str(mine.value) == str(theirs.value).replace("Standard", "")
    with pytest.raises(KeyError):
        ours["MAYBE"]


def test_classes_have_methods_and_other_names() -> None:
    assert Colour["BLUE"] is Colour["AZURE"]
    assert Colour.BLUE.doubled == 8
    assert Colour.__doc__ == "Three, one of them with two names."


def test_those_that_a_start_imports_are_quick() -> None:
    assert not issubclass(ExceptionCause, enum.Enum)
    match ExceptionCause(8):
        case ExceptionCause.ENVIRONMENT_CALL_FROM_U:
            return
    pytest.fail("a member does not match itself")
