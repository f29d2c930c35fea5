"""The `#[test]` functions of a crate: finding them, and running one on the reference interpreter.

Source: The Rust Reference, "Testing attributes".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.mir.instances import Instances
from engines.rustwasm.mir.interpreter import Interpreter, OutOfFuel, run_main

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation
    from engines.rustwasm.typing.definitions import FnDef

SETTING: Final = "test"
"""What `#[cfg(...)]` finds set when the tests of a crate are compiled."""
PANICKED: Final = 101


@dataclass(frozen=True)
class UnitTest:
    """A test.

    Attributes:
        name: its path in the crate, `tests::adds`.
        function: what is called.
        ignored: whether it is skipped unless asked for.
        panics: whether it passes by panicking.
        expected: a part of the panic's message that `#[should_panic(expected = "...")]` wants.
    """

    name: str
    function: FnDef
    ignored: bool = False
    panics: bool = False
    expected: str = ""


@dataclass(frozen=True)
class Outcome:
    """How a test went: why it failed ("" if it passed), and what it wrote."""

    failure: str
    output: bytes
    errors: bytes


def find_tests(compilation: Compilation) -> list[UnitTest]:
    """The tests of a crate compiled with the setting `test`, sorted by name."""
    found: list[UnitTest] = []
    for function in compilation.declarations.functions:
        if any(name == "test" for name, _, _ in _attributes(function)):
            ignored, panics, expected = False, False, ""
            for name, text, _ in _attributes(function):
                ignored |= name == "ignore"
                if name == "should_panic":
                    panics = True
                    part = re.search(r'(?:expected\s*)?=\s*"((?:[^"\\]|\\.)*)"', text)
                    expected = part[1] if part is not None else ""
            found.append(UnitTest(function.path, function, ignored, panics, expected))
    return sorted(found, key=lambda test: test.name)


def _attributes(function: FnDef) -> list[Any]:
    return getattr(function.syntax, "attributes", [])


def select(tests: list[UnitTest], filters: list[str], exact: bool = False) -> list[UnitTest]:
    """The tests whose name has (with `exact`: is) one of `filters`; all where there are none."""
    if not filters:
        return tests
    return [test for test in tests if any(test.name == one if exact else one in test.name for one in filters)]


def run_interpreted(compilation: Compilation, test: UnitTest, fuel: int) -> Outcome:
    """One test on the reference interpreter of MIR."""
    compilation.entry = test.function
    interpreter = Interpreter(compilation, Instances(compilation), fuel=fuel)
    try:
        status, output, errors = run_main(interpreter)
    except OutOfFuel:
        return Outcome(f"took more than {fuel:,} steps", bytes(interpreter.output[1]), bytes(interpreter.output[2]))
    finally:
        compilation.entry = None
    return judge(test, status, output, errors)


def judge(test: UnitTest, status: int, output: bytes, errors: bytes) -> Outcome:
    """Whether a test passed that ended with exit status `status`."""
    errors = errors.replace(b"\nthread 'main' panicked at ", f"\nthread '{test.name}' panicked at ".encode())
    if not test.panics:
        return Outcome("" if status == 0 else _why(status), output, errors)
    if status != PANICKED:
        return Outcome("test did not panic as expected", output, errors)
    if test.expected.encode() not in errors.partition(b"panicked at ")[2]:
        return Outcome(f"panic did not contain expected string {test.expected!r}", output, errors)
    return Outcome("", output, errors)


def _why(status: int) -> str:
    return "panicked" if status == PANICKED else f"ended with exit status {status}"


__all__ = ["Outcome", "UnitTest", "find_tests", "judge", "run_interpreted", "select"]
