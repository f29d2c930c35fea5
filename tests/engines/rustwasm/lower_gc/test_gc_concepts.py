"""One small program per concept of the representation: objects, cells, options, tables, drops."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
import wasmtime
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build
from engines.rustwasm.mir.interpreter import run_program
from engines.rustwasm.wasm.binary.encoder import encode
from engines.rustwasm.wasm.validate import validate
from tests.wasi_command import started
from tests.wasm_function import exported

CONCEPTS: Final = {
    "copies are other objects": """
        #[derive(Clone, Copy)] struct P { x: i32, inner: (i32, [u8; 2]) }
        fn main() { let mut a = P { x: 1, inner: (2, [3, 4]) }; let b = a; a.inner.1[0] = 9; a.x = 7;
            println!("{} {} {}", b.x, b.inner.1[0], a.inner.1[0]); }""",
    "a write through a reference is seen": """
        struct P { x: i64, name: String }
        fn set(p: &mut P) { *p = P { x: 5, name: String::from("new") }; p.x += 1; }
        fn main() { let mut p = P { x: 1, name: String::new() }; set(&mut p); println!("{} {}", p.x, p.name); }""",
    "replace and swap keep what they take out": """
        struct P { a: [i32; 3] }
        fn main() { let mut p = P { a: [1, 2, 3] }; let old = std::mem::replace(&mut p, P { a: [4, 5, 6] });
                p.a[0] = 9;
            let mut q = old; std::mem::swap(&mut p, &mut q); println!("{:?} {:?}", p.a, q.a); }""",
    "replace of numbers, references and options in every kind of place": """
        use std::mem::replace;
        struct S<'a> { n: i64, r: &'a i32, o: Option<&'a i32>, a: [u8; 3], v: Vec<char> }
        fn all(s: &mut S, m: i64, i: usize) -> (i64, i64, u8, char) {
            let first = replace(&mut s.n, m); let same = s.n; let n = replace(&mut s.n, same * 2);
            let more = s.a[0] + 1; let b = replace(&mut s.a[i], more); let c = replace(&mut s.v[i - 1], 'z');
            (first, n, b, c) }
        fn main() { let (x, y) = (1, 2); let mut k = 5u16;
            let mut s = S { n: 3, r: &x, o: None, a: [4, 5, 6], v: vec!['p', 'q'] };
            let old = replace(&mut k, 9); let r = replace(&mut s.r, &y); let o = replace(&mut s.o, Some(&x));
            let mut pair = (1.5, [Some(2), None]); let f = replace(&mut pair.0, -0.5);
            let e = replace(&mut pair.1[1], Some(7));
            println!("{:?} {} {} {:?} {} {}", all(&mut s, 8, 2), old, r, o, k, s.r);
            println!("{} {:?} {:?} {:?} {} {:?}", s.n, s.a, s.v, s.o, f, (pair, e)); }""",
    "moving out of a box that is filled again": """
        struct P { x: i32 }
        fn main() { let mut b = Box::new(P { x: 1 }); let old = *b; *b = P { x: 2 }; println!("{}
                {}", old.x, b.x); }""",
    "cells for fields, elements, locals and parts of options": """
        struct S { n: u8, o: Option<Box<i32>> }
        fn bump(x: &mut u8) { *x += 1; }
        fn main() { let mut s = S { n: 1, o: Some(Box::new(3)) }; bump(&mut s.n); let mut a = [250u8, 1];
                bump(&mut a[1]);
            let mut l = 4; { let r = &mut l; *r += 1; bump(r); } if let Some(b) = &mut s.o { **b += 4; }
            let mut v = vec![-1i8, 2]; for x in v.iter_mut() { *x -= 1; }
                if let Some(o) = s.o.as_mut() { *o = Box::new(**o + 1); }
            println!("{} {:?} {} {:?} {:?}", s.n, a, l, s.o, v); }""",
    "cells that change behind shared references": """
        use std::cell::{Cell, RefCell};
        fn main() { let c = Cell::new(1); let r = &c; r.set(r.get() + 1); let o = RefCell::new(None::<Box<u64>>);
            *o.borrow_mut() = Some(Box::new(8)); println!("{} {:?}
                {}", c.get(), o.borrow(), o.try_borrow_mut().is_ok()); }""",
    "trait objects of numbers, structs and nothing": """
        trait T { fn v(&self) -> i32; fn up(&mut self) {} }
        impl T for i32 { fn v(&self) -> i32 { *self } fn up(&mut self) { *self += 1; } }
        struct E; impl T for E { fn v(&self) -> i32 { 7 } }
        struct W { a: i32, b: i32 } impl T for W { fn v(&self) -> i32 { self.a * self.b }
                fn up(&mut self) { self.a += 1; } }
        fn main() { let mut all: Vec<Box<dyn T>> = vec![Box::new(1i32), Box::new(E), Box::new(W { a: 2, b: 3 })];
            for one in all.iter_mut() { one.up(); }
            let mut n: i32 = 5; { let d: &mut dyn T = &mut n; d.up(); } println!("{:?}
                {}", all.iter().map(|t| t.v()).collect::<Vec<_>>(), n); }""",
    "closures by reference, by value, boxed and as pointers": """
        fn twice(mut f: impl FnMut()) { f(); f(); }
        fn main() { let mut n = 1; twice(|| n *= 3); let s = String::from("x");
                let g: Box<dyn FnOnce(i32) -> String> = Box::new(move |k| format!("{}{}", s, k));
            let h: fn(i32) -> i32 = |x| x + 1; let k = 10; let add = |x: i32| x + k;
            println!("{} {} {} {}", n, g(4), h(1), [1, 2].map(add).iter().sum::<i32>()); }""",
    "enums that share slots": """
        #[derive(Clone, Debug, PartialEq)] enum E { A, B(i64, String), C { v: Vec<u8>, w: f32 }, D(Box<E>) }
        fn main() { let mut e = E::D(Box::new(E::B(3, "s".to_string()))); let f = e.clone();
                if let E::D(inner) = &mut e { **inner = E::C { v: vec![1], w: 0.5 }; }
            let same = e == f; let old = std::mem::replace(&mut e, E::A); println!("{:?} {:?} {}
                {:?}", e, f, same, old); }""",
    "drops that can be seen": """
        trait T {} struct D(&'static str); impl T for D {}
        impl Drop for D { fn drop(&mut self) { println!("drop {}", self.0); } }
        fn make() -> Box<dyn T> { Box::new(D("dyn")) }
        fn main() { let v = vec![D("a"), D("b")]; let o = Some(D("c")); if v.len() > 1 { drop(o); } let _d = make();
            let [x, _y] = [D("e"), D("f")]; drop(x); }""",
    "counts": """
        use std::rc::{Rc, Weak}; use std::cell::RefCell;
        struct N { up: RefCell<Weak<N>>, v: i32 }
        fn main() { let a = Rc::new(N { up: RefCell::new(Weak::new()), v: 1 });
                let b = Rc::new(N { up: RefCell::new(Rc::downgrade(&a)), v: 2 });
            println!("{} {}", Rc::strong_count(&a), Rc::weak_count(&a)); { let c = a.clone(); println!("{}
                {}", Rc::strong_count(&c), Rc::ptr_eq(&a, &c)); }
            println!("{:?} {}", b.up.borrow().upgrade().map(|n| n.v), b.v); drop(a);
                println!("{}", b.up.borrow().upgrade().is_none()); }""",
    "wide numbers": """
        fn main() { let a: u128 = 1 << 100; let b = a / 7 + 3; let c = b as f64; let d: i128 = -(b as i128);
                println!("{} {} {} {}", b, c, d % 1000, [a, b].len()); }""",
    "patterns of slices": """
        fn main() { let a = [1, 2, 3, 4]; if let [first, rest @ .., last] = a { println!("{} {:?}
                {}", first, rest, last); }
            let mut v = vec![5, 6, 7]; if let [_, tail @ ..] = &mut v[..] { tail[0] = 0; } println!("{:?}
                {:?}", v, &v[1..2]); }""",
    "statics and text": """
        static NAMES: [&str; 2] = ["eins", "zwei"]; static N: i32 = 4; const B: &[u8; 3] = b"xyz";
        fn main() { println!("{} {} {:?} {}", NAMES[1], N, B, &NAMES[0][1..3]); }""",
}  # fmt: skip


def run(module: bytes) -> int:
    """The result of the exported `f`."""
    return exported(module)()


def output(source: str, profile: str, tmp_path: Path) -> str:
    module = build(check_source(source), profile, "gc")
    validate(module)
    status, printed, errors = started(encode(module), tmp_path)
    assert (status, errors) == (0, b"")
    return printed.decode()


@pytest.mark.evidence("WR-03", "P11")
@pytest.mark.parametrize("profile", ["dev", "release"])
@pytest.mark.parametrize("name", CONCEPTS)
def test_does_what_the_interpreter_does(name: str, profile: str, tmp_path: Path) -> None:
    compilation = check_source(CONCEPTS[name])
    assert not compilation.diagnostics.has_errors, compilation.diagnostics.render()
    status, expected, errors = run_program(compilation)
    assert (status, errors) == (0, b"")
    assert expected
    assert output(CONCEPTS[name], profile, tmp_path) == expected.decode()


@settings(deadline=None, max_examples=5)
@given(st.lists(st.integers(-100, 100), min_size=1, max_size=6), st.integers(0, 5))
def test_sorting_and_taking_out_keep_every_element(values: list[int], at: int) -> None:
    text = ", ".join(f"({one}, {index})" for index, one in enumerate(values))
    source = f"""
        #[no_mangle] pub fn f() -> i64 {{
            let mut v: Vec<(i32, usize)> = vec![{text}]; v.sort(); let taken = v.remove({at % len(values)});
                v.insert(0, taken);
            let mut sum = 0i64;
                for (i, one) in v.iter().enumerate() {{ let one = (one.0 as i64 + 200) * (one.1 as i64 + i as i64);
                sum = (sum * 7 + one) % 1000003; }} sum
        }}
        fn main() {{}}"""
    order = sorted((one, index) for index, one in enumerate(values))
    order.insert(0, order.pop(at % len(values)))
    expected = 0
    for i, (one, index) in enumerate(order):
        expected = (expected * 7 + (one + 200) * (index + i)) % 1000003
    assert run(encode(build(check_source(source), "freestanding", "gc"))) == expected


SIEVE: Final = """
#[no_mangle]
pub fn sieve(n: usize) -> usize {
    let mut composite = vec![false; n + 1];
    let mut count = 0;
    let mut i = 2;
    while i <= n {
        if !composite[i] {
            count += 1;
            let mut j = i * i;
            while j <= n { composite[j] = true; j += i; }
        }
        i += 1;
    }
    count
}
fn main() {}
"""


def test_sieve_fits_174_bytes() -> None:
    module = build(check_source(SIEVE), "freestanding", "gc")
    module.names = type(module.names)()
    content = encode(module)
    assert len(content) <= 174
    store = wasmtime.Store()
    sieve = wasmtime.Instance(store, wasmtime.Module(store.engine, content), []).exports(store)["sieve"]
    assert isinstance(sieve, wasmtime.Func)
    assert sieve(store, 1000) == 168
