"""Sources made to break a compiler end in a diagnostic, soon."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build_bytes
from engines.rustwasm.mir.interpreter import run_program

MAIN = " fn main() {}"
HOSTILE = {
    "parentheses": ("fn main() { let x = " + "(" * 5000 + "1" + ")" * 5000 + "; }", None),
    "blocks": ("fn main() {" + "{" * 5000 + "}" * 5000 + "}", None),
    "references": ("fn f(x: " + "&" * 5000 + "i32) {}" + MAIN, None),
    "operators": ("fn main() { let x = " + "1 + " * 3000 + "1; }", None),
    "literal": ("fn main() { let x = " + "9" * 20_000 + "; }", None),
    "recursive struct": ("struct A { b: B } struct B { a: A }" + MAIN, "E0072"),
    "recursive alias": ("type A = B; type B = A; fn f(x: A) {}" + MAIN, "E0391"),
    "doubling aliases": (
        "type A0 = (u8, u8);"
        + "".join(f"type A{i + 1} = (A{i}, A{i});" for i in range(60))
        + "fn main() { let x: Option<Box<A60>> = None; }",
        None,
    ),
    "doubling alias of a parameter": (
        "type D<T> = (T, T); fn main() { let x: Option<" + "D<" * 60 + "u8" + ">" * 60 + "> = None; }",
        None,
    ),
    "constants in a circle": ("const A: i32 = B; const B: i32 = A;" + MAIN, "E0391"),
    "imports in a circle": ("use a::b; mod a { pub use super::b; }" + MAIN, "E0432"),
    "endless requirement": (
        "trait T {} struct S<X>(X); impl<X> T for S<X> where S<S<X>>: T {} fn f<X: T>(x: X) {} fn main() { f(S(1)); }",
        "E0275",
    ),
    "endless macro": ("macro_rules! m { () => { m!() } } fn main() { m!(); }", None),
    "doubling macro": ("macro_rules! m { ($($x:tt)*) => { m!($($x)* $($x)*) } } fn main() { m!(a); }", None),
    "endless constant": ("const fn f(n: u32) -> u32 { f(n + 1) } const A: u32 = f(0);" + MAIN, "E0080"),
    "nul": ("fn main() { \0 }", None),
    "open text": ('fn main() { "abc', "E0765"),
    "open comment": ("/* /* */" + MAIN, "E0758"),
    "method of an unknown type": ("struct P<T>(T); impl P<T> { fn f(&self) -> T { self.0.clone() } }" + MAIN, "E0425"),
    "nothing": ("", "E0601"),
    "missing module": ("mod a;" + MAIN, "E0583"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_is_refused(name: str) -> None:
    source, code = HOSTILE[name]
    diagnostics = check_source(source).diagnostics
    assert diagnostics.has_errors
    assert diagnostics.render()
    if code is not None:
        assert code in [error.code for error in diagnostics.errors]


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=200))
def test_any_bytes_give_diagnostics(data: bytes) -> None:
    diagnostics = check_source(data.decode("utf-8", "replace")).diagnostics
    assert diagnostics.has_errors
    assert diagnostics.to_json_lines()


def test_what_an_alias_stands_for_is_found_once() -> None:
    chain = "type A0 = u8;" + "".join(f"type A{i + 1} = A{i};" for i in range(5000))
    assert not check_source(chain + "fn main() { let x: A5000 = 3; let y: u8 = x; }").diagnostics.errors


def test_a_method_of_what_never_is_can_be_lowered() -> None:
    compilation = check_source("fn f() -> i32 { (return 1).clone() } fn main() { if f() == 0 { (loop {}).clone(); } }")
    assert not compilation.diagnostics.errors
    assert run_program(compilation) == (0, b"", b"")
    assert build_bytes(compilation, "dev")


ENDLESS = {
    "tuples": "fn f<T>(x: T, n: u8) { if n > 0 { f((x,), n - 1) } } fn main() { f(1, 3); }",
    "pairs": "fn f<T: Copy>(x: T, n: u8) { if n > 0 { f((x, x), n - 1) } } fn main() { f(1, 3); }",
    "closures": "fn f<F: Fn()>(g: F, n: u8) { if n > 0 { f(|| g(), n - 1) } } fn main() { f(|| {}, 3); }",
    "drops": "struct A<T>(Option<Box<A<(T, T)>>>, T); fn main() { let a = A(None, 1); if a.1 > 1 { panic!() } }",
}


@pytest.mark.parametrize(("profile", "lowering"), [("dev", "linear"), ("release", "linear"), ("dev", "gc")])
@pytest.mark.parametrize("name", ENDLESS)
def test_functions_for_ever_larger_types_are_refused(name: str, profile: str, lowering: str) -> None:
    compilation = check_source(ENDLESS[name])
    assert not compilation.diagnostics.errors
    with pytest.raises(ValueError, match=r"^reached the recursion limit while instantiating .*\(at most (256|65536)\)"):
        build_bytes(compilation, profile, lowering=lowering)


HOLDING = {
    "a field": "struct N(<N as T>::I); impl T for N { type I = N; } fn main() { let x: Option<N> = None; drop(x) }",
    "a parameter": "struct M<K: T>(K::I); struct K; impl T for K { type I = M<K>; } fn main() { drop(None::<M<K>>) }",
}


@pytest.mark.parametrize("name", HOLDING)
def test_types_that_hold_themselves_by_way_of_an_associated_type_are_refused(name: str) -> None:
    compilation = check_source("trait T { type I; } " + HOLDING[name])
    assert not compilation.diagnostics.errors
    with pytest.raises(ValueError, match=r"^the type `\w+(<K>)?` has infinite size: it holds itself"):
        build_bytes(compilation, "dev")
    fine = check_source(
        "trait T { type I; } " + HOLDING[name].replace("type I = ", "type I = Box<").replace("; } fn", ">; } fn")
    )
    assert build_bytes(fine, "dev")


def test_long_chains_of_structs_are_looked_at_once() -> None:
    chain = "".join(f"struct S{i}(S{i + 1}, u8);" for i in range(3000))
    assert not check_source(f"{chain} struct S3000(u8); {MAIN}").diagnostics.errors
    errors = check_source(f"{chain} struct S3000(S2990); {MAIN}").diagnostics.errors
    assert [(one.code, one.message) for one in errors] == [
        ("E0072", "recursive types `S2990`, `S2991`, `S2992`, `S2993`, `S2994` and 6 more have infinite size")
    ]


def test_long_chains_of_supertraits_are_looked_at_once() -> None:
    chain = "trait T0 {} struct S; impl T0 for S {}" + "".join(
        f"trait T{i + 1}: T{i} {{}} impl T{i + 1} for S {{}}" for i in range(2000)
    )
    assert not check_source(
        f"{chain} fn f<X: T2000>(x: X) {{ g(x) }} fn g<X: T0>(x: X) {{}} fn main() {{ f(S) }}"
    ).diagnostics.errors
