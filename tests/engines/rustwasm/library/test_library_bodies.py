"""Every function of the library is well typed, also those that no program of the tests reaches."""

from __future__ import annotations

from engines.rustwasm.compilation import library, quiet_runtime


def test_all_bodies_are_well_typed() -> None:
    core = library()
    with quiet_runtime():
        functions = [f for f in core.declarations.functions if f.syntax.body is not None]
        for function in functions:
            core.body_of(function)
    assert len(functions) > 3_000
    assert not core.diagnostics.has_errors, core.diagnostics.render()
