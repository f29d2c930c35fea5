"""The interpreter with a bug in it: writing only what the changed rows are in comes to the same as writing all."""

from __future__ import annotations

import os

import pytest

from fuzz.sabotage import BUGS
from fuzz.sabotage.relinked import RelinkedInterpreter


@pytest.fixture(scope="module")
def relinked() -> RelinkedInterpreter:
    return RelinkedInterpreter()


@pytest.mark.parametrize(
    "name",
    [
        "addw-zero-extended",  # by hand; the row is in pairs of instructions too
        "fmin-d-0-fmin-as-fmax",  # derived from a step
        "encoding-c-sd-uimm-sign",  # a compressed row
        "encoding-fmv-x-d-bit-5-ignored",  # the decoder alone
    ],
)
def test_only_the_changed_rows_are_written_again(relinked: RelinkedInterpreter, name: str) -> None:
    child = os.fork()
    if not child:
        status = 1
        try:
            BUGS[name].inject()
            some, everything = relinked.changed(only_rows=True), relinked.changed()
            status = 0 if BUGS[name].only_rows and everything and some == everything else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_without_a_bug_nothing_has_changed(relinked: RelinkedInterpreter) -> None:
    assert relinked.changed() == relinked.changed(only_rows=True) == {}
