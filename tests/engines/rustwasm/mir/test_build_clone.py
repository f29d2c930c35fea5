"""Clones of closures; `library/programs/cloned_closures.rs` runs some."""

from __future__ import annotations

import pytest

from engines.rustwasm.compilation import check_source
from engines.rustwasm.mir.instances import Instances
from engines.rustwasm.mir.verifier import program_bodies, verify_program

HEAD = "struct N(i32);\nfn cloned<T: Clone>(_: T) {}\nfn copied<T: Copy>(_: T) {}\n"


@pytest.mark.parametrize(
    ("body", "rejected"),
    [
        ("let c = move || s.len(); cloned(c);", False),
        ("let c = || s.len(); cloned(c); copied(c);", False),
        ("let c = move || s.len(); copied(c);", True),
        ("let c = move || { let m = &n; m.0 }; cloned(c);", True),
        ("let mut k = n.0; let c = || k += 1; cloned(c);", True),
        ("let c = move || { let m = &n; m.0 }; let d = vec![c; 2];", True),
    ],
)
def test_what_is_captured_decides(body: str, rejected: bool) -> None:
    compilation = check_source(f"{HEAD}fn main() {{ let s = String::new(); let n = N(1);\n{body} }}")
    assert [error.code for error in compilation.diagnostics.errors] == ["E0277"] * rejected
    assert {compilation.sources.locate(error.span[0])[1] for error in compilation.diagnostics.errors} <= {5}


def test_the_clone_of_a_closure_is_a_body_like_others() -> None:
    source = "fn main() { let s = String::new(); let k = 1; let c = || { let t = s; t.len() + k }; let d = c.clone(); }"
    compilation = check_source(source)
    instances = Instances(compilation)
    (body,) = [one for one in program_bodies(compilation, instances) if one.name.endswith("}::clone")]
    assert len(body.blocks) == 2  # one call, for the text; the reference is copied
    assert verify_program(compilation) == []
