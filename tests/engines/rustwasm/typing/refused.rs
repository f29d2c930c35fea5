//= E0029 1
fn f(s: &str) { match s { "a"..="b" => {} _ => {} } }
fn main() {}
//= E0029 4
fn main() {
let string = "salutations !";
match string {
    "hello" ..= "world" => {}
    _ => {}
}
match string {
    s if s >= "hello" && s <= "world" => {}
    _ => {}
}
}
//= E0030 1
fn f(n: char) { match n { 'z'..='a' => {} _ => {} } }
fn main() {}
//= E0030 1
fn f(n: u8) { match n { 5..=1 => {} _ => {} } }
fn main() {}
//= E0030 4
fn main() {
match 5u32 {
    1 ..= 1 => {}
    1000 ..= 5 => {}
}
}
//= E0034 11
struct Test;
trait Trait1 {
    fn foo();
}
trait Trait2 {
    fn foo();
}
impl Trait1 for Test { fn foo() {} }
impl Trait2 for Test { fn foo() {} }
fn main() {
    Test::foo()
}
//= E0034 4
use std::fmt::{self, Debug, Display};
struct V;
impl Debug for V { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("v") } }
impl Display for V { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { let v = 1; v.fmt(f) } }
fn main() {}
//= E0599 3
fn main() {
    let v = vec![1];
    v.frobnicate(|x| *x + x.y, 1);
}
//= E0034 3
trait A { fn go(&self) {} }
trait B { fn go(&self) {} }
fn f<T: A + B>(x: T) { x.go(); }
fn main() {}
//= E0034 5
trait A { const N: u8 = 1; }
trait B { const N: u8 = 2; }
impl A for u8 {}
impl B for u8 {}
fn main() { let n = u8::N; }
//= E0034 5
trait A { fn go(&self) {} }
trait B { fn go(&self) {} }
impl A for u8 {}
impl B for u8 {}
fn main() { 1u8.go(); }
//= E0040 11
struct Foo {
    x: i32,
}
impl Drop for Foo {
    fn drop(&mut self) {
        println!("kaboom");
    }
}
fn main() {
    let mut x = Foo { x: -7 };
    x.drop();
}
//= E0040 3
struct D;
impl Drop for D { fn drop(&mut self) {} }
fn main() { let d = D; d.drop(); }
//= E0040 3
struct D;
impl Drop for D { fn drop(&mut self) {} }
fn main() { let mut d = D; D::drop(&mut d); }
//= E0040 3
struct D;
impl Drop for D { fn drop(&mut self) {} }
fn main() { let mut d = D; Drop::drop(&mut d); }
//= E0049 3
trait Area { fn scaled<T, U>(&self, by: T, u: U) -> T; }
struct S;
impl Area for S { fn scaled<T>(&self, by: T, u: T) -> T { by } }
fn main() {}
//= E0049 6
trait Foo {
    fn foo<T: Default>(x: T) -> Self;
}
struct Bar;
impl Foo for Bar {
    fn foo(x: bool) -> Self { Bar }
}
fn main() {}
//= E0053 3
trait Tr { fn f(&self); }
struct S;
impl Tr for S { unsafe fn f(&self) {} }
fn main() {}
//= E0071 2
type U32 = u32;
fn main() { let t = U32 { value: 4 }; }
//= E0071 3
fn main() {
type U32 = u32;
let t = U32 { value: 4 };
}
//= E0106 1
type X = &str;
fn main() {}
//= E0107 2
fn f() {}
fn main() { f::<'static>(); }
//= E0109 1
fn f(x: u32<u8>) {}
fn main() {}
//= E0109 1
fn f<T>(x: T<u8>) {}
fn main() {}
//= E0109 1 E0109 2
type X = u32<i32>;
type Y = bool<'static>;
fn main() {}
//= E0117 1 E0120 1
impl Drop for Vec<u8> { fn drop(&mut self) {} }
fn main() {}
//= E0120 2
struct Concrete {}
impl Drop for &'_ mut Concrete  {
    fn drop(&mut self) {}
}
fn main() {}
//= E0120 2
trait Animal {}
impl Drop for dyn Animal { fn drop(&mut self) {} }
fn main() {}
//= E0133 1
fn read(p: *const u8) -> u8 { *p }
fn main() {}
//= E0133 3
unsafe fn f() { return; }
fn main() {
    f();
}
//= E0133 8
unsafe fn raw() -> u8 { 1 }
struct S;
impl S { unsafe fn get(&self) -> u8 { unsafe { raw() } } }
unsafe fn outer() -> u8 { raw() }
fn main() {
    let a = unsafe { raw() + S.get() };
    let b = unsafe { let f = || raw(); f() };
    let c = S.get();
}
//= E0158 10
enum Foo {
    One,
    Two
}
trait Bar {
    const X: Foo;
}
fn test<A: Bar>(arg: Foo) {
    match arg {
        A::X => println!("A::X"),
        Foo::Two => println!("Two")
    }
}
fn main() {}
//= E0158 2
trait K { const X: u8; }
fn f<T: K>(n: u8) { match n { T::X => {} _ => {} } }
fn main() {}
//= E0161 3
trait Own { fn f(self); }
impl Own for u8 { fn f(self) {} }
fn main() { let b: Box<dyn Own> = Box::new(1u8); b.f(); }
//= E0161 9
trait Bar {
    fn f(self);
}
impl Bar for i32 {
    fn f(self) {}
}
fn main() {
    let b: Box<dyn Bar> = Box::new(0i32);
    b.f();
}
//= E0164 10
enum A {
    B,
    C,
}
impl A {
    fn new() {}
}
fn bar(foo: A) {
    match foo {
        A::new() => (),
        _ => {}
    }
}
fn main() {}
//= E0164 2
enum E { A(u8), B { x: u8 }, C }
fn f(e: E) { match e { E::B(n) => {} _ => {} } }
fn main() {}
//= E0164 3
struct S;
impl S { fn new() -> S { S } fn of(n: u8) {} }
fn f(n: S) { match n { S::of(1) => {} } }
fn main() {}
//= E0191 1
fn f(x: Box<dyn Iterator>) {}
fn main() {}
//= E0191 2
trait Named { type Name; }
fn f(x: &dyn Named) {}
fn main() {}
//= E0191 2
trait Named { type Name; }
type Any = dyn Named;
fn main() {}
//= E0191 4
trait Trait {
    type Bar;
}
type Foo = dyn Trait;
fn main() {}
//= E0195 3
trait Pick { fn pick<'a, 'b: 'a>(&self, a: &'a str, b: &'b str) -> &'a str; }
struct S;
impl Pick for S { fn pick<'a, 'b>(&self, a: &'a str, _: &'b str) -> &'a str { a } }
fn main() {}
//= E0195 6
trait Trait {
    fn bar<'a,'b:'a>(x: &'a str, y: &'b str);
}
struct Foo;
impl Trait for Foo {
    fn bar<'a,'b>(x: &'a str, y: &'b str) {
    }
}
fn main() {}
//= E0197 2
struct Foo;
unsafe impl Foo { }
fn main() {}
//= E0197 3
struct S;
impl S { unsafe fn f() {} }
unsafe impl S { }
fn main() {}
//= E0199 2
struct S;
unsafe impl Default for S { fn default() -> S { S } }
fn main() {}
//= E0199 3
struct Foo;
trait Bar { }
unsafe impl Bar for Foo { }
fn main() {}
//= E0200 2
struct S(*const u8);
impl Send for S {}
fn main() {}
//= E0200 3
struct Foo;
unsafe trait Bar { }
impl Bar for Foo { }
fn main() {}
//= E0203 1
struct Bad<T: ?Sized + ?Sized> { inner: Box<T> }
fn main() {}
//= E0204 3
#[derive(Clone)]
struct S(String);
impl Copy for S {}
fn main() {}
//= E0206 2
struct S;
impl Copy for &'static mut S {}
fn main() {}
//= E0206 3
#[derive(Copy, Clone)]
struct Bar;
impl Copy for &'static mut Bar { }
fn main() {}
//= E0207 2
struct Foo;
impl<T: Default> Foo {
    fn get(&self) -> T {
        <T as Default>::default()
    }
}
fn main() {}
//= E0207 2
struct Foo;
impl<const T: i32> Foo {
    fn get(&self) -> i32 {
        i32::default()
    }
}
fn main() {}
//= E0207 2
struct W<T>(T);
impl<T, U> W<T> { fn f(&self) {} }
fn main() {}
//= E0207 3
trait Get { type Out; fn get(&self) -> Self::Out; }
struct W;
impl<T> Get for W where T: Default { type Out = u8; fn get(&self) -> u8 { 1 } }
fn main() {}
//= E0207 9
trait Maker {
    type Item;
    fn make(&mut self) -> Self::Item;
}
struct Foo<T> {
    foo: T
}
struct FooMaker;
impl<T: Default> Maker for FooMaker {
    type Item = Foo<T>;
    fn make(&mut self) -> Foo<T> {
        Foo { foo: <T as Default>::default() }
    }
}
fn main() {}
//= E0221 3
trait A { type Out; }
trait B { type Out; }
fn f<T: A + B>(x: T::Out) {}
fn main() {}
//= E0221 9
trait T1 {}
trait T2 {}
trait Foo {
    type A: T1;
}
trait Bar : Foo {
    type A: T2;
    fn do_something() {
        let _: Self::A;
    }
}
fn main() {}
//= E0223 1
fn f() -> Vec<u8>::Item { 1 }
fn main() {}
//= E0223 3
trait Trait { type X; }
fn main() {
    let foo: Trait::X;
}
//= E0223 4
struct S;
trait A { type Out; }
impl A for S { type Out = u8; }
fn f() -> S::Out { 1 }
fn main() {}
//= E0229 10 E0277 10
pub trait Foo {
    type A;
    fn boo(&self) -> <Self as Foo>::A;
}
struct Bar;
impl Foo for isize {
    type A = usize;
    fn boo(&self) -> usize { 42 }
}
fn baz<I>(x: &<I as Foo<A = Bar>>::A) {}
fn main() {}
//= E0271 2
fn total(i: impl Iterator<Item = u32>) {}
fn main() { total(vec![1u8].into_iter()); }
//= E0271 4
trait Tr { type A; }
fn foo<T>(t: T) where T: Tr<A = u32> {}
impl Tr for i8 { type A = &'static str; }
fn main() { foo(3_i8); }
//= E0271 6
trait Tr { type A; }
fn foo<T: Tr<A = u32>>(t: Option<T>) {}
impl Tr for i8 { type A = u8; }
fn main() {
    let mut t = None;
    foo(t);
    t = Some(1i8);
}
//= E0271 7
fn main() {
trait Trait { type AssociatedType; }
fn foo<T>(t: T) where T: Trait<AssociatedType=u32> {
    println!("in foo");
}
impl Trait for i8 { type AssociatedType = &'static str; }
foo(3_i8);
}
//= E0271 2
fn after<I: Iterator>(one: I::Item, items: I) {}
fn main() { after(1, "a".chars()); }
//= E0271 2
fn total<I: Iterator<Item = i32>>(items: I) {}
fn main() { total(["a"].into_iter()); }
//= E0271 4
fn total<I: Iterator<Item = i32>>(items: I, more: impl Iterator<Item = i32>) {}
fn main() {
    total(vec![2].into_iter(), Some(1).into_iter());
    total([1].into_iter(), "abc".chars());
}
//= E0276 3
trait Area { fn scaled<T>(&self, by: T) -> T; }
struct S;
impl Area for S { fn scaled<T: Copy>(&self, by: T) -> T { by } }
fn main() {}
//= E0276 5
trait Foo {
    fn foo<T>(x: T);
}
impl Foo for bool {
    fn foo<T>(x: T) where T: Copy {}
}
fn main() {}
//= E0277 1 E0308 1
const N: [u8] = [1];
fn main() {}
//= E0277 1
enum E { A(str) }
fn main() {}
//= E0277 1
fn f() -> [u8] { loop {} }
fn main() {}
//= E0277 1
fn f(x: &[str]) {}
fn main() {}
//= E0277 1
fn f(x: (str, u8)) {}
fn main() {}
//= E0277 1
fn f(x: Option<dyn Fn()>) {}
fn main() {}
//= E0277 1
fn f(x: Vec<str>) {}
fn main() {}
//= E0277 1
fn f<T: ?Sized>(y: Option<T>) {}
fn main() {}
//= E0277 1
fn f<T>(x: <T as Iterator>::Item) {}
fn main() {}
//= E0277 1
fn main() { let mut x = 1u8; x += "a"; }
//= E0277 1
struct S { name: str, n: u8 }
fn main() {}
//= E0277 1
trait Make { fn make() -> Option<Self>; }
fn main() {}
//= E0277 2
struct Pair<K: Ord, V> { k: K, v: V }
struct Table<K, V> { rows: Vec<Pair<K, V>> }
fn main() {}
//= E0277 2
struct S<T>(T);
fn f(x: &S<str>) {}
fn main() {}
//= E0277 2
struct Wrap<T: Copy> { t: T }
fn main() { let x = Wrap { t: String::new() }; }
//= E0277 2
struct Wrap<T: Copy>(T);
fn f(x: Wrap<String>) {}
fn main() {}
//= E0277 2
struct Wrap<T: Copy>(T);
fn main() { let x = Wrap(String::new()); }
//= E0277 2
struct Wrap<T: Copy>(T);
fn main() { let x: Wrap<String>; }
//= E0277 2
struct Wrap<T: Copy>(T);
impl<T> Wrap<T> { fn f(&self) {} }
fn main() {}
//= E0277 2
struct Wrap<T: Copy>(T);
struct Outer { inner: Wrap<String> }
fn main() {}
//= E0277 2
trait T { fn bar(&self); }
fn f(x: dyn T) { }
fn main() {}
//= E0277 2
trait T { fn bar(&self); }
fn main() { let x: dyn T; }
//= E0277 3
fn f<T: ?Sized>(x: &T) {}
fn g<T>(x: &T) {}
fn main() { f("a"); g("a"); }
//= E0277 3
fn f<T: Copy>(x: T) {}
struct S;
fn main() { f::<S>(S); }
//= E0277 3
trait Show { fn show(&self); }
struct Wrap<T: Show>(T);
impl<T> Clone for Wrap<T> { fn clone(&self) -> Self { loop {} } }
fn main() {}
//= E0277 3
trait Tr<T: Copy> {}
struct S;
impl Tr<String> for S {}
fn main() {}
//= E0277 4
trait Super {}
trait Sub: Super {}
struct S;
impl Sub for S {}
fn main() {}
//= E0277 4
use std::fmt::Display;
trait Tr { type Item: Display; }
struct S;
impl Tr for u8 { type Item = S; }
fn main() {}
//= E0282 1
fn main() { let v = Vec::new(); }
//= E0282 1
fn main() { let x = None; }
//= E0282 2
fn main() {
let x = Vec::new();
}
//= E0282 2
fn make<T>() -> u8 { 1 }
fn main() { make(); }
//= E0282 2
fn size<T>() -> usize { 0 }
fn main() { let n = size::<u8>() + size(); }
//= E0282 3
struct Foo<T>(T);
impl<T> Foo<T> { fn new() -> u8 { 1 } }
fn main() { let x = Foo::new(); }
//= E0282 9
struct Foo<T> {
    num: T,
}
impl<T> Foo<T> {
    fn bar() -> i32 {
        0
    }
    fn baz() {
        let number = Foo::bar();
    }
}
fn main() {}
//= E0283 1
fn main() { let x = [1, 2].iter().map(|x| x + 1).collect(); }
//= E0283 1
fn main() { let x = [1, 2].iter().sum(); println!("{}", x); }
//= E0283 2
fn main() {
let x = "hello".chars().rev().collect();
}
//= E0283 7
fn main() {
struct Foo;
impl Into<u32> for Foo {
    fn into(self) -> u32 { 1 }
}
let foo = Foo;
let bar: u32 = foo.into() * 1u32;
}
//= E0284 1
fn main() { let x = "5".parse().unwrap(); }
//= E0277 1 E0308 1
fn main() { let mut x = 1u8; x += 1u16; }
//= E0309 2
trait Shape { fn area(&self) -> f64; }
fn boxed<'a, T: Shape>(x: T) -> Box<dyn Shape + 'a> { Box::new(x) }
fn main() {}
//= E0309 5
trait Shape { fn area(&self) -> f64; }
struct Holder<'a> { shape: Box<dyn Shape + 'a> }
impl<'a> Holder<'a> {
    fn new<S: Shape>(s: S) -> Holder<'a> {
        Holder { shape: Box::new(s) }
    }
}
fn main() {}
//= E0310 1
fn boxed<F: Fn() -> u8>(f: F) -> Box<dyn Fn() -> u8> { Box::new(f) }
fn main() {}
//= E0310 1
fn compose<A, B, C>(f: impl Fn(A) -> B, g: impl Fn(B) -> C) -> Box<dyn Fn(A) -> C> { Box::new(move |x| g(f(x))) }
fn main() {}
//= E0310 1
fn iter<T: Clone>(v: Vec<T>) -> Box<dyn Iterator<Item = T>> { Box::new(v.into_iter()) }
fn main() {}
//= E0310 2
fn boxed<F: Fn() -> u8>(f: F) -> Box<dyn Fn() -> u8> {
    Box::new(move || f())
}
fn main() {}
//= E0310 2
fn needs<T: 'static>(x: &T) {}
fn f<'a, T: 'a>(x: &'a T) { needs(x); }
fn main() {}
//= E0310 2
fn spawn<F, T>(f: F) -> T where F: FnOnce() -> T + 'static, T: 'static { f() }
fn once<T: Clone>(x: T) -> T { spawn(move || x.clone()) }
fn main() {}
//= E0310 2
fn stat<T: 'static>(x: T) {}
fn f<T>(x: T) { stat(x); }
fn main() {}
//= E0310 2
struct Foo<T> {
    foo: &'static T
}
fn main() {}
//= E0310 2
trait Shape { fn area(&self) -> f64; }
fn boxed<T: Shape>(x: T) -> Box<dyn Shape> { Box::new(x) }
fn main() {}
//= E0310 3
struct Keeps { all: Vec<Box<dyn Fn() -> u32>> }
impl Keeps {
    fn add<F: Fn() -> u32>(&mut self, f: F) { self.all.push(Box::new(f)); }
}
fn main() {}
//= E0310 4
use std::rc::Rc;
trait Obs { fn note(&self, n: u8); }
struct Subject { all: Vec<Rc<dyn Obs>> }
impl Subject { fn add<O: Obs>(&mut self, o: Rc<O>) { self.all.push(o); } }
fn main() {}
//= E0311 2
fn no_restriction<T>(x: &()) -> &() {
    with_restriction::<T>(x)
}
fn with_restriction<'a, T: 'a>(x: &'a ()) -> &'a () {
    x
}
fn main() {}
//= E0317 1
fn main() { let x = if true { 1 }; }
//= E0322 2
struct Foo;
impl Sized for Foo {}
fn main() {}
//= E0326 3
trait Area { const SIDES: u32; const NAME: &'static str = "a"; }
struct S;
impl Area for S { const SIDES: usize = 3; }
fn main() {}
//= E0326 6
trait Foo {
    const BAR: bool;
}
struct Bar;
impl Foo for Bar {
    const BAR: u32 = 5;
}
fn main() {}
//= E0366 2
struct Guard<'a, T>(&'a T);
impl<T> Drop for Guard<'static, T> { fn drop(&mut self) {} }
fn main() {}
//= E0366 4
struct Foo<T> {
    t: T
}
impl Drop for Foo<u32> {
    fn drop(&mut self) {}
}
fn main() {}
//= E0367 2
struct Guard<T>(T);
impl<T: Clone> Drop for Guard<T> { fn drop(&mut self) { let _ = self.0.clone(); } }
fn main() {}
//= E0367 5
trait Foo {}
struct MyStruct<T> {
    t: T
}
impl<T: Foo> Drop for MyStruct<T> {
    fn drop(&mut self) {}
}
fn main() {}
//= E0368 1
fn main() { let mut x = 1.5f32; x <<= 2; }
//= E0368 1
fn main() { let mut x = String::new(); x -= "a"; }
//= E0368 1
fn main() { let mut x = true; x += false; }
//= E0368 11
use std::ops::Add;
struct Foo(u32);
impl Add for Foo {
    type Output = Foo;
    fn add(self, rhs: Foo) -> Foo {
        Foo(self.0 + rhs.0)
    }
}
fn main() {
    let mut x: Foo = Foo(5);
    x += Foo(7);
}
//= E0368 3
fn main() {
let mut x = 12f32;
x <<= 2;
}
//= E0392 1
struct Slice<'a> { length: usize }
fn main() {}
//= E0207 7 E0392 2
struct Foo;
struct Bar<'a>;
trait Contains {
    type B;
    fn get(&self) -> i32;
}
impl<'a> Contains for Foo {
    type B = Bar<'a>;
    fn get(&self) -> i32 {
        i32::default()
    }
}
fn main() {}
//= E0393 2
trait A<T = Self> {}
fn f(x: &dyn A) {}
fn main() {}
//= E0393 2
trait A<T = Self> {}
fn together_we_will_rule_the_galaxy(son: &dyn A) {}
fn main() {}
//= E0425 1
type X = Missing;
fn main() {}
//= E0436 13
enum PublicationFrequency {
    Weekly,
    SemiMonthly { days: (u8, u8), annual_special: bool },
}
fn one_up_competitor(competitor_frequency: PublicationFrequency)
                     -> PublicationFrequency {
    match competitor_frequency {
        PublicationFrequency::Weekly => PublicationFrequency::SemiMonthly {
            days: (1, 15), annual_special: false
        },
        c @ PublicationFrequency::SemiMonthly{ .. } =>
            PublicationFrequency::SemiMonthly {
                annual_special: true, ..c
        }
    }
}
fn main() {}
//= E0436 2
enum E { A { x: u8, y: u8 } }
fn f(e: E) -> E { E::A { x: 1, ..e } }
fn main() {}
//= E0437 3
trait Foo {}
impl Foo for i32 {
    type Bar = bool;
}
fn main() {}
//= E0437 3
trait Show { fn show(&self); }
struct S;
impl Show for S { fn show(&self) {} type Out = u8; }
fn main() {}
//= E0438 5
trait Show { fn show(&self); }
struct S;
impl Show for S {
    fn show(&self) {}
    const N: u8 = 1;
}
fn main() {}
//= E0507 4
fn apply(f: impl FnMut()) { }
fn main() {
    let s = String::new();
    apply(move || drop(s));
}
//= E0521 2
fn stat<T: 'static>(x: T) {}
fn f(x: &str) { stat(x); }
fn main() {}
//= E0525 4
fn apply(f: impl Fn(u32)) { f(1); }
fn main() {
    let mut n = 0;
    let mut closure = |x| n += x;
    apply(closure);
}
//= E0525 4
fn apply(f: impl Fn(u32)) { f(1); }
fn main() {
    let s = String::new();
    let closure = |_| drop(s);
    apply(closure);
}
//= E0525 6
struct X;
fn foo<T>(_: T) {}
fn bar<T: Fn(u32)>(_: T) {}
fn main() {
    let x = X;
    let closure = |_| foo(x);
    bar(closure);
}
//= E0533 3
struct S;
impl S { fn new() -> S { S } fn of(n: u8) {} }
fn f(n: S) { match n { S::new => {} } }
fn main() {}
//= E0533 7 E0533 10
fn main() {
struct Tortoise;
impl Tortoise {
    fn turtle(&self) -> u32 { 0 }
}
match 0u32 {
    Tortoise::turtle => {}
    _ => {}
}
if let Tortoise::turtle = 0u32 {}
}
//= E0579 1
fn f(n: u8) { match n { 5..5 => {} _ => {} } }
fn main() {}
//= E0579 4
fn main() {
    match 5u32 {
        1..2 => {}
        5..5 => {}
    }
}
//= E0593 2
fn run(f: impl Fn()) {}
fn main() { run(|x| ()); }
//= E0593 2
fn run(f: impl Fn(u8, u8)) {}
fn main() { run(|x| ()); }
//= E0593 2
fn two(a: u8, b: u8) {}
fn main() { [1u8].into_iter().for_each(two); }
//= E0593 3
fn foo<F: Fn()>(x: F) { }
fn main() {
    foo(|y| { });
}
//= E0594 4
fn apply(f: impl Fn()) { }
fn main() {
    let mut n = 0;
    apply(|| n += 1);
}
//= E0620 1
fn main() { let x = &[1u8, 2] as [u8]; }
//= E0620 2
fn main() {
let x = &[1_usize, 2] as [usize];
}
//= E0631 2
fn run(f: impl Fn(u8)) {}
fn main() { run(|x: u16| ()); }
//= E0631 4
fn foo<F: Fn(i32)>(f: F) {
}
fn main() {
    foo(|x: &str| {});
}
//= E0643 3
trait Area { fn sum<I: Iterator<Item = u32>>(&self, by: I) -> u32; }
struct S;
impl Area for S { fn sum(&self, by: impl Iterator<Item = u32>) -> u32 { by.count() as u32 } }
fn main() {}
//= E0643 5
trait Foo {
    fn foo(&self, _: &impl Iterator);
}
impl Foo for () {
    fn foo<U: Iterator>(&self, _: &U) { }
}
fn main() {}
//= E0665 1
#[derive(Default)]
enum E { A, B }
fn main() {}
//= E0666 3
trait Inner {}
trait Outer<T> {}
fn f(x: impl Outer<impl Inner>) {}
fn main() {}
//= E0666 4
trait MyGenericTrait<T> {}
trait MyInnerTrait {}
fn foo(
    bar: impl MyGenericTrait<impl MyInnerTrait>,
) {}
fn main() {}
//= E0716 3
fn foo() -> i32 { 22 }
fn bar(x: &i32) -> &i32 { x }
fn main() { let p = bar(&foo()); let q = *p; }
//= E0716 3
fn main() {
    let n = 2;
    let f = [1, n, 3].iter();
    println!("{}", f.count());
}
//= E0716 4
fn bar<'a>(x: &'a (i32, i32)) -> &'a i32 { &x.0 }
fn main() {
    let n = 3;
    let p = bar(&(n, 4));
    println!("{}", p);
}
//= E0716 4
fn main() {
fn foo() -> i32 { 22 }
fn bar(x: &i32) -> &i32 { x }
let p = bar(&foo());
let q = *p;
}
//= E0716 5
fn first<'a>(a: &'a i32, b: &'a i32) -> &'a i32 { if a < b { a } else { b } }
fn main() {
    let n = 4;
    let x;
    x = first(&n, &(n + 1));
    println!("{}", x);
}
//= E0716 6
#[derive(Clone, Copy)]
struct P { x: i32 }
impl P { fn new(x: i32) -> P { P { x } } fn x(&self) -> &i32 { &self.x } }
fn main() {
    let a = P::new(3).x() + 1;
    let b = P::new(4).x();
    println!("{} {}", a, b);
}
//= E0746 2
trait T { fn bar(&self); }
fn f() -> dyn T { loop {} }
fn main() {}
//= E0769 2
enum E { A(u8), B { x: u8 }, C }
fn f(e: E) { match e { E::A { n } => {} _ => {} } }
fn main() {}
//= E0769 7
fn main() {
enum E {
    A(i32),
}
let e = E::A(42);
match e {
    E::A { number } => {
        println!("{}", number);
    }
}
}
//= E0790 1
fn main() { let x = Default::default(); }
//= E0790 13
fn main() {
trait Coroutine {
    fn create() -> u32;
}
struct Impl;
impl Coroutine for Impl {
    fn create() -> u32 { 1 }
}
struct AnotherImpl;
impl Coroutine for AnotherImpl {
    fn create() -> u32 { 2 }
}
let cont: u32 = Coroutine::create();
}
//= E0790 4
trait Coroutine { fn create() -> u32; }
struct S;
impl Coroutine for S { fn create() -> u32 { 1 } }
fn main() { let n: u32 = Coroutine::create(); }
//= E0794 2
fn f<'a>(x: &'a str) {}
fn main() { f::<'static>("a"); }
//= none 1 none 2
struct A<T>(Option<Box<B<T>>>);
struct B<T>(Option<Box<A<T>>>);
fn main() {}
//= none 1
struct Loop<T>(Option<Box<Loop<T>>>);
fn main() {}
//= fine
#[derive(Clone, Copy)]
struct P { x: i32 }
impl P { const ONE: P = P { x: 1 }; fn x(&self) -> &i32 { &self.x } }
const TWO: P = P { x: 2 };
fn pick(a: Option<&i32>) -> &i32 { a.unwrap_or(&9) }
fn main() {
    let a = P::ONE.x();
    let b = TWO.x();
    let c = P { x: 5 }.x();
    let d = pick(Some(&(1 + 2)));
    let e: &[i32] = &[1, 2][..];
    let f = [1, 2, 3].iter();
    let g = "a b".split(' ').next();
    println!("{} {} {} {} {:?} {} {:?}", a, b, c, d, e, f.count(), g);
}
//= fine
#[derive(Clone, Debug, PartialEq)]
struct Wrap<T: Copy + PartialEq> { t: T }
fn f<T: Copy + PartialEq>(w: &Wrap<T>) -> bool { let v: Wrap<T> = w.clone(); v == *w }
fn main() {}
//= fine
#[derive(Default)]
enum E { A, #[default] B }
fn main() {}
//= fine
const fn two(a: i32) -> i32 { a + 1 }
const Z: &i32 = &two(4);
const W: (&i32, &[i32]) = (&1, &[4, 5]);
static S: &[&[i32]] = &[&[two(1)], &[2]];
fn main() { println!("{} {:?} {:?}", Z, W, S); }
//= fine
enum E { A(u8), B { x: u8 }, C }
fn f(e: E) { match e { E::A { 0: n } => {} E::B { .. } => {} E::C { } => {} } }
fn main() {}
//= fine
fn boxed<F: Fn() -> u8 + 'static>(f: F) -> Box<dyn Fn() -> u8> { Box::new(move || f()) }
fn main() {}
//= fine
fn compose<A, B, C>(f: impl Fn(A) -> B, g: impl Fn(B) -> C) -> impl Fn(A) -> C { move |x| g(f(x)) }
fn main() {}
//= fine
fn dbg<T: std::fmt::Debug>(x: T) -> String { let all: Vec<Box<dyn std::fmt::Debug>> = vec![Box::new(x)]; format!("{:?}", all) }
fn main() {}
//= fine
fn dbg<T: std::fmt::Debug>(x: T) -> String { let all: Vec<Box<dyn std::fmt::Debug>> = vec![]; let one: Box<dyn std::fmt::Debug + '_> = Box::new(x); format!("{:?}", one) }
fn main() {}
//= fine
fn foo() -> i32 { 22 }
fn bar(x: &i32) -> &i32 { x }
fn main() { let q = *bar(&foo()) + *bar(&5); let p: &'static i32 = bar(&5); let r = &foo(); println!("{} {} {}", p, q, r); }
//= fine
fn iter<'a, T>(v: &'a [T]) -> Box<dyn Iterator<Item = &'a T> + 'a> { Box::new(v.iter()) }
fn main() {}
//= fine
fn iter<T: Clone + 'static>(v: Vec<T>) -> Box<dyn Iterator<Item = T>> { Box::new(v.into_iter()) }
fn main() {}
//= fine
fn main() {
    let n = 2;
    for x in [1, n, 3].iter() { println!("{}", x); }
    let t: i32 = [n, n].iter().map(|x| x * n).sum();
    let m = *[n, t].iter().max().unwrap();
    let s = match (n, m) { (ref a, ref b) if a < b => *a, (a, _) => a };
    if let Some(x) = [n, m].iter().rev().next() { println!("{} {}", x, s); }
    while let Some(x) = [n].first() { println!("{}", x); break; }
}
//= fine
fn main() {
    let n = 4;
    let x = (&(n + 1), [&(n + 2)]);
    println!("{:?}", x);
}
//= fine
fn main() {
    let n = 4;
    let x: &i32 = if n > 3 { &(n + 1) } else { &n };
    let y = Some(&(n * 2));
    println!("{} {:?}", x, y);
}
//= fine
fn main() { let f = unsafe { || danger() }; f(); }
unsafe fn danger() {}
//= fine
fn main() { let x: u32 = Default::default(); let y = u8::default(); }
//= fine
fn pick<T>(x: Result<T, u8>) -> u8 { match x { Ok(_) => 1, Err(n) => n } }
fn f(n: u8) -> u8 { pick(if n > 1 { Ok(return 3) } else { Err(2) }) }
fn g(o: Option<u8>) -> u8 { o.map(|_| panic!("no")).unwrap_or(1) }
fn h(o: Option<u8>) { o.map(|_| unreachable!()); }
fn main() {}
//= fine
fn read(p: *const u8) -> u8 { unsafe { *p } }
fn main() {}
//= fine
fn spawn<F, T>(f: F) -> T where F: FnOnce() -> T + 'static, T: 'static { f() }
fn twice<T: Clone + 'static>(x: T) -> (T, T) { let y = x.clone(); (spawn(move || x.clone()), spawn(move || y)) }
fn main() {}
//= fine
struct A<T>(Option<Box<B<T>>>);
struct B<T>(Option<Box<A<T>>>, T);
fn main() {}
//= fine
struct Adapter<I: Iterator> { inner: I, seen: Option<I::Item> }
impl<I: Iterator> Iterator for Adapter<I> where I::Item: Clone { type Item = I::Item; fn next(&mut self) -> Option<I::Item> { self.inner.next() } }
fn wrap<I: Iterator>(i: I) -> Adapter<I> { Adapter { inner: i, seen: None } }
fn main() {}
//= fine
struct Bus<E> { handlers: Vec<Box<dyn Fn(&E)>> }
impl<E> Bus<E> {
    fn on(&mut self, f: impl Fn(&E) + 'static) { self.handlers.push(Box::new(f)); }
    fn emit(&self, e: &E) { for h in &self.handlers { h(e); } }
}
fn main() {}
//= fine
struct Cache<K, V> { make: Box<dyn Fn(&K) -> V>, all: Vec<(K, V)> }
impl<K: PartialEq + Clone, V: Clone> Cache<K, V> {
    fn new<F>(make: F) -> Self where F: Fn(&K) -> V + 'static { Cache { make: Box::new(make), all: Vec::new() } }
    fn get(&mut self, k: K) -> V { let v = (self.make)(&k); self.all.push((k, v.clone())); v }
}
fn main() {}
//= fine
struct Foo(i32);
trait Contents { type Item; fn get(&self) -> Self::Item; }
impl<'a> Contents for &'a Foo { type Item = &'a i32; fn get(&self) -> Self::Item { &self.0 } }
fn main() {}
//= fine
struct Foo<'a, T> { foo: &'a T }
fn main() {}
//= fine
struct Foo<T: 'static> { foo: &'static T }
fn main() {}
//= fine
struct Guard<T: Clone>(T);
impl<T: Clone> Drop for Guard<T> { fn drop(&mut self) { let _ = self.0.clone(); } }
fn main() {}
//= fine
struct Pair<K: Ord, V> { k: K, v: V }
struct Table<K: Ord, V> { rows: Vec<Pair<K, V>> }
fn main() {}
//= fine
struct S { n: u8, name: str }
fn main() {}
//= fine
struct S(*const u8);
unsafe impl Send for S {}
unsafe impl Sync for S {}
fn main() {}
//= fine
struct S;
impl S { const ONE: u8 = 1; fn new() -> S { S } }
fn f(n: u8) { match n { S::ONE => {} _ => {} } }
fn main() {}
//= fine
struct Wrap<T: ?Sized>(Box<T>);
fn f(x: Wrap<str>, y: &Wrap<dyn Fn()>, z: Box<[u8]>, w: std::rc::Rc<str>) {}
fn main() {}
//= fine
struct Wrap<T: ?Sized>(Box<T>);
fn f<T: ?Sized>(x: &Wrap<T>, y: Option<&T>) {}
fn main() {}
//= fine
struct Wrap<T: Copy>(T);
impl<T: Copy> Wrap<T> { fn f(&self) {} }
fn g<T: Copy>(x: Wrap<T>, y: Option<Wrap<u8>>) {}
fn main() {}
//= fine
trait A { fn go(&self) -> u8 { 1 } }
trait B { fn go(&self) -> u8 { 2 } }
impl<T> A for T {}
fn f<T: B>(x: T) -> u8 { x.go() }
fn g(x: &dyn B) -> u8 { x.go() }
fn h(x: impl B) -> u8 { x.go() }
fn main() {}
//= fine
trait A { fn go(&self) {} }
trait B { fn go(&self) {} }
impl<T> B for T {}
fn f<T: A>(x: T, y: &dyn A) { x.go(); }
fn main() {}
//= fine
trait A { fn go(&self) {} }
trait B { fn go(&self) {} }
struct S;
impl S { fn go(&self) {} }
impl A for S {}
impl B for S {}
fn main() { S.go(); A::go(&S); <S as B>::go(&S); }
//= fine
trait A { type Out; }
trait B { type Out; }
fn f<T: A + B>(x: <T as A>::Out) {}
fn main() {}
//= fine
trait A: Sized { fn go(self) {} }
trait B { fn go(&self) {} }
struct S;
impl A for S {}
impl B for S {}
fn main() { S.go(); }
//= fine
trait Area { fn scaled<T: Copy>(&self, by: T) -> T; }
struct S;
impl Area for S { fn scaled<T: Clone + Copy>(&self, by: T) -> T { by } }
fn main() {}
//= fine
trait Area { fn scaled<T: Copy>(&self, by: T) -> T; }
struct S;
impl Area for S { fn scaled<T>(&self, by: T) -> T { by } }
fn main() {}
//= fine
trait Area { fn sum(&self, by: impl Iterator<Item = u32>) -> u32; }
struct S;
impl Area for S { fn sum(&self, by: impl Iterator<Item = u32>) -> u32 { by.count() as u32 } }
fn main() {}
//= fine
trait Area { type N; const SIDES: Self::N; }
struct S;
impl Area for S { type N = u8; const SIDES: u8 = 3; }
fn main() {}
//= fine
trait Conv<T> { fn conv(&self) -> T; }
struct W<T>(T);
impl<T: Clone, U: From<T>> Conv<U> for W<T> { fn conv(&self) -> U { U::from(self.0.clone()) } }
fn main() {}
//= fine
trait Expr { fn eval(&self) -> i64; }
impl Expr for i64 { fn eval(&self) -> i64 { *self } }
impl<T: Expr + ?Sized> Expr for Box<T> { fn eval(&self) -> i64 { (**self).eval() } }
impl<T: Expr> Expr for Vec<T> { fn eval(&self) -> i64 { let all: Vec<&dyn Expr> = self.iter().map(|e| e as &dyn Expr).collect(); all.iter().map(|e| e.eval()).sum() } }
fn main() { let v: Vec<Box<dyn Expr>> = vec![Box::new(1i64), Box::new(vec![2i64])]; let _ = v.eval(); }
//= fine
trait Expr { fn eval(&self) -> i64; }
struct Add<L, R>(L, R);
impl<L: Expr, R: Expr> Expr for Add<L, R> { fn eval(&self) -> i64 { self.0.eval() + self.1.eval() } }
fn both<'e, L: Expr + 'e, R: Expr + 'e>(l: L, r: R) -> Box<dyn Expr + 'e> { Box::new(Add(l, r)) }
fn main() {}
//= fine
trait Make: Sized { fn make() -> Option<Self>; fn pair(self) -> (Self, Self); }
trait Also: Clone { fn make(&self) -> Option<Self>; }
trait Where { fn make(&self) -> Option<Self> where Self: Sized; fn list(&self) -> Box<Self> where Self: Sized; }
fn main() {}
//= fine
trait Named { type Name; fn n(&self) -> Self::Name; }
trait Sub: Named<Name = u8> {}
fn f(x: &dyn Sub, y: &dyn Named<Name = u8>) {}
fn main() {}
//= fine
trait Named { type Name; fn name(&self) -> Self::Name; }
struct S;
impl<T, I: Iterator<Item = T>> Named for (S, I) { type Name = Option<T>; fn name(&self) -> Option<T> { None } }
impl<'a> Named for &'a S { type Name = &'a S; fn name(&self) -> &'a S { self } }
fn main() {}
//= fine
trait Node: 'static { fn id(&self) -> u8; }
fn boxed<T: Node>(x: T) -> Box<dyn Node> { Box::new(x) }
fn main() {}
//= fine
trait Pick { fn pick<'a>(&self, a: &'a str, b: &'a str) -> &'a str; }
struct S;
impl Pick for S { fn pick<'x>(&self, a: &'x str, _: &'x str) -> &'x str { a } }
fn main() {}
//= fine
trait Shape { fn area(&self) -> f64; }
fn boxed<'a, T: Shape + 'a>(x: T) -> Box<dyn Shape + 'a> { Box::new(x) }
fn main() {}
//= fine
trait Shape { fn area(&self) -> f64; }
fn boxed<T: Shape + 'static>(x: T) -> Box<dyn Shape> { Box::new(x) }
fn main() {}
//= fine
trait Shape { fn area(&self) -> f64; }
fn lend<'a, T: Shape>(x: &'a T) -> Box<dyn Shape + 'a> where &'a T: Shape { Box::new(x) }
fn main() {}
//= fine
trait Shape { fn area(&self) -> f64; }
fn lend<T: Shape>(x: &T) -> &dyn Shape { x }
fn main() {}
//= fine
trait Shape { fn area(&self) -> f64; }
fn total<T: Shape>(x: &T, all: &[T]) -> f64 { let d: &dyn Shape = x; d.area() + all.iter().map(|s| { let e: &dyn Shape = s; e.area() }).sum::<f64>() }
fn main() {}
//= fine
trait Shape { fn area(&self) -> f64; }
struct Group<S: Shape> { all: Vec<S> }
impl<S: Shape> Shape for Group<S> { fn area(&self) -> f64 { self.all.iter().map(|s| s.area()).sum() } }
impl<S: Shape> Iterator for Group<S> { type Item = S; fn next(&mut self) -> Option<S> { self.all.pop() } }
type Shapes = Group<Circle>;
struct Circle;
impl Shape for Circle { fn area(&self) -> f64 { 1.0 } }
fn total(g: &Shapes) -> f64 { g.area() }
fn main() {}
//= fine
trait Shape { fn area(&self) -> f64; }
struct Holder<'a> { shape: Box<dyn Shape + 'a> }
impl<'a> Holder<'a> {
    fn new<S: Shape + 'a>(s: S) -> Holder<'a> { Holder { shape: Box::new(s) } }
}
fn main() {}
//= fine
trait Shape<'a> { fn name(&self) -> &'a str; }
struct Holder<'a> { shape: Box<dyn Shape<'a>> }
struct Part<'a, T: Iterator<Item = &'a str>> { items: T }
fn main() {}
//= fine
trait Tr { type A; }
fn foo<T>(t: T) where T: Tr<A = u32> {}
impl Tr for i8 { type A = u32; }
fn main() { foo(3); }
//= fine
trait Tr { type Item: Clone; fn f(&self) -> Option<Self::Item>; }
impl Tr for u8 { type Item = String; fn f(&self) -> Option<String> { None } }
fn main() {}
//= fine
trait Visitor { fn go(&mut self); }
fn each<V: Visitor>(v: &mut V) { let d: &mut dyn Visitor = v; d.go(); run(v); }
fn run(v: &mut dyn Visitor) { v.go(); }
fn main() {}
//= fine
type Copies = dyn Fn(u8) -> u8;
type Own<T> = Option<Box<dyn Iterator<Item = T>>>;
fn main() {}
//= fine
type X<T> = Vec<T>;
type Y<'a, T> = &'a X<T>;
type P = (u8, fn(&str) -> &str);
fn main() {}
//= fine
use std::marker::PhantomData;
struct Tagged<T> { number: u32, tag: PhantomData<T> }
enum Tree<T> { Leaf, Node(Box<Tree<T>>, T) }
struct Call<'a, A, R>(Box<dyn Fn(A) -> R + 'a>);
struct Held<'a, const N: usize>([&'a str; N]);
fn main() {}
//= fine
use std::rc::Rc;
trait Obs { fn note(&self, n: u8); }
struct Subject<'a> { all: Vec<Rc<dyn Obs + 'a>> }
impl<'a> Subject<'a> { fn add<O: Obs + 'a>(&mut self, o: Rc<O>) { self.all.push(o); } }
fn main() {}
//= E0107 1 …
fn f(x: Vec<Item = u8>) {}
fn main() {}
//= E0183 2 …
struct S;
impl Fn(u8) for S {}
fn main() {}
//= E0277 1 …
static S: str = *"a";
fn main() {}
//= E0593 1 …
fn main() { let v: Vec<u8> = [1u8, 2].iter().map(|a, b| *a).collect(); }
//= E0746 8 …
trait T {
    fn bar(&self);
}
struct S(usize);
impl T for S {
    fn bar(&self) {}
}
fn foo() -> dyn T {
    S(42)
}
fn main() {}
//= fine
fn of(x: impl AsRef<str>) -> usize { x.as_ref().len() }
fn generic<S: AsRef<str>>(x: S) -> usize { x.as_ref().len() }
fn main() { of("a"); generic(String::new()); }
//= fine
fn main() { let (a, b); [a, _] = [3, 4]; (b, ..) = (1, 2, 3); println!("{a} {b}"); }
//= E0070 4
fn one() -> i32 { 1 }
fn main() {
    let a;
    (a, one()) = (1, 2);
    println!("{a}");
}
//= E0384 3
fn main() {
    let a = 1;
    (a, _) = (2, 3);
    println!("{a}");
}
//= E0026 4
struct P { x: i32 }
fn main() {
    let a;
    P { x: a, z: _ } = P { x: 1 };
    println!("{a}");
}
//= E0797 2
struct P { x: i32, y: i32 }
fn main() { let p = P { x: 1, .. }; println!("{}", p.x + p.y); }
//= none 5
struct P { x: i32, y: i32 }
fn main() {
    let a;
    let p = P { x: 1, y: 2 };
    P { x: a, ..p } = P { x: 1, y: 2 };
    println!("{a} {}", p.y);
}
//= fine
#[derive(Debug, Clone)]
struct Held<'a> { it: std::slice::Iter<'a, i32>, owned: std::vec::IntoIter<u8> }
fn main() { println!("{:?}", Held { it: [1, 2].iter(), owned: vec![1].into_iter() }.clone()); }
//= fine
fn main() {
    let c = String::new().len() > 7;
    let x = if c { &String::new() } else { &String::from("a") };
    let y = match c { true => &String::from("a"), _ => &String::new() };
    println!("{x}{y}");
}
//= E0716 3
fn same(s: &String) -> &String { s }
fn main() {
    let x = if true { same(&String::new()) } else { same(&String::from("a")) };
    println!("{x}");
}
//= E0606 3
fn main() {
    let n = 1i32;
    let p = &n as *const u32;
    let _ = p;
}
//= E0606 3
fn main() {
    let n = 1i32;
    let p = &n as *mut i32;
    let _ = p;
}
//= fine
fn main() {
    let mut n = [1i32, 2];
    let p = &mut n as *const [i32; 2];
    let r = &n as *const _;
    let _: (_, *const [i32; 2]) = (p, r);
}
//= E0746 2 E0746 4
trait T {}
fn f() -> dyn T { todo!() }
struct S; impl T for S {}
fn g() -> dyn T { S }
fn main() {}
//= E0521 1
fn main() { let mut words: Vec<&str> = Vec::new(); let mut f = |w: &str| words.push(w); f("a"); println!("{words:?}"); }
//= E0521 1
fn main() { let mut last = ""; let mut f = |w: &str| { last = w; }; { let s = String::from("a"); f(&s); } println!("{last}"); }
//= fine
fn main() { let mut words = Vec::new(); let mut f = |w| words.push(w); f("a"); println!("{words:?}"); }
//= E0521 2
fn each(f: impl FnMut(&str)) { let mut f = f; f(&String::from("a")); }
fn main() { let mut words: Vec<&str> = Vec::new(); each(|w| words.push(w)); println!("{words:?}"); }
//= E0310 2
struct S<T: 'static> { a: T }
fn f<T>(t: T) { let _ = S { a: t }; }
fn main() { f(1); }
//= E0310 4
struct S<'a, T: 'a>(&'a T);
fn f<'a, 'b, T>(t: &'b T) -> S<'b, T> { S(t) }
struct K<T: 'static>(T);
fn g<T>(t: T) { K(t); }
fn main() { f(&1); g(1); }
//= E0310 2
fn need<T: 'static>(t: T) { drop(t) }
fn f<T>(t: T) { let g = move || need(t); g(); }
fn main() { f(1); }
//= fine
use std::collections::HashMap;
fn each(mut f: impl FnMut(&str)) { f(&String::from("a")); }
fn apply<'a, F: FnMut(&'a str)>(s: &'a str, mut f: F) { f(s) }
fn via<T>(t: T, f: impl Fn(T)) { f(t) }
fn keep<F>(f: F) -> usize where F: for<'x> Fn(&'x str) -> &'x str { f(&String::from("a")).len() }
struct S { name: String }
fn main() {
    let s = String::from("x");
    let mut words: Vec<&str> = Vec::new();
    apply(&s, |w| words.push(w)); apply(&s, |w: &str| words.push(w));
    via(&s[..], |w| println!("{w}"));
    s.split(' ').for_each(|w| words.push(w));
    s.split(' ').filter(|w: &&str| w.len() > 1).for_each(|w: &str| words.push(w));
    let mut kept: Vec<&str> = vec![];
    s.split(' ').inspect(|w| kept.push(*w)).count();
    let mut n = 0; each(|w| n += w.len()); each(|w: &str| { let t = w; n += t.len(); });
    let mut owned = Vec::new(); each(|w| owned.push(w.to_string()));
    let mut m: HashMap<String, usize> = HashMap::new(); each(|w| *m.entry(w.to_owned()).or_insert(0) += 1);
    keep(|x| x); keep(|x| &x[1..]); keep(|_| "a");
    let mut v = vec![S { name: s.clone() }]; v.sort_by_key(|x| x.name.clone()); v.sort_by(|a, b| a.name.cmp(&b.name));
    let best = v.iter().max_by_key(|x| x.name.len()); println!("{}", best.unwrap().name);
    let names: Vec<&str> = v.iter().map(|x| x.name.as_str()).collect(); println!("{names:?}{words:?}{kept:?}{n}{owned:?}{m:?}");
    let f = |x: &S| x.name.len(); println!("{}", f(&v[0]));
    let g = |x| words.push(x); let mut g = g; g("a");
    let h = |a: &mut Vec<u8>, b: &u8| a.push(*b); h(&mut vec![], &1);
    let o = Some(String::new()); let r = o.as_ref().map(|x| x.as_str()).unwrap_or("a"); println!("{r}");
    let i = |x: &'static str| -> &'static str { x }; i("a");
}
//= E0521 2
fn need(x: &'static str) { println!("{x}"); }
fn f(x: &str) { let g = || need(x); g(); }
fn main() { f("a"); }
//= E0521 2
fn need(x: &'static str) { println!("{x}"); }
fn main() { let g = |x: &str| need(x); g("a"); }
//= none 1
fn main() { let g = |x: &str| x; g("a"); }
//= none 1
fn main() { let g = |x: &str| -> &str { x }; g("a"); }
//= none 2
struct S { name: String }
fn main() { let mut v: Vec<S> = vec![]; v.sort_by_key(|x| &x.name); }
//= none 1
fn main() { let g = |a: &mut Vec<&str>, b: &str| a.push(b); g(&mut vec![], "a"); }
//= fine
fn a<'a, F: Fn(&str) -> &'a str>(g: F) -> &'a str { let s = String::from("x"); g(&s) }
fn b<F: Fn(&str) -> &str>(g: F) -> usize { let s = String::from("x"); g(&s).len() }
fn c<'a, F: Fn(&'a str) -> &'a str>(s: &'a str, g: F) -> &'a str { g(s) }
fn d<T, U, F: FnMut(&T) -> U>(t: T, mut g: F) -> U { g(&t) }
fn e<T, F>(v: &[T], f: F) -> Option<&T> where F: Fn(&T) -> bool { for x in v { if f(x) { return Some(x); } } None }
fn h<'a, T, U>(v: &'a [T], f: impl Fn(&'a T) -> &'a U) -> &'a U { f(&v[0]) }
fn main() { println!("{}{}{}{}{:?}{}", a(|_| "a"), b(|x| x), c("", |x| x), d(1, |x| *x), e(&[1], |x| *x > 0), h(&[(1, 2)], |x| &x.0)); }
//= E0515 1
fn b<F: Fn(&str) -> &str>(g: F) -> &'static str { let s = String::from("x"); g(&s) }
fn main() { b(|x| x); }
//= E0597 1
fn c<'a, F: Fn(&'a str) -> &'a str>(_: &'a str, g: F) -> &'a str { let s = String::from("x"); g(&s) }
fn main() { c("", |x| x); }
//= E0597 1
fn c<'a, F: Fn(&'a str)>(_: &'a str, g: F) { let s = String::from("x"); g(&s) }
fn main() { c("", |x| {}); }
//= fine
struct S<T: 'static> { a: T }
struct R<'a, 'b: 'a, T: 'a>(&'a T, &'b str);
fn f<T: 'static>(t: T) -> S<T> { S { a: t } }
fn g<'a, 'b: 'a, T>(t: &'a T, s: &'b str) -> R<'a, 'b, T> { R(t, s) }
fn h<T>(t: T) -> usize { let s = String::new(); let r = R(&t, &s); r.1.len() }
impl<T: 'static> S<T> { fn new(a: T) -> Self { S { a } } fn map<U: 'static>(self, f: impl Fn(T) -> U) -> S<U> { S { a: f(self.a) } } fn later(self) -> impl Fn() -> S<u8> where T: Clone { move || { let _ = S { a: self.a.clone() }; S { a: 1 } } } }
fn main() { f(1); g(&1, ""); h(2); S::new("a").map(|x| x.len()).later()(); }
//= E0597 3 none 2
struct S<T: 'static> { a: T }
fn f<'a>(t: &'a u8) { let _ = S { a: t }; }
fn main() { f(&1); let x = 1; let s = S { a: &x }; let _ = s.a; }
//= fine
use std::fmt::Debug;
fn f<T: Debug + 'static>(t: T) -> Box<dyn Debug> { let g = move || -> Box<dyn Debug> { Box::new(t) }; g() }
fn k<'a, T: Debug + 'a>(t: T) -> Box<dyn Debug + 'a> { let g = move || -> Box<dyn Debug + 'a> { Box::new(t) }; g() }
fn main() { f(1); k(2); }
//= fine
use std::cell::{Ref, RefCell};
fn pick<T, U: ?Sized>(t: &T, f: impl FnOnce(&T) -> &U) -> &U { f(t) }
fn main() {
    let shared = RefCell::new((1, String::new()));
    let mapped = Ref::map(shared.borrow(), |v| &v.1);
    println!("{} {}", *mapped, pick(&(1, "a"), |p| p.1));
}
//= none 2
fn pick<T, U>(t: &T, f: impl FnOnce(&T) -> U) -> U { f(t) }
fn main() { println!("{}", pick(&(1, "a"), |p| &p.1)); }
//= fine
use std::fmt::Debug;
struct S<'a> { v: &'a [u8], w: Vec<String> }
impl<'a> S<'a> { fn it(&self) -> impl Iterator<Item = u8> + 'a { self.v.iter().copied() } fn ws(&self) -> impl Iterator<Item = &String> { self.w.iter() } fn b(&self) -> impl Iterator<Item = &String> + '_ { self.w.iter().filter(|x| x.len() > 1) } }
fn n() -> impl Iterator<Item = u32> { (0..3).map(|x| x * 2) }
fn st() -> impl Iterator<Item = &'static str> { ["a", "b"].into_iter() }
fn st2() -> impl Fn() -> usize { let s = "abc"; move || s.len() }
fn st3() -> impl Debug { let v: Vec<&'static str> = vec!["a"]; v }
fn g<T: Debug>(t: T) -> impl Debug { vec![t] }
fn two<'a, 'b>(a: &'a str, b: &'b str) -> impl Debug + Into<Option<(&'a str, &'b str)>> { (a, b) }
fn add(n: i32) -> impl Fn(i32) -> i32 { move |x| x + n }
fn it<'a, T: Iterator<Item = &'a u8>>(t: T) -> impl Iterator<Item = u8> where T: 'a { t.copied() }
fn len(v: &[u8]) -> impl Debug { v.len() }
fn own(v: &[u8]) -> impl Iterator<Item = u8> { v.to_vec().into_iter() }
fn compose<A, B, C>(f: impl Fn(A) -> B, g: impl Fn(B) -> C) -> impl Fn(A) -> C { move |x| g(f(x)) }
fn dup<T: Clone + 'static>(t: T) -> impl Fn() -> T + 'static { move || t.clone() }
fn main() { let s = S { v: &[1], w: vec![] }; println!("{}{}{}{}{}{}", s.it().count(), s.ws().count(), s.b().count(), n().count(), st().count(), st2()()); println!("{:?}{:?}{}{}", st3(), g("a"), add(1)(2), it([1u8].iter()).count()); let _ = two("a", "b"); len(&[]); own(&[]); compose(|x: i32| x, |y| y)(1); dup(1)(); }
//= E0700 1
fn it(v: &Vec<u8>) -> impl Iterator<Item = u8> { v.iter().copied() }
fn main() { it(&vec![]); }
//= E0700 3
struct S<'a> { v: &'a [u8] }
impl<'a> S<'a> {
    fn it(&self) -> impl Iterator<Item = u8> { self.v.iter().copied() }
}
fn main() { S { v: &[] }.it(); }
//= none 3
fn two<'a, 'b, 'c>(a: &'a str, b: &'b str, c: &'c str) -> impl Into<Option<(&'a str, &'b str)>> {
    let x = if a.len() > 1 { a } else { c };
    (x, b)
}
fn main() { let _ = two("a", "b", "c"); }
//= E0700 2
fn f(v: &[u8]) -> impl Fn() -> u8 + 'static { let n = v[0]; move || n }
fn g(v: &[u8]) -> impl Fn() -> u8 { move || v[0] }
fn main() { f(&[1])(); g(&[1])(); }
//= none 1
fn f(v: &[u8]) -> impl Fn() -> u8 + 'static { move || v[0] }
fn main() { f(&[1])(); }
//= E0700 1
fn f(v: &[u8], w: &[u8]) -> impl Fn() -> u8 { let n = w[0]; move || v[0] + n }
fn main() { f(&[1], &[1])(); }
//= fine
struct S<'a> { v: &'a [u8], w: Vec<String> }
impl<'a> S<'a> {
  fn it(&self) -> impl Iterator<Item = u8> + 'a { self.v.iter().copied() }
  fn ws(&self) -> impl Iterator<Item = &String> { self.w.iter() }
  fn b(&self) -> impl Iterator<Item = &String> + '_ { self.w.iter().filter(|x| x.len() > 1) } }
fn main() {}
//= E0505 3
struct S { w: Vec<String> }
impl S { fn ws(&self) -> impl Iterator<Item = &String> { self.w.iter() } }
fn main() { let s = S { w: vec![] }; let i = s.ws(); drop(s); i.count(); }
//= E0597 6
struct S { w: Vec<String> }
impl S { fn ws(&self) -> impl Iterator<Item = &String> { self.w.iter() } }
fn main() {
    let x = {
        let s = S { w: vec![] };
        let y = s.ws().next(); y
    };
    println!("{x:?}");
}
//= fine
struct S { w: Vec<String> }
impl S { fn ws(&self) -> impl Iterator<Item = &String> { self.w.iter() } }
fn main() { let s = S { w: vec![] }; let x = s.ws().next(); for y in s.ws() { println!("{y}"); } println!("{x:?}"); let v: Vec<&String> = s.ws().collect(); println!("{v:?}"); }
//= E0597 5
fn f<'a, I: Iterator<Item = &'a str>>(mut i: I) -> &'a str { i.next().unwrap() }
fn main() {
    let r = {
        let s = String::new();
        f(std::iter::once(&s[..]))
    };
    println!("{r}");
}
//= fine
fn f<'a, I: Iterator<Item = &'a str>>(mut i: I) -> &'a str { i.next().unwrap() }
fn main() { let s = String::new(); let r = f(s.split(' ')); println!("{r}"); }
//= E0597 5
fn f<'a, F: Fn(&str) -> &'a str>(g: F) -> &'a str { g("") }
fn main() {
    let r = {
        let s = String::new();
        f(|_| &s[..])
    };
    println!("{r}");
}
//= E0597 6
fn f<'a, F: FnMut(&'a str)>(s: &'a str, mut g: F) { g(s) }
fn main() {
    let mut v = vec![];
    {
        let s = String::new();
        f(&s, |x| v.push(x));
    }
    println!("{v:?}");
}
//= E0597 5
fn f<'a, T: Into<&'a str>>(t: T) -> &'a str { t.into() }
fn main() {
    let r = {
        let s = String::new();
        f(&s[..])
    };
    println!("{r}");
}
//= fine
use std::collections::HashMap;
fn f<'a, T: Into<&'a str>>(t: T) -> &'a str { t.into() }
fn g<'a, I: IntoIterator<Item = &'a str>>(i: I) -> HashMap<&'a str, usize> { let mut m = HashMap::new(); for x in i { *m.entry(x).or_insert(0) += 1; } m }
fn h<'a, T, K: Ord + 'a, F: FnMut(&'a T) -> K>(v: &'a [T], f: F) -> Vec<K> { v.iter().map(f).collect() }
fn k<'a, T: AsRef<str> + 'a>(v: &'a [T]) -> Vec<&'a str> { v.iter().map(|x| x.as_ref()).collect() }
struct W<'a, F: Fn(&'a str) -> usize> { f: F, s: &'a str }
impl<'a, F: Fn(&'a str) -> usize> W<'a, F> { fn run(&self) -> usize { (self.f)(self.s) } fn new(s: &'a str, f: F) -> Self { W { f, s } } }
fn main() { let s = String::from("a b"); let m = g(s.split(' ')); println!("{} {:?} {:?}", f(&s[..]), m.len(), h(&[1, 2], |x| *x)); println!("{:?}", k(&[s.clone()])); println!("{}", W::new(&s, |x| x.len()).run()); let m2 = g(vec!["a"]); println!("{}", m2.len()); }
//= E0700 4
use std::cell::Cell;
trait Trait<'a> { }
impl<'a, 'b> Trait<'b> for Cell<&'a u32> { }
fn foo<'x, 'y>(x: Cell<&'x u32>) -> impl Trait<'y> where 'x: 'y { x }
fn main() {}
//= E0700 1 E0700 2
fn it(v: &Vec<u8>) -> impl Iterator<Item = u8> { v.iter().copied() }
struct S; impl S { fn it<'a>(&'a self, v: &'a [u8]) -> impl Iterator<Item = u8> { v.iter().copied() } fn two(&self, v: &[u8]) -> impl Fn() -> u8 { let n = v[0]; move || n } fn three(&self, v: &[u8]) -> impl Fn() -> u8 { move || v[0] } }
fn main() {}
//= fine
fn bytes(text: &str) -> impl Iterator<Item = u8> + '_ { text.bytes() }
struct S(Vec<u8>);
impl S { fn all(&self, _: &str) -> impl Iterator<Item = u8> + '_ { self.0.iter().copied() } }
fn main() { println!("{}{}", bytes("a").count(), S(vec![]).all("").count()); }
//= E0505 5
fn bytes(text: &str) -> impl Iterator<Item = u8> + '_ { text.bytes() }
fn main() {
    let s = String::new();
    let all = bytes(&s);
    drop(s);
    println!("{}", all.count());
}
//= fine
struct S(Vec<u8>);
impl S { fn all(&self) -> impl Iterator<Item = &u8> { self.0.iter() } fn boxed(&self) -> Box<dyn Iterator<Item = &u8> + '_> { Box::new(self.0.iter()) } }
fn main() { let n = S(vec![]).all().count(); println!("{n}"); let m = S(vec![]).boxed().count(); println!("{m}"); }
//= E0597 6
fn main() {
    let c = String::new().len() > 3;
    let held: Box<dyn Fn() -> usize + '_>;
    {
        let s = String::new();
        held = Box::new(|| s.len());
        if c { drop(held); }
    }
}
//= E0719 2
trait FooTrait {}
fn h(x: &dyn Iterator<Item = i32, Item = i32>) {}
fn f(x: impl Iterator<Item = i32>) {}
fn main() {}
//= E0446 1
mod m { struct Bar(u32); pub trait PubTr { type Alias; } impl PubTr for u8 { type Alias = Bar; } }
fn main() {}
//= E0446 1
pub struct P; struct Q; pub trait T { type A; } impl T for P { type A = Vec<Q>; }
fn main() {}
//= fine
struct P; struct Q; pub trait T { type A; } impl T for P { type A = Q; } trait U { type A; } impl U for u8 { type A = Q; }
impl Iterator for P { type Item = Q; fn next(&mut self) -> Option<Q> { None } }
fn main() {}
//= E0226 2 E0226 3 E0226 4
trait Foo {}
type F<'a, 'b> = dyn Foo + 'a + 'b;
fn f<'a, 'b>(x: &(dyn Foo + 'a + 'b)) {}
fn g<'a, 'b>(x: Box<dyn 'a + Foo + 'b>) {}
fn h<'a>(x: impl Foo + 'a + 'static) {}
fn main() {}
//= E0801 4 E0801 5 E0801 7
use std::ops::Deref;
struct Foo;
impl Foo {
    fn foo<R: Deref<Target = Self>>(self: R) {}
    fn bar(self: impl Deref<Target = Self>) {}
}
trait T { fn q<R>(self: R); fn z<R>(self: &R) {} }
fn main() {}
//= E0690 2 E0690 3 E0690 5 E0731 6
#[repr(transparent)]
struct LengthWithUnit<U> { value: f32, unit: U }
#[repr(transparent)] struct Two(u8, u16);
#[repr(transparent)] struct Ok1(u8, (), [u8; 0], std::marker::PhantomData<u16>);
#[repr(transparent)] enum E1 { A(u8, u8) }
#[repr(transparent)] enum E2 { A(u8), B }
fn main() {}
//= E0588 4
#[repr(align(16))]
struct Aligned(i32);
#[repr(packed)]
struct Packed(Aligned);
struct In { a: [Aligned; 2] }
#[repr(packed(2))] struct Deep { x: In }
#[repr(packed)] struct Gen<T>(T);
#[repr(packed)] struct Ptr(*const Aligned, &'static Aligned);
fn main() {}
//= E0382 6 E0382 12 E0382 17 none 40
pub fn cond() -> bool { true }
pub fn take<T>(t: T) -> T { t }
pub fn a(p0: &mut String) {
    let mut s = String::new();
    let x = if cond() { &mut s } else { take(p0) };
    let y = p0.len();
    x.push('a');
}
pub fn b(p0: &mut String) {
    let mut s = String::new();
    let x = if cond() { &mut s } else { take(p0) };
    let y = p0.len();
}
pub fn c(p0: &mut String) {
    let mut s = String::new();
    let x = match cond() { true => &mut s, false => take(p0) };
    let y = p0.len();
}
pub fn d(p0: &mut String) {
    let mut s = String::new();
    let x = [&mut s, take(p0)];
    let y = p0.len();
}
pub fn e(p0: &mut String) {
    let mut s = String::new();
    let x: &mut String = take(p0);
    let y = p0.len();
}
pub fn f(p0: &mut String) {
    let x: &mut String = if cond() { panic!() } else { take(p0) };
    let y = p0.len();
}
pub fn g(p0: &mut String) {
    let mut s = String::new();
    let x = loop { if cond() { break &mut s; } break take(p0); };
    let y = p0.len();
}
pub fn h(p0: &mut String) -> usize {
    let mut s = String::new();
    let f = |b: bool| { if b { return &mut s; } take(p0) };
    let y = p0.len();
    y
}
fn main() {}
//= E0507 4 E0507 6 E0507 10 E0525 5 E0525 7 E0525 8 E0525 9 E0525 11 E0525 12
pub type Makes<'a, T> = Box<dyn FnMut() -> T + 'a>;
pub fn make<T>() -> T { loop {} }
pub fn aid(mut p0: Makes<'_, String>) {}
pub fn a(v5: String) { aid(Box::new(|| v5)); }
pub fn b(v5: String) { aid(Box::new(|| v5) as Makes<'_, String>); }
pub fn c(v5: String) { let x: Box<dyn FnMut() -> String> = Box::new(move || v5); }
pub fn d(v5: String) { let x = Box::new(move || v5); aid(x); }
pub fn e(v5: String) { let x: Box<dyn FnMut() -> String> = Box::new(move || v5) as Box<dyn FnMut() -> String>; }
pub fn f(v5: String) { let x = &mut (move || v5) as &mut dyn FnMut() -> String; }
pub fn g(v5: String) { let x: &mut dyn FnMut() -> String = &mut (move || v5); }
pub fn h(v5: String) { for w in 0..3 { aid(((Box::new(|| v5) as Makes<'_, String>))); } }
pub fn i(v: Vec<String>) { for v5 in v.iter().map(move |w| String::new()) { aid(((Box::new(|| v5) as Makes<'_, String>))); } }
fn main() {}
//= E0277 7 E0277 8 E0277 9 E0277 10 E0277 11 E0277 12 E0277 13 E0277 14 E0277 15 E0277 19 E0277 20 E0277 21 E0277 24 E0277 25 E0277 26 E0308 16 E0308 17 E0308 18 E0308 22
trait T { fn f(&self) {} }
struct S;
impl T for S {}
struct W(S);
impl std::ops::Deref for W { type Target = S; fn deref(&self) -> &S { &self.0 } }
fn u(x: &dyn T) {}
fn a(s: &&S) { u(s); }
fn b(s: &Box<S>) { u(s); }
fn c(s: &W) { u(s); }
fn d(s: &Box<dyn T>) { u(s); }
fn e(s: &&dyn T) { u(s); }
fn f(s: &std::rc::Rc<dyn T>) { u(s); }
fn g(s: &mut Box<S>) { u(s); }
fn h(s: &str) { let x: &dyn T = s; }
fn i(s: &[u8]) { let x: &dyn T = s; }
fn j(s: S) { let x: &dyn T = s; }
fn k(s: i32) { let x: Box<dyn T> = s; }
fn l(s: &'static str) { let x: Box<dyn std::error::Error> = s; }
fn m() -> Option<Box<dyn T>> { Some(Box::new(5)) }
fn n() -> Vec<Box<dyn T>> { vec![Box::new(S), Box::new(5)] }
fn o(s: std::rc::Rc<i32>) { let x: std::rc::Rc<dyn T> = s; }
fn p(s: &i32) { let x: &mut dyn T = s; }
fn q(x: &dyn std::fmt::Display) {} 
fn r() { q(&vec![1]); q(&S); q(&5); }
fn t<F>(f: F) { let x: &dyn Fn(i32) = &f; let y: Box<dyn Iterator<Item = i32>> = Box::new(vec![1]); }
fn v() { let x: &dyn Fn(i32) = &5; }
fn main() {}
//= E0277 2 E0277 3
trait T { fn f(&self) {} }
fn d<Q: T + ?Sized>(q: &Q) { let x: &dyn T = q; }
fn e<Q: T + ?Sized>(q: Box<Q>) { let x: Box<dyn T + '_> = q; }
fn main() {}
//= E0308 3 E0308 4 E0308 5 E0308 6
const A: i32 = 5; const S: &str = "s"; const N: Option<i32> = None; struct L; impl L { const Q: i32 = 3; }
fn main() {
    match &5 { A => {}, _ => {} }
    match &"s" { S => {}, _ => {} }
    match &None { N => {}, _ => {} }
    match &3 { L::Q => {} _ => {} }
    match "s" { S => {}, _ => {} }
}
//= E0277 3 E0277 4 E0308 5
use std::ops::ControlFlow;
fn f(flow: ControlFlow<u8>) -> ControlFlow<u16> {
    flow?;
    None::<u8>?;
    flow
}
fn main() { f(ControlFlow::Continue(())); }
//= E0720 1
fn f() -> impl Sized { (f(), 1) }
fn main() { f(); }
//= E0720 1 E0720 2
fn g(n: u32) -> impl Sized { if n == 0 { return (h(n), 0); } (h(n), 1) }
fn h(n: u32) -> impl Sized { (g(n), 2u8) }
fn main() {}
//= fine
fn k(n: u32) -> impl Fn() -> u32 { move || if n == 0 { 0 } else { k(n - 1)() } }
fn ok(n: u32) -> impl Iterator<Item = u32> {
    let b: Box<dyn Iterator<Item = u32>> = if n == 0 { Box::new(0..1) } else { Box::new(ok(n - 1)) };
    b
}
fn two(n: u32) -> (impl Sized, impl Sized) { if n > 0 { let _ = two(n - 1); } (1, one()) }
fn one() -> impl Sized { 2 }
fn main() { k(3)(); }
//= E0720 1
fn v(n: u32) -> Option<impl Clone> { if n == 0 { return None; } Some(vec![v(n - 1)]) }
fn main() {}
//= E0720 3 E0720 4
struct S;
impl S {
    fn a<T>(&self, t: T) -> impl Sized { [self.b(t)] }
    fn b<T>(&self, t: T) -> impl Sized { (1, self.a(t)) }
}
fn main() {}
//= E0308 2
fn main() {
    let (text, mut all) = (&String::from("a"), String::new()); all.push_str(Clone::clone(text));
}
//= E0308 3
fn take(_: &str) {}
fn main() {
    let text = String::from("a"); take(Clone::clone(&text)); take(Clone::clone(&&*text));
}
//= E0282 1
fn main() { let called = |one| {}; }
//= E0282 1
fn main() { let gives = || -> Vec<_> { panic!() }; }
//= E0282 2 E0282 3
fn main() { f(); g(); }
fn f() { let never; }
fn g() { let nothing = &None; }
//= E0282 1
fn main() { let nothing = []; }
//= E0282 2
enum Either<A> { Left(A), Right }
fn main() { Either::Right; }
//= fine
fn main() {
    let one = Box::new(|_| 1) as Box<dyn Fn(i32) -> i32>;
    let two = (|_| 2) as fn(i32) -> i32;
    let three = (&|_, _| 1) as &dyn Fn(u8, char) -> i32;
    let four = vec![(|_| 2) as fn(&str) -> i32];
    println!("{} {} {} {}", one(1), two(3), three(1, 'a'), four[0](""));
}
//= E0605 3
fn main() {
    let k = 3;
    let f = (|x| x + k) as fn(i32) -> i32;
}
//= E0605 4
fn main() {
    let k = 3;
    let c = |x: i32| -> i32 { x + k };
    let f = c as fn(i32) -> i32;
}
//= E0605 3
fn g(x: i32) -> i32 { x }
fn main() {
    let f = g as fn(u8) -> u8;
}
//= fine
fn g(x: i32) -> i32 { x }
fn h<'a>(x: &'a str, y: &str) -> &'a str { x }
fn k<T: Default>(x: T) -> T { T::default() }
fn it<I: Iterator>(x: I) -> Option<I::Item> { None }
unsafe fn u(x: i32) {}
struct S(i32);
impl S { fn m(&self) -> &i32 { &self.0 } }
fn main() {
    let a = h as fn(&'static str, &'static str) -> &'static str;
    let a = h as for<'x, 'y> fn(&'x str, &'y str) -> &'x str;
    let b = k as fn(u8) -> u8;
    let c = it::<std::ops::Range<u8>> as fn(std::ops::Range<u8>) -> Option<u8>;
    let e = S::m as fn(&S) -> &i32;
    let f = S as fn(i32) -> S;
    let s = Some as fn(u8) -> Option<u8>;
    let t = String::len as fn(&String) -> usize;
    let v = (|x| x) as fn(_) -> u8;
    let w = (|x: &str| x.len()) as fn(&str) -> usize;
    let x = <u8 as Default>::default as fn() -> u8;
    let y = g as fn(_) -> _;
    let z = u as unsafe fn(i32);
    let z = (|x: i32| {}) as unsafe fn(i32);
    let z = g as unsafe fn(i32) -> i32;
}
//= E0004 2
enum Void {}
fn a(x: &Void) -> i32 { match x { } }
fn main() {}
//= fine
enum Void {}
fn b(x: Void) -> i32 { match x { } }
fn main() {}
//= fine
enum Void {}
fn c(x: Result<i32, Void>) -> i32 { let Ok(v) = x; v }
fn main() {}
//= E0005 2
enum Void {}
fn d(x: Result<i32, &Void>) -> i32 { let Ok(v) = x; v }
fn main() {}
//= E0005 2
enum Void {}
fn e(x: &Result<i32, Void>) -> i32 { let Ok(v) = x; *v }
fn main() {}
//= E0004 2
enum Void {}
fn f(x: &Option<&Void>) -> i32 { match x { None => 1 } }
fn main() {}
//= fine
enum Void {}
fn g(x: (i32, Void)) -> i32 { match x { } }
fn main() {}
//= E0004 2
enum Void {}
fn h(x: &(i32, Void)) -> i32 { match x { } }
fn main() {}
//= fine
enum Void {}
struct P { pub v: Void, n: i32 }
fn i(x: Option<P>) -> i32 { match x { None => 2 } }
fn main() {}
//= E0004 3
enum Void {}
struct P { pub v: Void, n: i32 }
fn j(x: Option<&P>) -> i32 { match x { None => 2 } }
fn main() {}
//= fine
enum Void {}
fn k(x: Option<[Void; 1]>) -> i32 { match x { None => 2 } }
fn main() {}
//= E0004 2
enum Void {}
fn l(x: Option<[Void; 0]>) -> i32 { match x { None => 2 } }
fn main() {}
//= E0004 2
enum Void {}
fn m(x: Option<Box<Void>>) -> i32 { match x { None => 2 } }
fn main() {}
//= fine
enum Void {}
fn n(x: Result<Void, Void>) -> i32 { match x { } }
fn main() {}
//= fine
enum Void {}
fn o(x: &mut Void) -> i32 { match *x { } }
fn main() {}
//= fine
enum Void {}
fn p(x: &Void) -> i32 { match *x { } }
fn main() {}
//= E0004 2
enum Void {}
fn q(x: &&Option<Void>) -> i32 { match x { None => 1 } }
fn main() {}
//= E0004 2
enum Void {}
fn r(x: &&Option<Void>) -> i32 { match (x, x) { (None, None) => 1 } }
fn main() {}
//= E0004 3
enum Void {}
mod z { pub struct Q { v: super::Void } }
fn s(x: Option<z::Q>) -> i32 { match x { None => 2 } }
fn main() {}
//= E0004 2
enum Void {}
fn t(x: &[Void]) -> i32 { match x { [] => 1 } }
fn main() {}
//= E0004 2
enum Void {}
fn u(x: Option<&[Void]>) -> i32 { match x { Some([]) => 1, None => 2 } }
fn main() {}
//= E0004 3
enum Void {}
struct S { r: Result<i32, Void>, a: [Result<i32, Void>; 2] }
fn a(x: &S) -> i32 { match x.r { Ok(v) => v } }
fn main() {}
//= fine
enum Void {}
struct S { r: Result<i32, Void>, a: [Result<i32, Void>; 2] }
fn b(x: S) -> i32 { match x.r { Ok(v) => v } }
fn main() {}
//= E0004 3
enum Void {}
struct S { r: Result<i32, Void>, a: [Result<i32, Void>; 2] }
fn c(x: &S) -> i32 { match x.a[0] { Ok(v) => v } }
fn main() {}
//= fine
enum Void {}
struct S { r: Result<i32, Void>, a: [Result<i32, Void>; 2] }
fn d(x: S) -> i32 { match x.a[0] { Ok(v) => v } }
fn main() {}
//= E0004 2
enum Void {}
fn e(x: Vec<Result<i32, Void>>) -> i32 { match x[0] { Ok(v) => v } }
fn main() {}
//= E0004 2
enum Void {}
fn f(x: Box<Result<i32, Void>>) -> i32 { match *x { Ok(v) => v } }
fn main() {}
//= E0005 2
enum Void {}
fn g(x: &Result<i32, Void>) -> i32 { let Ok(v) = *x; v }
fn main() {}
//= E0005 2
enum Void {}
fn h(x: Box<Result<i32, Void>>) -> i32 { let Ok(v) = *x; v }
fn main() {}
//= fine
enum Void {}
fn i(Ok(v): Result<i32, Void>) -> i32 { v }
fn main() {}
//= E0005 2
enum Void {}
fn j(Ok(v): &Result<i32, Void>) -> i32 { *v }
fn main() {}
//= fine
enum Void {}
struct S { r: Result<i32, Void>, a: [Result<i32, Void>; 2] }
fn k(x: S) -> i32 { let S { r: Ok(v), .. } = x; v }
fn main() {}
//= fine
enum Void {}
fn l(x: Vec<Result<i32, Void>>) -> i32 { let mut s = 0; for Ok(v) in x { s += v; } s }
fn main() {}
//= E0005 2
enum Void {}
fn m(x: &[Result<i32, Void>]) -> i32 { let mut s = 0; for Ok(v) in x { s += v; } s }
fn main() {}
//= fine
enum Void {}
fn n(x: Result<(i32, Void), (Void, i32)>) -> i32 { match x {} }
fn main() {}
//= fine
enum Void {}
fn o(x: Result<i32, std::convert::Infallible>) -> i32 { match x { Ok(v) => v } }
fn main() {}
//= fine
enum Void {}
fn p(x: Result<i32, Void>) -> i32 { if let Ok(v) = x { v } else { 0 } }
fn main() {}
//= fine
enum Void {}
fn q(x: (u8, Option<Void>)) -> i32 { match x { (0..=9, None) => 1, (10.., None) => 2 } }
fn main() {}
//= fine
enum Void {}
fn r(x: Option<Option<Void>>) -> i32 { match x { None => 1, Some(None) => 2 } }
fn main() {}
//= E0004 2
enum Void {}
fn s(x: &Option<Option<Void>>) -> i32 { match *x { None => 1, Some(None) => 2 } }
fn main() {}
//= fine
enum Void {}
fn t(x: Result<Void, u8>) -> u8 { match x { Err(e) => e, } }
fn main() {}
//= E0072 2
struct W<T>(T);
struct A(W<A>);
fn main() {}
//= fine
struct P<T>(Option<Box<T>>);
struct Fine(P<Fine>);
fn main() {}
//= E0072 2
fn f() {}
enum B { X(C), Y }
struct C { b: (B, i32) }
fn main() {}
//= E0072 1
struct D([D; 0]);
fn main() {}
//= E0072 1
struct E(Option<E>);
struct Out(E);
fn main() {}
//= E0072 2
struct G<T>(T, Option<Box<G<T>>>);
struct H(G<H>);
fn main() {}
//= E0072 1
struct M1(M2, M3);
struct M2(M1);
struct M3(M1);
fn main() {}
//= E0072 1
struct Cy(std::cell::RefCell<Cy>);
fn main() {}
//= fine
struct Cy(std::rc::Rc<std::cell::RefCell<Cy>>);
fn main() {}
//= fine
struct Ph(std::marker::PhantomData<Ph>);
fn main() {}
//= E0409 1
fn a(x: Option<i32>) { match x { Some(mut a) | Some(a) => { a; } None => {} } }
fn main() {}
//= E0409 1
fn b(x: Option<i32>) { match x { Some(ref a) | Some(a) => { a; } None => {} } }
fn main() {}
//= E0409 1
fn c(x: &Option<i32>) { match x { Some(ref a) | Some(a) => { a; } None => {} } }
fn main() {}
//= E0416 1
fn d(x: (i32, i32)) { match x { (a, a) => {} } }
fn main() {}
//= E0408 1
fn e(x: (i32, i32)) { match x { (a, 1) | (1, b) => {} _ => {} } }
fn main() {}
//= E0408 1
fn f(x: (i32, i32)) { match x { (a, 1) | (1, a) | (2, 2) => {} _ => {} } }
fn main() {}
//= E0408 1
fn g(x: (Option<i32>, i32)) { match x { (Some(a) | None, 1) => {} _ => {} } }
fn main() {}
//= E0416 1
fn h(x: (Option<i32>, i32)) { match x { (Some(a), a) | (None, a) => {} _ => {} } }
fn main() {}
//= E0416 1
fn i(x: (Option<i32>, i32)) { match x { ((Some(a) | Some(a)), a) => {} _ => {} } }
fn main() {}
//= E0308 1
fn j(x: (i32, u8)) { match x { (a, 1) | (1, a) => {} _ => {} } }
fn main() {}
//= fine
fn k(x: ((i32, i32), i32)) -> i32 { match x { ((a, 1) | (1, a), b) | ((b, a), 3) => a + b, _ => 0 } }
fn main() {}
//= E0408 1
fn l(x: ((i32, i32), i32)) -> i32 { match x { ((a, 1) | (1, b), c) => 1, _ => 0 } }
fn main() {}
//= fine
fn m(x: ((i32, i32), i32)) -> i32 { match x { (((a, 1) | (1, a)), 3) | ((1, 2), a) => a, _ => 0 } }
fn main() {}
//= fine
fn n(x: Option<(i32, String)>) -> usize { match x { Some((1, ref s)) | Some((2, ref s)) => s.len(), ref y @ Some((3, ref s)) => s.len(), _ => 0 } }
fn main() {}
//= fine
fn o(x: &Option<(i32, String)>) -> usize { match x { y @ Some((3, s)) => s.len(), _ => 0 } }
fn main() {}
//= fine
fn p(x: &Option<(i32, i32)>) -> i32 { match x { &(ref y @ Some((3, s))) => s, _ => 0 } }
fn main() {}
//= fine
fn q((a | a): i32) {}
fn main() {}
//= fine
fn r(x: Result<i32, i32>) -> i32 { let (Ok(a) | Err(a)) = x; a }
fn main() {}
//= E0409 1
fn s(x: Result<i32, i32>) -> i32 { let (Ok(mut a) | Err(a)) = x; a }
fn main() {}
//= fine
fn t(x: Option<(i32, i32)>) -> i32 { let (Some((a, _) | (_, a)) | Some((_, a))) = x else { return 0 }; a }
fn main() {}
