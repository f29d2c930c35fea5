"""Small programs, one feature each: what the reference interpreter prints is what rustc's build prints."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from engines.rustwasm.compilation import check_source
from engines.rustwasm.mir.interpreter import run_program

QUANTIFIED = """
use std::ops::Add;
use std::fmt::Debug;
fn first<F: for<'a> Fn(&'a str) -> &'a str>(f: F, s: &str) -> String { f(s).to_string() }
fn second<F>(f: F) -> usize where F: for<'a> Fn(&'a str, &'a str) -> &'a str { f("ab", "c").len() }
fn third<T>(x: T, y: T) -> T where for<'a> &'a T: Add<&'a T, Output = T> { &x + &y }
fn fourth(f: for<'a> fn(&'a str) -> &'a str) -> &'static str { f("xyz") }
fn fifth(f: &dyn for<'a> Fn(&'a [i32]) -> &'a i32) -> i32 { let v = vec![4, 5]; *f(&v) }
fn sixth(f: impl for<'a> Fn(&'a mut Vec<i32>) -> Option<&'a mut i32>) -> i32 {
    let mut v = vec![7];
    *f(&mut v).unwrap() += 1;
    v[0]
}
trait Visit<'a> { fn visit(&self, x: &'a str) -> &'a str; }
struct Trim;
impl<'a> Visit<'a> for Trim { fn visit(&self, x: &'a str) -> &'a str { x.trim() } }
fn seventh<V: for<'a> Visit<'a>>(v: V) -> usize { let s = String::from(" a "); v.visit(&s).len() }
struct Holder { f: Box<dyn for<'a> Fn(&'a str) -> &'a str>, g: for<'a, 'b> fn(&'a str, &'b str) -> &'a str }
fn trim(s: &str) -> &str { s.trim() }
fn left<'a, 'b>(a: &'a str, _: &'b str) -> &'a str { a }
fn show<T>(x: T) where for<'x> &'x T: Debug { println!("{:?}", &x); }
fn main() {
    println!("{} {}", first(|s| &s[1..], "hello"), second(|a, _| a));
    println!("{} {}", third(3, 4), fourth(trim));
    println!("{} {}", fifth(&|v| &v[1]), sixth(|v| v.first_mut()));
    let h = Holder { f: Box::new(|s| s.trim()), g: left };
    println!("{} {} {}", seventh(Trim), (h.f)(" b "), (h.g)("l", "r"));
    show(vec![1]);
}
"""
PROGRAMS = {
    "constants of generic impls": (
        "trait H { const N: usize; const K: usize = 1 + 2; } impl H for u8 { const N: usize = 5; }\n"
        "struct S<T>(T); impl<T: H> S<T> { const L: usize = T::N + T::K; const M: usize = Self::L * 2; }\n"
        "struct A<const N: usize>; impl<const N: usize> A<N> { const D: usize = N * 2; const E: bool = N > 3; }\n"
        "fn k(x: usize) -> u8 { match x { A::<4>::D => 1, A::<5>::D => 2, _ => 3 } }\n"
        'fn main() { let x = [0; A::<4>::D]; println!("{} {} {} {} {}", S::<u8>::L, S::<u8>::M, A::<4>::D, A::<1>::E, '
        'x.len()); println!("{} {} {}", k(8), k(10), k(9)); }',
        "8 16 8 false 8\n1 2 3\n",
    ),
    "lifetimes of `for`": (QUANTIFIED, "ello 2\n7 xyz\n5 8\n1 b l\n[1]\n"),
    "rules of a macro that do not match": (
        "macro_rules! m { ($x:expr) => { $x }; ($x:expr => $y:expr) => { $x + $y }; (let $n:ident) => { 3 }; }\n"
        'fn main() { println!("{} {} {}", m!(1), m!(1 => 2), m!(let x)); m!(4); m!(5); }',
        "1 3 3\n",
    ),
    "what a condition leaves out": (
        "struct S { #[cfg(any())] a: Nope, b: i32 } enum E { #[cfg(any())] A(Nope), B, #[cfg(all())] C }\n"
        "fn f(#[cfg(any())] x: Nope, y: i32) -> i32 { #![allow(unused)] #[cfg(any())] { y } #[cfg(all())] { y + 1 } }\n"
        "fn name(e: E) -> &'static str { match e { #[cfg(any())] E::A(_) => nope(), E::B => \"b\", E::C => \"c\" } }\n"
        "fn main() { #[cfg(any())] let x = nope(); let s = S { b: 2 }; #[cfg(any())] println!(\"no\");\n"
        '#[allow(unused)] let y = 1; println!("{} {} {}{}", s.b, f(4), name(E::B), name(E::C)); }',
        "2 5 bc\n",
    ),
    "constants as arguments": (
        "const K: usize = 3; struct S<T, const N: usize>([T; N]); struct P;\n"
        "fn h<const M: usize>() -> usize { M } impl P { fn q<const M: usize>(&self) -> usize { M + 1 } }\n"
        "fn g(x: S<u8, K>) -> usize { x.0.len() }\n"
        'fn main() { println!("{} {} {}", h::<K>(), P.q::<K>(), g(S([1, 2, 3]))); }',
        "3 4 3\n",
    ),
    "leaving a loop from its condition": (
        "fn main() { let mut n = 0; 'x: while { n += 1; if n > 4 { break 'x; } if n == 2 { continue 'x; } n < 10 } "
        "{ print!(\"{n} \"); } let v = vec![1]; 'y: while v[0] == 1 { let s = String::from(\"a\"); "
        "while { if s.len() == 1 { break 'y } true } {} } println!(\"{n}\"); }",
        "1 3 4 5\n",
    ),
    "structs": (
        "#[derive(Debug, Clone, Copy, PartialEq)] struct P { x: i32, y: i32 }\n"
        "impl P { const ZERO: P = P { x: 0, y: 0 }; fn add(self, o: P) -> P { P { x: self.x + o.x, ..o } } }\n"
        'fn main() { let p = P { x: 1, y: 2 }; println!("{:?} {}", p.add(p), p == P::ZERO); }',
        "P { x: 2, y: 2 } false\n",
    ),
    "matches": (
        "enum E { A(i32), B { s: String }, C }\n"
        "fn show(e: &E) -> String { match e { E::A(n @ 1..=9) => format!(\"few {n}\"), E::A(n) if n % 2 == 0 => "
        'String::from("even"), E::A(_) => "odd".to_string(), E::B { s } => s.clone(), E::C => "c".into() } }\n'
        "fn main() { for e in [E::A(3), E::A(10), E::A(11), E::B { s: \"s\".into() }, E::C] "
        '{ println!("{}", show(&e)); } }',
        "few 3\neven\nodd\ns\nc\n",
    ),
    "slices": (
        "fn sum(v: &[i32]) -> i32 { match v { [] => 0, [x] => *x, [first, .., last] => first + last } }\n"
        'fn main() { let v = vec![1, 2, 3]; println!("{} {} {}", sum(&v), sum(&v[1..2]), sum(&[])); }',
        "4 2 0\n",
    ),
    "traits": (
        "trait Animal { fn name(&self) -> String; fn hello(&self) -> String { format!(\"I am {}\", self.name()) } }\n"
        "struct Cat; struct Dog(u8);\n"
        'impl Animal for Cat { fn name(&self) -> String { "cat".into() } }\n'
        'impl Animal for Dog { fn name(&self) -> String { format!("dog {}", self.0) } '
        'fn hello(&self) -> String { "woof".into() } }\n'
        "fn main() { let all: Vec<Box<dyn Animal>> = vec![Box::new(Cat), Box::new(Dog(3))]; "
        'for a in all.iter() { println!("{} {}", a.hello(), a.name()); } }',
        "I am cat cat\nwoof dog 3\n",
    ),
    "generics": (
        "use std::collections::HashMap; use std::fmt::Display;\n"
        "fn join<T: Display, I: IntoIterator<Item = T>>(it: I) -> String "
        "{ it.into_iter().map(|x| x.to_string()).collect::<Vec<_>>().join(\"-\") }\n"
        "struct Stack<T> { items: Vec<T> } impl<T: Clone> Stack<T> { fn new() -> Self { Stack { items: Vec::new() } } "
        "fn push(&mut self, t: T) -> &mut Self { self.items.push(t); self } fn top(&self) -> Option<&T> "
        "{ self.items.last() } }\n"
        "fn main() { let mut s = Stack::new(); s.push(1u8).push(2); let mut m = HashMap::new(); "
        '*m.entry("k").or_insert(0) += 5; println!("{} {:?} {:?}", join(1..4), s.top(), m.get("k")); }',
        "1-2-3 Some(2) Some(5)\n",
    ),
    "closures": (
        "fn make(n: i32) -> impl Fn(i32) -> i32 { move |x| x + n }\n"
        "fn boxed(k: i32) -> Box<dyn FnMut() -> i32> { let mut c = 0; Box::new(move || { c += k; c }) }\n"
        "fn twice<F: FnOnce() -> String>(f: F) -> String { f() }\n"
        "fn main() { let f = make(2); let mut g = boxed(3); let s = String::from(\"moved\"); "
        'println!("{} {} {} {}", f(1), g(), g(), twice(move || s)); let p: fn(i32) -> i32 = |x| x * 2; '
        'println!("{}", p(4)); }',
        "3 3 6 moved\n8\n",
    ),
    "drops": (
        "struct D(&'static str); impl Drop for D { fn drop(&mut self) { println!(\"drop {}\", self.0); } }\n"
        'fn main() { let _a = D("a"); let b = D("b"); { let _c = D("c"); } let v = vec![D("v1"), D("v2")]; drop(b); '
        'let (x, _) = (D("x"), D("y")); let _ = D("temporary"); println!("end"); drop(v); let _z = x; }',
        "drop c\ndrop b\ndrop y\ndrop temporary\nend\ndrop v1\ndrop v2\ndrop x\ndrop a\n",
    ),
    "errors": (
        "#[derive(Debug)] enum Error { Parse(std::num::ParseIntError), Negative(i64) }\n"
        "impl From<std::num::ParseIntError> for Error { fn from(e: std::num::ParseIntError) -> Self "
        "{ Error::Parse(e) } }\n"
        "fn read(s: &str) -> Result<i64, Error> { let n: i64 = s.trim().parse()?; "
        "if n < 0 { return Err(Error::Negative(n)); } Ok(n) }\n"
        'fn main() { for s in [" 7", "-1", "x"] { match read(s) { Ok(n) => println!("{n}"), '
        'Err(e) => println!("{:?}", e) } } }',
        "7\nNegative(-1)\nParse(ParseIntError { kind: InvalidDigit })\n",
    ),
    "numbers": (
        "fn main() { let a: u8 = 250; println!(\"{} {:?} {} {}\", a.wrapping_add(10), a.checked_add(10), "
        "a.saturating_add(10), -7i32 >> 1); println!(\"{} {} {}\", -7 / 2, -7 % 2, (-7i32).rem_euclid(2)); "
        'println!("{} {} {}", 300i32 as u8, -1i32 as u32, 3.99f64 as i32); '
        'println!("{:5}|{:<5}|{:^5}|{:>5}|{:05}|{:+}|{:#x}|{:#b}|{:.2}|{:e}", 42, 42, 42, 42, -42, 42, 255, 5, '
        "3.14159, "
        "1500.0); }",
        "4 None 255 -4\n-3 -1 1\n44 4294967295 3\n   42|42   | 42  |   42|-0042|+42|0xff|0b101|3.14|1.5e3\n",
    ),
    "iterators": (
        "fn main() { let v: Vec<i32> = (1..=10).filter(|x| x % 2 == 1).map(|x| x * x).collect(); "
        'println!("{:?} {} {:?}", v, v.iter().sum::<i32>(), v.iter().rev().take(2).collect::<Vec<_>>()); '
        "let (a, b): (Vec<i32>, Vec<i32>) = v.iter().partition(|x| **x > 20); "
        'println!("{a:?} {b:?} {:?}", v.iter().zip("abc".chars()).last()); '
        'println!("{:?}", v.windows(2).map(|w| w[1] - w[0]).max()); }',
        "[1, 9, 25, 49, 81] 165 [81, 49]\n[25, 49, 81] [1, 9] Some((25, 'c'))\nSome(32)\n",
    ),
    "loops": (
        "fn main() { let mut n = 0; let found = 'outer: loop { for i in 0.. { if i * i > 50 { break 'outer i; } "
        "if i % 2 == 0 { continue; } n += i; } }; let mut k = 3u32; while let Some(x) = k.checked_sub(1) { k = x; } "
        'let b = \'b: { if n > 5 { break \'b "big"; } "small" }; println!("{found} {n} {k} {b}"); }',
        "8 16 0 big\n",
    ),
    "shared": (
        "use std::cell::RefCell; use std::rc::{Rc, Weak};\n"
        "struct Node { value: i32, parent: RefCell<Weak<Node>>, children: RefCell<Vec<Rc<Node>>> }\n"
        "fn main() { let leaf = Rc::new(Node { value: 3, parent: RefCell::new(Weak::new()), children: "
        "RefCell::new(vec![]) }); let root = Rc::new(Node { value: 5, parent: RefCell::new(Weak::new()), children: "
        "RefCell::new(vec![Rc::clone(&leaf)]) }); *leaf.parent.borrow_mut() = Rc::downgrade(&root); "
        'println!("{} {} {} {}", leaf.parent.borrow().upgrade().map(|p| p.value).unwrap_or(0), '
        "Rc::strong_count(&leaf), "
        "Rc::weak_count(&root), root.children.borrow().len()); }",
        "5 2 1 1\n",
    ),
    "modules": (
        "mod a { pub mod b { pub fn f() -> i32 { super::g() + 1 } } fn g() -> i32 { 41 } pub use self::b::f as h; }\n"
        "use a::h; static GREETING: &str = \"hi\"; const N: usize = 2 + 1;\n"
        'fn main() { let t = [a::b::f(); N]; println!("{} {:?} {}", h(), t, GREETING); }',
        "42 [42, 42, 42] hi\n",
    ),
    "literals behind trait objects": (
        "trait T { fn twice(&mut self) -> String; } impl T for i32 { fn twice(&mut self) -> String "
        "{ *self *= 2; format!(\"i32 {self}\") } } impl T for u8 { fn twice(&mut self) -> String { \"u8\".into() } }\n"
        "impl T for f64 { fn twice(&mut self) -> String { format!(\"f64 {}\", *self * 2.0) } }\n"
        "trait Only { fn bits(&self) -> u32; } impl Only for u16 { fn bits(&self) -> u32 { 16 } }\n"
        "fn main() { let mut n = 5; let d: &mut dyn T = &mut n; println!(\"{}\", d.twice()); "
        "let mut b: Box<dyn T> = Box::new(7); let mut x = 1.5; let f: &mut dyn T = &mut x; "
        'let u = 250; let o: &dyn Only = &u; println!("{} {} {}", b.twice(), f.twice(), o.bits()); }',
        "i32 10\ni32 14 f64 3 16\n",
    ),
}  # fmt: skip
PANICS = {
    "overflow": ("fn main() { let mut x = 250u8; for _ in 0..10 { x += 1; } }", "1:49", "attempt to add with overflow"),
    "index": ("fn main() { let v = vec![1]; let i = v.len();\n v[i]; }", "2:3",
              "index out of bounds: the len is 1 but the index is 1"),
    "unwrap": ("fn main() { let n: Option<u8> = None;\n n.unwrap(); }", "2:4",
               "called `Option::unwrap()` on a `None` value"),
    "divide": ("fn main() { let z = \"\".len(); println!(\"{}\", 1 / z); }", "1:46", "attempt to divide by zero"),
    "message": ("fn main() { let x = 3; panic!(\"no {x} {:?}\", \"s\"); }", "1:24", "no 3 \"s\""),
    "borrowed": ("fn main() { let c = std::cell::RefCell::new(1); let _a = c.borrow_mut(); let _b = c.borrow(); }",
                 "1:85",
                 "RefCell already mutably borrowed"),
}  # fmt: skip
needs_rustc = pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")


def interpret(source: str) -> tuple[int, str, str]:
    compilation = check_source(source, "main.rs")
    assert not compilation.diagnostics.has_errors, compilation.diagnostics.render()
    status, out, err = run_program(compilation)
    return status, out.decode(), err.decode()


@pytest.mark.parametrize("name", PROGRAMS)
def test_output(name: str) -> None:
    source, expected = PROGRAMS[name]
    assert interpret(source) == (0, expected, "")


@pytest.mark.parametrize("name", PANICS)
def test_panic_names_its_place(name: str) -> None:
    source, place, message = PANICS[name]
    status, _, err = interpret(source)
    assert status == 101
    assert err == f"\nthread 'main' panicked at main.rs:{place}:\n{message}\n"


@needs_rustc
@pytest.mark.parametrize("name", [*PROGRAMS, *PANICS])
def test_rustc_does_the_same(name: str, tmp_path: Path) -> None:
    source = PROGRAMS[name][0] if name in PROGRAMS else PANICS[name][0]
    (tmp_path / "main.rs").write_text(source)
    command = ["rustc", "--edition", "2021", "-Awarnings", "-o", "program", "main.rs"]
    subprocess.run(command, cwd=tmp_path, check=True)
    done = subprocess.run(
        [tmp_path / "program"], capture_output=True, text=True, timeout=60, check=False, env={"RUST_BACKTRACE": "0"}
    )
    said = re.sub(r"thread 'main' \(\d+\)", "thread 'main'", done.stderr).split("note:")[0]
    status, out, err = interpret(source)
    assert (status, out, err.strip()) == (done.returncode, done.stdout, said.strip())
