//= E0453 2
#![forbid(non_snake_case)]
#[allow(non_snake_case)]
fn main() { let MyNumber = 2; }
//= E0453 6
#[deny(unused)]
#[forbid(dead_code)]
mod a {
    #[deny(dead_code)]
    pub mod b {
        #[warn(dead_code)]
        pub fn f() {}
    }
}
fn main() { a::b::f(); }
//= E0004 1
fn f() { match 1 { #[cfg(any())] 1 => {}, #[cfg(any())] _ => {} } }
fn main() {}
//= E0061 13 E0061 15 E0107 3 E0107 5 E0107 13 E0107 15 E0107 17
struct Foo<T> { x: T }

struct Bar { x: Foo }

struct Baz<S, T> { x: Foo<S, T> }


fn foo<T, U>(x: T, y: U) {}
fn f() {}

fn main() {
    let x: bool = true;
    foo::<bool>(x);

    foo::<bool, i32, i32>(x, 2, 4);

    f::<'static>();

}
//= E0084 1
#[repr(i32)]
enum NightsWatch {}
fn main() {}
//= E0084 1
#[repr(i32)]
enum E {}
fn main() {}
//= E0091 1 E0091 3 E0428 3
type Foo<T> = u32;

type Foo<A, B> = Box<A>;
fn main() {}
//= E0091 1
type A<T> = i32;
fn main() {}
//= E0091 1
type W<A, B> = Box<A>;
fn main() {}
//= E0106 1 E0106 5 E0106 9 E0106 13
struct Foo1 { x: &bool }

struct Foo2<'a> { x: &'a bool }

struct Bar1 { x: Foo2 }

struct Bar2<'a> { x: Foo2<'a> }

enum Baz1 { A(u8), B(&bool), }

enum Baz2<'a> { A(u8), B(&'a bool), }

type MyStr1 = &str;

type MyStr2<'a> = &'a str;
fn main() {}
//= E0106 1
type AA<'a> = &'a i32; type AB = AA; type AC = fn(AA) -> AA;
fn main() {}
//= E0107 1
struct S<T>(T); type U<T> = S<T>; type V = U;
fn main() {}
//= E0128 1
struct Foo<T = U, U = ()> {
    field1: T,
    field2: U,
}


fn main() {}
//= E0128 1
struct Foo<T = U, U = ()> { f: T, g: U }
fn main() {}
//= E0133 2
unsafe fn f() {}
fn main() { f(); }
//= E0170 8
enum Method {
    GET,
    POST,
}

fn is_empty(s: Method) -> bool {
    match s {
        GET => true,
        _ => false
    }
}

fn main() {}
//= E0170 1
enum G { Get, Post(i32) } fn h(g: &G) { match g { Get => {}, } let Post = g; }
fn main() {}
//= E0170 2
enum M { GET, POST }
fn is(m: M) -> bool { match m { GET => true, _ => false } }
fn main() {}
//= E0198 3 E0658 3
struct Foo;

unsafe impl !Clone for Foo { }
fn main() {}
//= E0201 19 E0201 22 E0592 5
struct Foo(u8);

impl Foo {
    fn bar(&self) -> bool { self.0 > 5 }
    fn bar() {}
}

trait Baz {
    type Quux;
    fn baz(&self) -> bool;
}

impl Baz for Foo {
    type Quux = u32;

    fn baz(&self) -> bool { true }


    fn baz(&self) -> bool { self.0 > 5 }


    type Quux = u32;
}
fn main() {}
//= E0201 1
trait T { fn a(); } struct S; impl T for S { fn a() {} fn a() {} }
fn main() {}
//= E0201 1
trait T { type A; } struct S; impl T for S { type A = i32; type A = i32; }
fn main() {}
//= E0201 1
trait T { const A: i32; } struct S; impl T for S { const A: i32 = 1; const A: i32 = 2; }
fn main() {}
//= E0203 1
struct Bad<T: ?Sized + ?Sized>{
    inner: T,
}
fn main() {}
//= E0220 13 E0782 5
trait T1 {
    type Bar;
}

type Foo = T1<F=i32>;



trait T2 {
    type Bar;


    fn return_bool(&self, _: &Self::Bar, _: &Self::Baz) -> bool;
}
fn main() {}
//= E0252 1
use std::fmt::{self, self};
fn main() {}
//= E0252 1
use std::collections::{HashMap, HashMap};
fn main() {}
//= E0252 3
enum M { GET, POST }
use M::GET;
use M::GET as GET;
fn main() {}
//= E0255 3
use bar::foo;

fn foo() {}

mod bar {
     pub fn foo() {}
}

fn main() {}
//= E0255 2
use std::fmt;
mod fmt {}
fn main() {}
//= E0255 2
use std::collections::HashMap;
struct HashMap;
fn main() {}
//= E0262 2

fn foo<'static>(x: &'static str) { }
fn main() {}
//= E0262 1
fn foo<'static>(a: &'static str) {}
fn main() {}
//= E0267 1 E0767 1
fn main() { 'l: loop { || { break 'l }; } }
//= E0317 3
fn main() {
let x = 5;
let a = if x == 5 {
    1
};
}
//= E0364 5
mod a {
    fn foo() {}

    mod a {
        pub use super::foo;
    }
}
fn main() {}
//= E0364 1 E0365 1
enum E { A } pub use E::A; pub use E as F; pub use E::*;
fn main() {}
//= E0364 1
struct S; pub use S as T;
fn main() {}
//= E0364 1
struct S(i32); pub use S as T;
fn main() {}
//= E0364 1
mod a { pub struct S(i32); pub(crate) fn S2() {} } pub use a::S as T; pub use a::S2;
fn main() {}
//= E0364 1
mod a { pub fn f() {} } use a::f as g; pub use g as h;
fn main() {}
//= E0364 1
mod a { fn foo() {} pub mod b { pub use super::foo; } }
fn main() {}
//= E0364 2
fn f() {}
pub use f as g;
fn main() {}
//= E0364 2
mod m { pub struct S; pub(crate) fn p() {} }
pub use m::p as q;
fn main() {}
//= E0365 5
mod foo {
    pub const X: u32 = 1;
}

pub use foo as foo2;

fn main() {}
//= E0379 2 E0379 6
trait Foo {
    const fn bar() -> u32;
}

impl Foo for () {
    const fn bar() -> u32 { 0 }
}
fn main() {}
//= E0379 3
struct S;
trait T { fn f(); }
impl T for S { const fn f() {} }
fn main() {}
//= E0379 1
trait Foo { const fn bar() -> u32; }
fn main() {}
//= E0390 11 E0428 5 E0428 8 E0517 1 E0517 4 E0517 7 E0517 10
#[repr(C)]
type Foo = u8;

#[repr(packed)]
enum Foo {Bar, Baz}

#[repr(u8)]
struct Foo {bar: bool, baz: bool}

#[repr(C)]
impl Foo {

}
fn main() {}
//= E0392 1
enum Foo<T> {
    Bar,
}
fn main() {}
//= E0392 1
struct Foo<'a, T> {
    x: *const T,
}
fn main() {}
//= E0392 1
struct S<'a>(i32);
fn main() {}
//= E0392 1
struct S<T>(i32);
fn main() {}
//= E0392 1
enum E<T> { A }
fn main() {}
//= E0401 2
fn foo<T>(x: T) {
    type MaybeT = Option<T>;

}
fn main() {}
//= E0403 3
trait Foo<T> {
    fn do_something(&self) -> T;
    fn do_something_else<T: Clone>(&self, bar: T);
}
fn main() {}
//= E0404 3 E0782 1
type Foo = Iterator<Item=String>;

fn bar<T: Foo>(t: T) {}
fn main() {}
//= E0405 1
type I<T> where T: Nope = Vec<T>;
fn main() {}
//= E0423 2
fn main() {
println("");



}
//= E0423 1
fn f() { println("x"); vec(1); }
fn main() {}
//= E0428 6 E0634 2 E0634 6
#[repr(packed, packed(2))]
struct Company(i32);

#[repr(packed(2))]
#[repr(packed)]
struct Company(i32);
fn main() {}
//= E0428 5 E0693 1 E0693 4
#[repr(align=8)]
struct Align8(i8);

#[repr(align="8")]
struct Align8(i8);
fn main() {}
//= E0428 1
trait T { type A; type A; }
fn main() {}
//= E0428 1
trait T { const A: i32; const A: i32; }
fn main() {}
//= E0428 1
trait T { fn a(); fn a(); }
fn main() {}
//= E0428 1
trait T { fn x(); const x: i32; }
fn main() {}
//= E0428 2 E0747 2
struct S<'a, T>(&'a T);
static S: S<u8, 'static> = S(&1);
fn main() {}
//= E0429 1
use std::fmt::self;
fn main() {}
//= E0429 1
use std::fmt::self as f;
fn main() {}
//= E0432 2
fn main() {
use self::something::Foo;

mod something {
    pub struct Foo;
}
}
//= E0432 1
use self::nothing::x;
fn main() {}
//= E0432 1
use std::nope::Nope;
fn main() {}
//= E0432 1
use std::fmt::Nope; use std::Nope; use std::fmt::Nope::X; use std::mem::swap::x;
fn main() {}
//= E0433 1
#[nope::x] fn f() {}
fn main() {}
//= E0433 1
use super::x;
fn main() {}
//= E0433 1
mod a { use super::super::x; }
fn main() {}
//= E0433 1
pub(in crate::nope) fn f() {}
fn main() {}
//= E0433 1
mod a { mod b { pub(in crate::a) fn f() {} pub(in super) fn g() {} pub(in self) fn h() {} pub(in super::super) fn i() {} pub(in super::c) fn j() {} } mod c {} }
fn main() {}
//= E0449 8 E0449 11 E0449 13 E0449 14
struct Bar;

trait Foo {
    fn foo();
}

enum Baz {
    pub Qux,
}

pub impl Bar {}

pub impl Foo for Bar {
    pub fn foo() {}
}
fn main() {}
//= E0449 3
struct B;
trait F { fn f(); }
pub impl B {}
fn main() {}
//= E0449 3
struct B;
trait F { fn f(); }
impl F for B { pub fn f() {} }
fn main() {}
//= E0449 1
enum E { pub A, B }
fn main() {}
//= E0449 1
enum E { A { pub x: i32 }, B(pub i32) }
fn main() {}
//= E0449 1
trait F { pub fn f(); }
fn main() {}
//= E0452 1
#![allow(foo = "")]
fn main() {}
//= E0452 1
#[allow("x")] fn f() {}
fn main() {}
//= E0452 1
#[allow(foo = "x")] fn f() {}
fn main() {}
//= E0452 1
#[allow(reason = "x", dead_code)] fn f() {}
fn main() {}
//= E0452 1
#[allow(reason = 3)] fn f() {}
fn main() {}
//= E0452 1
#[allow(foo(bar))] fn f() {}
fn main() {}
//= E0452 1
#[allow(foo = "")]
fn f() {}
fn main() {}
//= E0496 6
struct Foo<'a> {
    a: &'a i32,
}

impl<'a> Foo<'a> {
    fn f<'a>(x: &'a i32) {

    }
}
fn main() {}
//= E0517 1 E0774 1 none 1
struct S; impl S { #[derive(Clone)] fn f() {} #[nope] fn g() {} #[repr(C)] const X: i32 = 1; }
fn main() {}
//= E0517 1
#[repr(packed)] enum E { A }
fn main() {}
//= E0517 1
#[repr(u8)] type T = u8;
fn main() {}
//= E0517 1
#[repr(C)] impl S {} struct S;
fn main() {}
//= E0517 1
#[repr(u8)] fn f() {}
fn main() {}
//= E0517 1
#[repr(C)]
fn f() {}
fn main() {}
//= E0517 1
#[repr(u8)]
struct S(u8);
fn main() {}
//= E0538 1
#[deprecated(
    since="1.0.0",
    note="First deprecation note.",
    note="Second deprecation note."
)]
fn deprecated_function() {}
fn main() {}
//= E0538 1
#[deprecated(note = "a", note = "b")] fn f() {}
fn main() {}
//= E0538 1
#[deprecated(since = "b", since = "b", note = "x")]
fn f() {}
fn main() {}
//= E0539 2

#[repr = "C"]
struct Foo {}
fn main() {}
//= E0539 2

#[deprecated(since = "1.0.0", note("reason"))]
struct Foo {}
fn main() {}
//= E0539 2

#[inline(maybe_if_you_feel_like_it)]
fn foo() {}
fn main() {}
//= E0539 1
#[inline("always")] fn f() {}
fn main() {}
//= E0539 1
#[cfg = "x"] fn f() {}
fn main() {}
//= E0539 1
#[cfg("x")] fn f() {}
fn main() {}
//= E0539 1
#[cfg(a = 3)] fn f() {}
fn main() {}
//= E0539 1
#[cfg(3)] fn f() {}
fn main() {}
//= E0539 1
#[cfg(all(a, "x"))] fn f() {}
fn main() {}
//= E0539 1
#[cfg(a::b)] fn f() {}
fn main() {}
//= E0539 1
#[export_name] fn f() {}
fn main() {}
//= E0539 1
#[export_name = 3] fn f() {}
fn main() {}
//= E0539 1
#[export_name("a")] fn f() {}
fn main() {}
//= E0539 1
#[must_use("x")] fn f() {}
fn main() {}
//= E0539 1
#[must_use()] fn f() {}
fn main() {}
//= E0539 1
#[repr] struct S;
fn main() {}
//= E0539 1
#[repr = "C"] struct S;
fn main() {}
//= E0539 1
#[deprecated = 3] fn f() {}
fn main() {}
//= E0539 1
#[deprecated(note)] fn f() {}
fn main() {}
//= E0539 1
#[deprecated(note = 3)] fn f() {}
fn main() {}
//= E0539 1
#[deprecated(since("x"))] fn f() {}
fn main() {}
//= E0539 1
#[inline(foo)]
fn f() {}
fn main() {}
//= E0539 1
#[must_use = 3]
fn f() {}
fn main() {}
//= E0539 1
#[deprecated(foo)]
fn f() {}
fn main() {}
//= E0539 1
#[cfg("foo")]
fn f() {}
fn main() {}
//= E0539 1
#[cfg]
fn f() {}
fn main() {}
//= E0552 1
#[repr(D)]
struct MyStruct {
    my_field: usize
}
fn main() {}
//= E0552 1
#[repr(C = 3)] struct S;
fn main() {}
//= E0552 1
#[repr(C(3))] struct S;
fn main() {}
//= E0552 1
#[repr(u8(3))] enum E { A }
fn main() {}
//= E0552 1
#[repr(f32)] enum E { A }
fn main() {}
//= E0552 1
#[repr(c)] struct S;
fn main() {}
//= E0552 1
#[repr(D)]
struct S;
fn main() {}
//= E0554 1
#![feature(box_patterns)]
fn main() {}
//= E0565 1
#[repr("C")]
struct Repr {}

fn main() {}
//= E0565 1
#[no_mangle = 3] fn f() {}
fn main() {}
//= E0565 1
#[repr("C")] struct S;
fn main() {}
//= E0565 1
#[deprecated("x")] fn f() {}
fn main() {}
//= E0565 1
#[non_exhaustive = 1] struct S;
fn main() {}
//= E0565 1
#[non_exhaustive()] struct S;
fn main() {}
//= E0565 1
#[track_caller(x)] fn f() {}
fn main() {}
//= E0565 1
#[non_exhaustive(anything)]
struct S;
fn main() {}
//= E0566 1
#[repr(u32, u64)]
enum Repr { A }
fn main() {}
//= E0566 1
#[repr(C, u8)] enum E { A }
fn main() {}
//= E0566 1
#[repr(u8)] #[repr(u16)] enum E { A }
fn main() {}
//= E0566 1
#[repr(u8, u8)] enum E { A }
fn main() {}
//= E0566 1
#[repr(Rust, C)] struct S;
fn main() {}
//= E0566 1
#[repr(u32, u64)]
enum E { A, B }
fn main() {}
//= E0572 1
const FOO: u32 = return 0;

fn main() {}
//= E0572 1
const F: u32 = return 0;
fn main() {}
//= E0572 1
static F: [i32; { return 1; 1 }] = [0];
fn main() {}
//= E0577 3
pub enum Sea {}

pub (in crate::Sea) struct Shark;

fn main() {}
//= E0577 1
enum E {A} pub(in crate::E) fn f() {}
fn main() {}
//= E0587 2
#[repr(packed, align(8))]
struct Umbrella(i32);
fn main() {}
//= E0587 1
#[repr(packed, align(4))] struct S;
fn main() {}
//= E0589 1
#[repr(align(15))]
enum Foo {
    Bar(u64),
}
fn main() {}
//= E0589 1
#[repr(align(3))] struct S;
fn main() {}
//= E0589 1
#[repr(align)] struct S;
fn main() {}
//= E0589 1
#[repr(align("4"))] struct S;
fn main() {}
//= E0589 1
#[repr(align(1000000000000))] struct S;
fn main() {}
//= E0589 1
#[repr(packed(3))] struct S;
fn main() {}
//= E0590 2
fn main() {
while break {}
}
//= E0590 1
fn main() { while { break; true } {} }
//= E0592 1
struct S; impl S { const A: i32 = 1; const A: i32 = 1; }
fn main() {}
//= E0592 1
struct S; impl S { const A: i32 = 1; fn A() {} }
fn main() {}
//= E0601 1
fn f() {}
//= E0634 1
#[repr(packed, packed(2))] struct S;
fn main() {}
//= E0637 1
fn f<'_>(x: &'_ i32) {}
fn main() {}
//= E0641 2
fn main() {
let b = 0 as *const _;
}
//= E0642 2
trait Foo {
    fn foo((x, y): (i32, i32));

}
fn main() {}
//= E0642 1
trait T { fn f((a, b): (i32, i32)); }
fn main() {}
//= E0642 1
trait T { fn f(&a: &i32); fn g(a: i32) { } }
fn main() {}
//= E0646 1
fn main() where i32: Copy {

}
//= E0648 1
#[export_name="\0foo"]
pub fn bar() {}
fn main() {}
//= E0648 1
#[export_name = "\0foo"]
fn f() {}
fn main() {}
//= E0658 5 E0749 6
trait MyTrait {
    type Foo;
}

impl !MyTrait for u32 {
    type Foo = i32;
}
fn main() {}
//= E0658 1
#[rustc_dummy] fn f() {}
fn main() {}
//= E0658 1
#[bench] fn f() {}
fn main() {}
//= E0658 1
#[repr(simd)] struct S([u8; 4]);
fn main() {}
//= E0658 1
trait A = Clone;
fn main() {}
//= E0658 1
auto trait A {}
fn main() {}
//= E0658 1
impl !Clone for S {}
struct S;
fn main() {}
//= E0658 1
fn main() { let x: !; }
//= E0658 2
fn f() -> ! { loop {} }
fn g(x: !) {}
fn main() {}
//= E0658 1 none 1
type F = impl Clone;
fn main() {}
//= E0658 1
struct S; impl S { type T = i32; }
fn main() {}
//= E0658 1
trait T { type A: Clone = i32; }
fn main() {}
//= E0659 15
pub mod moon {
    pub fn foo() {}
}

pub mod earth {
    pub fn foo() {}
}

mod collider {
    pub use crate::moon::*;
    pub use crate::earth::*;
}

fn main() {
    crate::collider::foo();
}
//= E0659 3
mod a { pub fn f() {} } mod b { pub fn f() {} }
use a::*; use b::*;
fn main() { f(); }
//= E0665 1
#[derive(Default)]
enum Food {
    Sweet,
    Salty,
}
fn main() {}
//= E0692 1
#[repr(transparent, C)]
struct Grams(f32);
fn main() {}
//= E0692 1
#[repr(transparent, C)] struct S(u8);
fn main() {}
//= E0693 1
#[repr(align = 4)] struct S;
fn main() {}
//= E0693 1
#[repr(align(4, 8))] struct S;
fn main() {}
//= E0695 4
fn main() {
loop {
    'a: {
        break;
    }
}
}
//= E0695 3 E0695 14 E0696 8
fn continue_simple() {
    'b: {
        continue;
    }
}
fn continue_labeled() {
    'b: {
        continue 'b;
    }
}
fn continue_crossing() {
    loop {
        'b: {
            continue;
        }
    }
}
fn main() {}
//= E0695 1
fn main() { loop { 'a: { continue; } } }
//= E0696 1
fn main() { 'a: { continue 'a; } }
//= E0703 1
extern "invalid" fn foo() {}
fn main() {}
//= E0704 2
mod foo {
    pub(foo) struct Bar {
        x: i32
    }
}
fn main() {}
//= E0704 1
mod foo { pub(foo) struct P { x: i32 } }
fn main() {}
//= E0710 1
#[allow(clipp::filter_map)]
fn main() {

}
//= E0710 1
#[warn(clipp::filter_map)]
fn main() {

}
//= E0710 1
#[allow(nope::all)] fn f() {}
fn main() {}
//= E0731 2
#[repr(transparent)]
enum Status {
    Errno(u32),
    Ok,
}
fn main() {}
//= E0731 1
#[repr(transparent)] enum E { A, B }
fn main() {}
//= E0732 1
enum Enum {
    Unit = 1,
    Tuple() = 2,
    Struct{} = 3,
}
fn main() {}
//= E0732 1
enum E { Unit = 1, Tuple() = 2, Struct {} = 3 }
fn main() {}
//= E0732 1
enum E { A(i32), B = 3 }
fn main() {}
//= E0734 1 E0734 2
#[stable(feature = "a", since = "b")]
#[unstable(feature = "b", issue = "none")]
fn foo(){}
fn main() {}
//= E0734 1
#[stable(feature = "a", since = "b")] fn f() {}
fn main() {}
//= E0734 1
#[unstable(feature = "b", issue = "none")] fn f() {}
fn main() {}
//= E0734 1
#[rustc_const_stable(feature = "a", since = "b")] const fn f() {}
fn main() {}
//= E0735 1
struct Foo<X = Box<Self>> {
    field1: Option<X>,
    field2: Option<X>,
}

fn main() {}
//= E0742 3
pub mod sea {}

pub (in crate::sea) struct Shark;

fn main() {}
//= E0742 2
pub mod foo { pub mod bar {} }
pub mod baz { struct S; pub mod q { pub(in crate::foo::bar) struct Shea; } }
fn main() {}
//= E0747 3
struct S<'a, T>(&'a T);

type X = S<(), 'static>;

fn main() {}
//= E0747 2
struct S<'a, T, const N: usize>(&'a [T; N]);
fn g(s: S<3, 'static, u8>) {}
fn main() {}
//= E0748 1
let dolphins = r##"Dolphins!"#;
fn main() {}
//= E0748 1
fn main() { let s = r#"abc"; }
//= E0748 1
fn main() { let s = r##"abc"#; }
//= E0762 1
static C: char = '●;
fn main() {}
//= E0762 1
fn main() { let c = '; }
//= E0763 1
let c = b'a;
fn main() {}
//= E0763 1
fn main() { let c = b'a; }
//= E0765 1
let s = ";
fn main() {}
//= E0765 1
fn main() { println!("; }
//= E0766 1
let s = b";
fn main() {}
//= E0766 1
fn main() { let s = b"; }
//= E0767 4
fn main() {
'a: loop {
    || {
        loop { break 'a }
    };
}
}
//= E0767 1
fn main() { 'l: loop { || { loop { break 'l } }; } }
//= E0768 2
fn main() {
let s: i32 = 0b;
}
//= E0768 1
fn main() { let x: i32 = 0x; }
//= E0768 1
fn main() { let x: i32 = 0b; }
//= E0768 1
fn main() { let x: i32 = 0o_; }
//= E0770 1
fn foo<T, const N: T>() {}
fn main() {}
//= E0770 1
fn f<T, const N: T>() {}
fn main() {}
//= E0770 1 none 1
struct F<const N: [u8; M], const M: usize>;
fn main() {}
//= E0774 2
trait Foo {
    #[derive(Clone)]
    type Bar;
}
fn main() {}
//= E0774 1
#[derive(Clone)] const X: i32 = 1;
fn main() {}
//= E0774 1
fn f() { #[derive(Clone)] let x = 1; }
fn main() {}
//= E0774 1
trait T { #[derive(Clone)] type A; }
fn main() {}
//= E0774 1
#[derive(Clone)] use std::fmt;
fn main() {}
//= E0774 1
#[derive(Clone)] mod m {}
fn main() {}
//= E0774 1
#[derive(Clone)] impl S {} struct S;
fn main() {}
//= E0774 1
#[derive(Clone)]
fn f() {}
fn main() {}
//= E0777 1
#[derive("Clone")]
struct Foo;
fn main() {}
//= E0777 1
#[derive("Clone")]
struct S;
fn main() {}
//= E0783 3
fn main() {
match 2u8 {
    0...9 => println!("Got a number less than 10"),
    _ => println!("Got a number 10 or more"),
}
}
//= E0783 1
fn main() { let x = 5; match x { 1..5 => {}, 5...6 => {}, _ => {} } }
//= E0794 3
fn main() {
fn foo<'a>(x: &'a str) -> &'a str { x }
let _ = foo::<'static>;
}
//= E0797 8
fn main() {
struct Foo {
    fizz: u8,
    buzz: u8
}

let f1 = Foo { fizz: 10, buzz: 1};
let f2 = Foo { fizz: 10, .. };
}
//= E0797 1
struct S { a: i32 } fn f() { let t = S { .. }; }
fn main() {}
//= E0805 1 E0805 4
#[inline()]
fn foo() {}

#[inline(always, never)]
fn bar() {}
fn main() {}
//= E0805 1
#[inline(always, never)] fn f() {}
fn main() {}
//= E0805 1
#[cfg(not())] fn f() {}
fn main() {}
//= E0805 1
#[cfg(not(a, b))] fn f() {}
fn main() {}
//= E0805 1
#[cfg()] fn f() {}
fn main() {}
//= E0805 1
#[cfg(a, b)] fn f() {}
fn main() {}
//= E0805 1
#[inline()]
fn f() {}
fn main() {}
//= none 1
#[cfg_attr(all())] struct S;
fn main() {}
//= none 1
#[intrinsic] fn f() {}
fn main() {}
//= none 1
enum E { #[inline] A }
fn main() {}
//= none 1
#[nope] fn f() {}
fn main() {}
//= none 1
#[inline] const X: i32 = 1;
fn main() {}
//= none 1
#[inline] impl S {} struct S;
fn main() {}
//= none 1
#[used] fn f() {}
fn main() {}
//= none 1
#[default] fn f() {}
fn main() {}
//= none 1
#[derive(Default)] enum E { #[default] A, #[default] B }
fn main() {}
//= none 1
#[derive(Default)] enum E { #[default] A(i32), B }
fn main() {}
//= none 1
enum E { #[default] A }
fn main() {}
//= none 1
#[inline] trait T {}
fn main() {}
//= none 1
#![nope]
fn main() {}
//= none 1
fn f() { #[nope] let x = 1; }
fn main() {}
//= none 1
fn f() { #[inline] let x = 1; }
fn main() {}
//= none 1
fn f() { #[inline] 1; }
fn main() {}
//= none 1
fn f() { match 1 { #[nope] 1 => {}, _ => {} } }
fn main() {}
//= none 1
fn f(#[nope] x: i32) {}
fn main() {}
//= none 1
fn f(#[inline] x: i32) {}
fn main() {}
//= none 1
struct S { #[nope] x: i32 }
fn main() {}
//= none 1
#[inline] enum E {}
fn main() {}
//= none 1
enum E { #[nope] A }
fn main() {}
//= none 1
#[inline] mod m {}
fn main() {}
//= none 1
#[nope] use std::fmt;
fn main() {}
//= none 1
#[deprecated(suggestion = "x")] fn f() {}
fn main() {}
//= none 1
#[non_exhaustive] fn f() {}
fn main() {}
//= none 1
#[track_caller] enum E {}
fn main() {}
//= none 1
#[test] struct S;
fn main() {}
//= none 1
#[test] mod m {}
fn main() {}
//= none 1
#[test] const X: i32 = 1;
fn main() {}
//= none 1
#[inline = "always"] fn f() {}
fn main() {}
//= none 1
#[allow] fn f() {}
fn main() {}
//= none 1
#[allow = "x"] fn f() {}
fn main() {}
//= none 1
struct S; trait T { type A; } impl T for S { type A; }
fn main() {}
//= none 1
trait T { struct S; }
fn main() {}
//= none 1
struct Q; impl Q { struct S; }
fn main() {}
//= none 1
impl Q { mod a {} }
struct Q;
fn main() {}
//= none 2
const _: i32 = 1; const _: i32 = 2;
static _: i32 = 1;
fn main() {}
//= none 2
fn _f() {}
fn _() {}
fn main() {}
//= none 1
#[inline]
struct S;
fn main() {}
//= none 1
#[foo]
fn f() {}
fn main() {}
//= none 1
#[non_exhaustive]
trait S {}
fn main() {}
//= none 1
#[track_caller]
struct S;
fn main() {}
//= none 1
#[derive]
struct S;
fn main() {}
//= none 1
fn main() { let x = 'ab'; }
//= none 1
fn main() { let x = ''; }
//= none 1
fn main() {
//= none 1
fn main() { let x = do { 1 }; }
//= none 1
fn abstract() {}
fn main() {}
//= none 1
fn main() { let (a, .., b, ..) = (1, 2, 3); }
//= none 1
fn main() { let [a, .., b, ..] = [1, 2, 3]; }
//= none 1
fn main() { match [1] { [.., x, ..] => {} } }
//= none 1
use self;
fn main() {}
//= none 1
use crate;
fn main() {}
//= none 1
use super;
fn main() {}
//= none 1
use {self};
fn main() {}
//= none 1
fn f() { let S(.., ..) = S(1, 2); } struct S(i32, i32);
fn main() {}
//= none 1
fn f() { if let Some((.., x, ..)) = Some((1, 2)) {} match [1, 2] { [x @ .., y @ ..] => {} } }
fn main() {}
//= none 1
fn f() { #[foo] let x = 1; }
fn main() {}
//= none 1
pub(in foo) fn f() {}
fn main() {}
//= none 1
fn f<T, 'a>(x: &'a T) {}
fn main() {}
//= none 1
struct S<T = i32, U>(T, U);
fn main() {}
//= none 1
fn f<const N: &'static str>() {}
fn main() {}
//= none 1
fn f<const N: f32>() {}
fn main() {}
//= none 1
trait T { fn f(mut a: i32); }
fn main() {}
//= none 1
fn f();
fn main() {}
//= none 1
struct S; impl S { fn f(); }
fn main() {}
//= none 1
const X: i32;
fn main() {}
//= none 1
static X: i32;
fn main() {}
//= none 1
struct S; impl S { const X: i32; }
fn main() {}
//= none 1
type T;
fn main() {}
//= fine
fn f() { #[allow(unused)] let x = 1; #[cfg(any())] let y = z; }
fn main() {}
//= fine
fn f() { match 1 { #[allow(unused)] 1 => {}, #[cfg(any())] 2 => { nope() } _ => {} } }
fn main() {}
//= fine
fn f(#[cfg(any())] x: Nope) {}
fn main() {}
//= fine
struct S { #[cfg(any())] x: Nope, #[allow(unused)] y: i32 }
fn main() {}
//= fine
struct S(#[cfg(any())] Nope, i32);
fn main() {}
//= fine
enum E { #[cfg(any())] A(Nope), B }
fn main() {}
//= fine
fn f() { #[cfg(any())] { nope(); } #[cfg(all())] { let x = 1; } }
fn main() {}
//= fine
fn f() { #[cfg(any())] nope(); #[cfg(any())] return nope; }
fn main() {}
//= fine
fn f() -> i32 { #[cfg(any())] { 1 } #[cfg(all())] { 2 } }
fn main() {}
//= fine
fn f() { if true { #[cfg(any())] nope(); } }
fn main() {}
//= fine
fn f() { #[cfg(any())] println!("{}", nope); }
fn main() {}
//= fine
type Q<T: Iterator> = T::Item; fn g<I: Iterator>(x: Q<I>) {}
fn main() {}
//= none 2
use std::fmt;
#![allow(unused)]
fn main() {}
//= none 3
struct S {
    a: u8,
    #![allow(unused)]
    b: u8,
}
fn main() {}
