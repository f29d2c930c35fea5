"""The hierarchy of the machine's exceptions."""

from __future__ import annotations

import ast
import builtins
from pathlib import Path

import pytest

from engines.vm.aot.image import ImageRefusedError
from engines.vm.errors import MachineError
from engines.vm.user.launch import LaunchError

VM = Path(__file__).parents[3] / "engines" / "vm"
_BUILT_IN = {
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
}


def outside_the_hierarchy(source: str) -> list[str]:
    """Classes of exceptions whose bases are built in alone."""
    classes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]
    bases = {node.name: {ast.unparse(base) for base in node.bases} for node in classes}
    return [name for name, found in bases.items() if found & _BUILT_IN and MachineError.__name__ not in found]


@pytest.mark.evidence("VM-26")
def test_every_exception_of_the_machine_is_a_machine_error() -> None:
    found = {
        str(path.relative_to(VM)): names
        for path in sorted(VM.rglob("*.py"))
        if path.name != "errors.py" and (names := outside_the_hierarchy(path.read_text()))
    }
    assert not found, f"derive these from MachineError, too: {found}"


def test_one_outside_is_found() -> None:
    assert outside_the_hierarchy("class LostError(ValueError): ...\nclass Other(Base): ...") == ["LostError"]
    assert not outside_the_hierarchy("class KnownError(MachineError, ValueError): ...")


@pytest.mark.parametrize(("kind", "also"), [(LaunchError, Exception), (ImageRefusedError, ValueError)])
def test_whoever_catches_the_base_catches_it(kind: type[MachineError], also: type[Exception]) -> None:
    assert issubclass(kind, MachineError)
    assert issubclass(kind, also)
