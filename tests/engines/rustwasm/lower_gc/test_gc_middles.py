"""References to the middle of an array lead to the array: `[first, rest @ ..] = &mut array`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.rustwasm.compilation import Compilation, check_source
from engines.rustwasm.driver import build_bytes
from engines.rustwasm.lower_gc.views import ViewError
from engines.rustwasm.mir.interpreter import run_program
from tests.wasi_command import started

PROGRAMS: Final = Path(__file__).parent / "middles"
"""With what rustc's builds of them print."""


def checked(source: str) -> Compilation:
    compilation = check_source(source)
    assert not compilation.diagnostics.has_errors, compilation.diagnostics.render()
    return compilation


@pytest.mark.parametrize("name", ["written", "passed", "moved"])
@pytest.mark.parametrize("build", ["interpreter", "linear dev", "gc dev", "gc release"])
def test_middles_are_what_rustc_makes_of_them(name: str, build: str, tmp_path: Path) -> None:
    compilation = checked((PROGRAMS / f"{name}.rs").read_text())
    if build == "interpreter":
        found = run_program(compilation)[1]
    else:
        lowering, profile = build.split()
        status, found, errors = started(build_bytes(compilation, profile, lowering=lowering), tmp_path)
        assert (status, errors) == (0, b"")
    assert found == (PROGRAMS / f"{name}.out").read_bytes()


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("let h = (rest, 1); h.0[0] = 2;", "is stored"),
        ("let mut f = || rest[0] = 5; f();", "is stored"),
        ("let mut again = rest; let r = &mut again; r[0] = 1;", "is borrowed itself"),
        ("same(rest)[0] = 1;", "becomes the result or a parameter"),
    ],
)
def test_what_must_be_a_whole_array_is_refused(body: str, what: str) -> None:
    """Better than a copy whose writes are lost."""
    source = f"""fn same(x: &mut [i32; 2]) -> &mut [i32; 2] {{ x }}
    fn main() {{ let mut a = [1, 2, 3]; let [_, rest @ ..] = &mut a; {body} println!("{{a:?}}"); }}"""
    with pytest.raises(ViewError, match=rf"GC021.*main.rs:\d+:\d+: .*{what}"):
        build_bytes(checked(source), lowering="gc")


@settings(deadline=None, max_examples=12)
@given(before=st.integers(0, 2), count=st.integers(1, 4), after=st.integers(0, 2), data=st.data())
def test_writes_to_a_middle_are_writes_to_the_array(
    before: int, count: int, after: int, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Any pattern of elements and a middle, any writes to both in turn, against lists."""
    names = [f"b{i}" for i in range(before)] + ["rest"] + [f"a{i}" for i in range(after)]
    pattern = ", ".join("rest @ .." if name == "rest" else name for name in names)
    whole = list(range(1, before + count + after + 1))
    lines = []
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        value = data.draw(st.integers(-99, 99))
        middle = at - before
        if 0 <= middle < count:
            target = data.draw(st.sampled_from([f"rest[{middle}]", f"rest.iter_mut().nth({middle}).unwrap()", "all"]))
            if target == "all":
                whole[before : before + count] = [one + value for one in whole[before : before + count]]
                lines.append(f"for one in &mut *rest {{ *one += {value}; }}")
                continue
            lines.append(f"{target if target.startswith('rest[') else '*' + target} = {value};")
        else:
            name = names[at] if at < before else names[at - count + 1]
            lines.append(f"*{name} = {value};")
        whole[at] = value
    values = ", ".join(map(str, range(1, len(whole) + 1)))
    source = f"""fn main() {{ let mut whole: [i32; {len(whole)}] = [{values}];
        {{ let [{pattern}] = &mut whole; {" ".join(lines)} }} println!("{{whole:?}}"); }}"""
    compilation = checked(source)
    said = f"{whole}\n".encode()
    assert run_program(compilation)[1] == said, source
    module = build_bytes(compilation, lowering="gc")
    assert started(module, tmp_path_factory.mktemp("run")) == (0, said, b""), source
