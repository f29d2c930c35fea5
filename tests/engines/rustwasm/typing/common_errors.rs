//= E0308 2:18 2:21
fn main() {
    let x: i32 = "a";
}
//= E0382 4:20 4:21
fn main() {
    let s = String::from("a");
    let t = s;
    println!("{}", s);
}
//= E0384 3:5 3:10
fn main() {
    let x = 5;
    x = 6;
    println!("{}", x);
}
//= E0596 3:5 3:6
fn main() {
    let v = vec![1];
    v.push(2);
}
//= E0425 2:20 2:21
fn main() {
    println!("{}", y);
}
//= E0425 2:5 2:8
fn main() {
    foo();
}
//= E0609 4:22 4:23
struct P { x: i32 }
fn main() {
    let p = P { x: 1 };
    println!("{}", p.y);
}
//= E0599 3:7 3:9
struct P;
fn main() {
    P.go();
}
//= E0061 3:5 3:6
fn f(a: i32, b: i32) -> i32 { a + b }
fn main() {
    f(1);
}
//= E0308 2:34 2:37
fn main() {
    let x = if true { 1 } else { "a" };
}
//= E0308 1:11 1:14
fn f() -> i32 {
    1;
}
fn main() { f(); }
//= E0004 4:11 4:12
enum E { A, B }
fn main() {
    let e = E::A;
    match e {
        E::A => {}
    }
}
//= E0005 2:9 2:16
fn main() {
    let Some(x) = Some(1);
}
//= E0106 1:33 1:34
fn longest(a: &str, b: &str) -> &str { a }
fn main() {}
//= E0597 5:13 5:15
fn main() {
    let r;
    {
        let x = 5;
        r = &x;
    }
    println!("{}", r);
}
//= E0502 4:5 4:14
fn main() {
    let mut v = vec![1];
    let a = &v[0];
    v.push(2);
    println!("{}", a);
}
//= E0499 4:13 4:19
fn main() {
    let mut s = String::new();
    let a = &mut s;
    let b = &mut s;
    a.push('x');
    b.push('y');
}
//= E0046 3:1 3:13
trait T { fn f(&self); }
struct S;
impl T for S {}
fn main() {}
//= E0407 5:5 5:19
trait T { fn f(&self); }
struct S;
impl T for S {
    fn f(&self) {}
    fn g(&self) {}
}
fn main() {}
//= E0277 3:20 3:21
struct S;
fn main() {
    println!("{}", S);
}
//= E0277 3:22 3:23
struct S;
fn main() {
    println!("{:?}", S);
}
//= E0277 2:15 2:16
fn main() {
    let x = 1 + "a";
}
//= E0308 2:20 2:24
fn main() {
    let x = 1i32 + 1i64;
}
//= E0369 3:15 3:16
struct S;
fn main() {
    let a = S + S;
}
//= E0369 1:30 1:31
fn f<T>(a: T, b: T) -> T { a + b }
fn main() {}
//= E0277 1:32 1:33
fn f<T>(a: T) { println!("{}", a); }
fn main() {}
//= E0381 3:20 3:21
fn main() {
    let x: i32;
    println!("{}", x);
}
//= E0268 2:5 2:10
fn main() {
    break;
}
//= E0063 3:13 3:14
struct S { a: i32, b: i32 }
fn main() {
    let s = S { a: 1 };
}
//= E0560 3:23 3:24
struct S { a: i32 }
fn main() {
    let s = S { a: 1, c: 2 };
}
//= E0603 3:8 3:9
mod m { fn f() {} }
fn main() {
    m::f();
}
//= E0616 4:22 4:23
mod m { pub struct S { x: i32 } impl S { pub fn new() -> S { S { x: 1 } } } }
fn main() {
    let s = m::S::new();
    println!("{}", s.x);
}
//= E0308 4:7 4:9
fn f(x: &mut i32) { *x += 1; }
fn main() {
    let mut a = 1;
    f(&a);
}
//= E0308 3:7 3:12
fn f(s: String) {}
fn main() {
    f("abc");
}
//= E0308 3:7 3:24
fn f(s: &str) {}
fn main() {
    f(String::from("a"));
}
//= E0277 4:22 4:23
fn main() {
    let a = [1, 2, 3];
    let i: i32 = 1;
    println!("{}", a[i]);
}
//= E0277 2:14 2:15
fn main() {
    for i in 5 {
    }
}
//= E0277 3:11 3:12
fn f() -> Option<i32> {
    let x: Result<i32, String> = Ok(1);
    Some(x?)
}
fn main() {}
//= E0277 3:6 3:7
fn main() {
    let x: Option<i32> = Some(1);
    x?;
}
//= E0308 3:7 3:10
fn main() {
    let c = |x: i32| x + 1;
    c("a");
}
//= E0382 5:20 5:21
fn main() {
    let s = String::from("a");
    let f = move || println!("{}", s);
    f();
    println!("{}", s);
}
//= E0106 1:19 1:20
struct S<'a> { r: &str }
fn main() {}
//= E0106 1:11 1:12
fn f() -> &str { "a" }
fn main() {}
//= E0282 2:9 2:10
fn main() {
    let x = Vec::new();
}
//= E0072 1:1 1:9
struct A { b: A }
fn main() {}
//= E0428 2:1 2:7
fn f() {}
fn f() {}
fn main() {}
//= E0054 2:13 2:22
fn main() {
    let x = 5 as bool;
}
//= E0308 2:8 2:9
fn main() {
    if 1 { }
}
//= E0004 3:11 3:12
fn main() {
    let x = 5;
    match x {
        1 => {}
        2..=3 => {}
    }
}
//= E0609 3:22 3:23
fn main() {
    let t = (1, 2);
    println!("{}", t.2);
}
//= E0594 3:5 3:11
fn main() {
    let x = &5;
    *x = 6;
}
//= E0204 4:8 4:9
#[derive(Clone)]
struct S;
#[derive(Clone, Copy)]
struct T { s: S }
fn main() {}
//= E0507 4:13 4:16
fn main() {
    let b = Box::new(String::from("a"));
    let r = &b;
    let s = **r;
}
//= E0515 3:5 3:7
fn get<'a>() -> &'a String {
    let s = String::new();
    &s
}
fn main() {}
//= E0308 4:18 4:19
fn main() {
    let x = return_it(1);
    fn return_it(x: u8) -> u8 { x }
    let y: u16 = x;
}
//= E0277 3:15 3:16
fn main() {
    let s = "abc";
    let c = s[0];
}
//= E0053 4:46 4:52
use std::fmt;
struct S;
impl fmt::Display for S {
    fn fmt(&self, f: &mut fmt::Formatter) -> String { String::new() }
}
fn main() {}
//= E0610 3:7 3:10
fn main() {
    let x = 1;
    x.foo = 2;
}
//= none 2:23 2:24
fn main() {
    println!("{}", 1, 2);
}
//= E0507 3:13 3:17
fn main() {
    let v = vec![String::from("a")];
    let s = v[0];
}
//= E0382 4:20 4:21
fn main() {
    let v = vec![1, 2, 3];
    for x in v {}
    println!("{}", v.len());
}
//= none 2:14 2:14
fn main() {
    let x = 5
    let y = 6;
}
//= E0415 1:14 1:15
fn f(a: i32, a: i32) {}
fn main() {}
//= E0415 1:30 1:31
fn f((a, b): (i32, i32), [_, b]: [i32; 2]) {}
fn main() {}
//= E0277 1:9 1:14
fn f(x: [i32]) {}
fn main() {}
//= E0277 1:18 1:21
fn f(x: &str) -> str { panic!() }
fn main() {}
//= E0308 3:29 3:38
fn main() {
    let n = 1;
    let f: fn(i32) -> i32 = |x| x + n;
}
//= E0308 6:10 6:11
fn call(f: fn() -> i32) {}
fn main() {
    let n = 1;
    let c = || n;
    call(|| 1);
    call(c);
}
//= E0434 1:40 1:41
fn main() { let x = 3; fn f() -> i32 { x } println!("{}", f()); }
//= E0434 4:9 4:10
fn main() {
    let x = 3;
    fn f() -> i32 {
        x + 1
    }
    println!("{}", f());
}
//= E0434 5:9 5:10
fn main() {
    let x = 3;
    struct S;
    impl S { fn f(&self) -> i32 {
        x + 1
    } }
    println!("{}", S.f());
}
//= E0435 3:17 3:18
fn main() {
    let n = 3;
    let a = [0; n];
}
//= E0435 3:20 3:21
fn main() {
    let n = 3;
    const M: i32 = n;
}
//= E0424 3:21 3:25
struct S { x: i32 }
impl S {
    fn f() -> i32 { self.x }
}
fn main() {}
//= E0424 1:17 1:21
fn f() -> i32 { self.x }
fn main() {}
//= E0424 1:13 1:17
fn main() { self.foo(); }
//= E0424 1:18 1:22
fn f() { let s = self; }
fn main() {}
//= E0425 1:9 1:12
fn f(x: Foo) {}
fn main() {}
//= E0425 1:15 1:18
struct A { x: Bar }
fn main() {}
//= E0425 1:11 1:14
fn f() -> Baz { loop {} }
fn main() {}
//= E0425 1:20 1:23
fn main() { let x: Foo = 3; }
//= E0425 1:24 1:27
fn main() { let x: Vec<Foo> = Vec::new(); }
//= E0425 1:6 1:9
impl Foo { fn f() {} }
fn main() {}
//= E0425 1:27 1:30
fn main() { let v = Vec::<Foo>::new(); }
//= E0425 1:9 1:10
fn f(x: T) {}
fn main() {}
//= E0423 1:41 1:42
struct A { x: i32 } fn main() { let a = A; }
//= E0423 1:41 1:45
struct A { x: i32 } fn main() { let a = A(1); }
//= E0574 1:31 1:32
fn f() {} fn main() { let a = f { x: 1 }; }
//= E0531 1:23 1:26
fn main() { match 3 { Foo(x) => {} _ => {} } }
//= E0401 2:13 2:14
fn f<T>(t: T) {
    fn g(x: T) {}
}
fn main() {}
//= E0532 1:54 1:58
struct S { a: i32 } fn main() { match (S { a: 1 }) { S(x) => {} } }
//= E0532 1:47 1:51
enum E { A(i32) } fn main() { match E::A(1) { E::A => {} } }
//= E0532 1:39 1:46
enum E { A } fn main() { match E::A { E::A(x) => {} } }
//= E0599 1:42 1:43
enum E { A } fn main() { match E::A { E::B => {} _ => {} } }
//= E0599 1:37 1:38
enum E { A } fn main() { let e = E::B(3); }
//= E0423 1:34 1:35
enum E { A } fn main() { let e = E(3); }
//= E0423 1:34 1:35
enum E { A } fn main() { let e = E; }
//= E0423 1:31 1:32
mod m { } fn main() { let e = m; }
//= E0423 1:23 1:24
mod m { } fn main() { m(); }
//= E0423 1:21 1:24
fn main() { let e = i32; }
//= E0423 1:13 1:16
fn main() { i32(3); }
//= E0423 1:32 1:33
trait T {} fn main() { let e = T; }
//= E0423 1:21 1:22
fn f<T>() { let x = T; } fn main() { }
//= E0423 1:35 1:36
type A = i32; fn main() { let e = A; }
//= E0423 1:48 1:49
struct S(i32); type A = S; fn main() { let e = A(3); }
//= E0401 1:43 1:44
fn f<const N: usize>() { const M: usize = N; } fn main() { }
//= E0401 1:22 1:23
fn f<T>() { struct S(T); } fn main() { }
//= E0401 1:39 1:43
struct S; impl S { fn f() { fn g() -> Self { loop {} } } } fn main() { }
//= E0425 1:29 1:30
fn main() { fn f() -> i32 { x } let x = 3; println!("{}", f() + x); }
//= E0435 1:37 1:38
fn main() { let n = 2; let x: [i32; n] = [0, 1]; }
//= E0434 1:44 1:45
fn main() { let n = 2; fn f() { let g = || n; } }
//= E0435 1:40 1:41
fn main() { let n = 2; static X: i32 = n; }
//= E0434 1:32 1:33
fn f(p: i32) { fn g() -> i32 { p } } fn main() { }
//= E0574 1:32 1:33
fn main() { let f = 1; let g = f { x: 1 }; }
//= E0425 1:48 1:49
mod m { pub struct S; } fn main() { let s = m::T; }
//= E0425 1:47 1:48
mod m { pub struct S; } fn main() { let s: m::T; }
//= E0433 1:21 1:26
fn main() { let s = super::x; }
//= E0425 1:28 1:29
fn main() { let s = crate::x; }
//= E0425 1:27 1:28
fn main() { let s = self::x; }
//= E0425 1:26 1:27
fn main() { let s: self::X; }
//= none 1:13 1:16
fn main() { foo!(); }
//= E0424 1:29 1:33
struct S; impl S { fn f() { self.g(); } fn g(&self) {} } fn main() { }
//= E0405 1:29 1:32
fn main() { let x = <i32 as Foo>::f(); }
//= E0423 1:59 1:66
mod m { pub struct S { pub x: i32 } } fn main() { let s = m::S(3); }
//= E0433 1:23 1:24
fn main() { match 3 { m::X => {} _ => {} } }
//= E0532 1:47 1:51
mod m { pub fn f() {} } fn main() { match 3 { m::f => {} _ => {} } }
//= E0530 1:42 1:43
static X: i32 = 3; fn main() { match 3 { X => {} _ => {} } }
//= E0530 1:32 1:33
struct S(i32); fn main() { let S = 3; }
//= E0530 1:25 1:26
static X: i32 = 3; fn f(X: i32) {} fn main() { }
//= E0530 1:54 1:55
enum E { A(i32), B } use E::*; fn main() { match B { A => {} } }
//= E0038 2:14 2:15
trait T: PartialEq { fn f(&self); }
fn g(t: &dyn T) { }
fn main() {}
//= E0038 3:49 3:50
trait T { const N: i32; fn f(&self); }
struct S; impl T for S { const N: i32 = 1; fn f(&self) {} }
fn main() { let b = Box::new(S); let c: Box<dyn T> = b; }
//= E0038 1:58 1:59
trait T { const N: i32; } fn main() { let x: Option<&dyn T> = None; }
//= E0038 1:14 1:17
fn f(x: &dyn Ord) {} fn main() { }
//= E0038 2:10 2:15
trait T { const N: i32; fn f(&self); }
fn g(t: &dyn T) { t.f() }
fn main() {}
//= E0038 3:10 3:15
trait A { const N: i32; }
trait T: A { fn f(&self); }
fn g(t: &dyn T) { t.f() }
fn main() {}
//= E0038 2:10 2:15
trait T: Sized { fn f(&self); }
fn g(t: &dyn T) { t.f() }
fn main() {}
//= E0038 2:10 2:15
trait T { fn f(&self, o: &Self); }
fn g(t: &dyn T) { }
fn main() {}
//= E0038 1:10 1:19
fn g(t: &dyn Clone) { }
fn main() {}
//= E0038 2:10 2:15
trait T { fn f(&self) -> Option<Self> where Self: Sized; fn h(&self) -> Option<Box<Self>>; }
fn g(t: &dyn T) { }
fn main() {}
//= E0038 1:47 1:52
trait T { fn f<A>(&self, a: A); } fn g(x: Box<dyn T>) {} fn main() { }
//= E0038 1:52 1:57
trait T { fn f(&self, a: impl Fn()); } fn g(x: Box<dyn T>) {} fn main() { }
//= E0038 1:51 1:56
trait T { fn f(&self) -> impl Fn(); } fn g(x: Box<dyn T>) {} fn main() { }
//= E0038 1:10 1:21
fn f(x: &dyn Default) {} fn main() { }
//= E0038 1:31 1:39
use std::hash::Hash; fn f(h: &dyn Hash) { } fn main() { }
//= E0015 2:17 2:20
fn f() -> i32 { 3 }
static X: i32 = f();
fn main() { println!("{}", X); }
//= E0015 2:16 2:19
fn f() -> i32 { 3 }
const X: i32 = f();
fn main() { println!("{}", X); }
//= E0015 2:14 2:22
struct S; impl S { fn new() -> S { S } const fn n(&self) -> i32 { 4 } }
const X: S = S::new();
fn main() { println!("{}", X.n()); }
//= E0015 1:19 1:36
const S: String = String::from("a");
fn main() { println!("{}", S); }
//= E0015 1:23 1:34
const S: String = "a".to_string();
fn main() { println!("{}", S); }
//= E0015 2:25 2:28
fn n() -> usize { 3 }
fn main() { let a = [0; n()]; println!("{:?}", a); }
//= E0015 2:25 2:28
fn n() -> usize { 3 }
const fn m() -> usize { n() }
fn main() { println!("{:?}", m()); }
//= E0015 5:14 5:25
use std::ops::Add;
#[derive(Clone, Copy)]
struct S(i32);
impl Add for S { type Output = S; fn add(self, o: S) -> S { S(self.0 + o.0) } }
const X: S = S(1) + S(2);
fn main() { println!("{:?}", X.0); }
//= E0015 1:49 1:53
const fn m() -> usize { let mut s = 0; for i in 0..3 { s += i; } s }
fn main() { println!("{:?}", m()); }
//= E0015 1:21 1:32
const X: Box<i32> = Box::new(3);
fn main() { println!("{:?}", X); }
//= E0015 2:18 2:21
trait T { fn f(&self) -> i32; } impl T for i32 { fn f(&self) -> i32 { 3 } }
const X: i32 = 3.f();
fn main() { println!("{:?}", X); }
//= none 1:37 1:40
const fn f(g: fn() -> i32) -> i32 { g() }
fn main() { }
//= E0015 1:43 1:46
const fn f<F: Fn() -> i32>(g: F) -> i32 { g() }
fn main() { }
//= E0015 1:24 1:35
const N: usize = "abc".to_string().len();
fn main() { let a = [0; N]; }
//= E0015 1:59 1:66
#[derive(Clone)] struct S; const A: S = S; const B: S = A.clone();
fn main() { }
//= E0015 1:36 1:39
fn f() -> isize { 3 } enum E { A = f() }
fn main() { }
//= E0015 1:61 1:64
fn f() -> usize { 3 } struct S<const N: usize>; fn g(s: S<{ f() }>) {}
fn main() { }
//= E0015 1:54 1:66
#[derive(PartialEq)] enum E { A, B } const A: bool = E::A == E::B;
fn main() { }
//= E0277 1:35 1:47
use std::cell::RefCell; static A: RefCell<i32> = RefCell::new(3); fn main() { println!("{:?}", A); }
//= E0277 1:28 1:43
use std::rc::Rc; static A: Option<Rc<i32>> = None; fn main() { println!("{:?}", A); }
//= E0015 1:62 1:76
use std::collections::HashMap; static A: HashMap<i32, i32> = HashMap::new(); fn main() { println!("{:?}", A); }
//= E0277 1:71 1:72
use std::cell::Cell; struct S { a: Vec<Option<Cell<i32>>> } static A: S = S { a: Vec::new() }; fn main() { }
//= E0184 1:31 1:32
#[derive(Clone, Copy)] struct S; impl Drop for S { fn drop(&mut self) {} } fn main() {}
//= E0184 1:42 1:43
#[derive(Clone)] struct S; impl Copy for S {} impl Drop for S { fn drop(&mut self) {} } fn main() {}
//= E0438 1:37 1:54
trait T {} struct S; impl T for S { const A: i32 = 1; } fn main() { }
//= E0308 3:23 3:24
fn both<I: Iterator>(items: I, one: I::Item) {}
fn main() {
    both("a".chars(), 1);
}
//= E0507 1:38 1:39
fn f(o: &Option<String>) -> String { o.unwrap() }
fn main() {}
//= E0525 6:13 6:16
fn twice(f: impl Fn(u32)) { f(1); f(2); }

fn main() {

    let s = String::new();
    let f = |_| drop(s);
    twice(f);
}
//= none 1:4 1:8
#![nope]
fn main() {}
//= E0277 3:7 3:13
fn main() {
    let mut v: Vec<i32> = Vec::new();
    v.extend("abc".chars());
}
