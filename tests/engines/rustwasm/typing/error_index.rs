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
//= E0117 1
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
//= E0183 2
struct S;
impl Fn(u8) for S {}
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
struct Slice<'a> { length: usize }
fn main() {}
//= E0392 2
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
//= none 1
struct A<T>(Option<Box<B<T>>>);
struct B<T>(Option<Box<A<T>>>);
fn main() {}
//= none 1
struct Loop<T>(Option<Box<Loop<T>>>);
fn main() {}
//= fine
struct A<T>(Option<Box<B<T>>>);
struct B<T>(Option<Box<A<T>>>, T);
fn main() {}
//= fine
struct Foo(i32);
trait Contents { type Item; fn get(&self) -> Self::Item; }
impl<'a> Contents for &'a Foo { type Item = &'a i32; fn get(&self) -> Self::Item { &self.0 } }
fn main() {}
//= fine
struct Guard<T: Clone>(T);
impl<T: Clone> Drop for Guard<T> { fn drop(&mut self) { let _ = self.0.clone(); } }
fn main() {}
//= fine
struct S(*const u8);
unsafe impl Send for S {}
unsafe impl Sync for S {}
fn main() {}
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
trait Named { type Name; fn name(&self) -> Self::Name; }
struct S;
impl<T, I: Iterator<Item = T>> Named for (S, I) { type Name = Option<T>; fn name(&self) -> Option<T> { None } }
impl<'a> Named for &'a S { type Name = &'a S; fn name(&self) -> &'a S { self } }
fn main() {}
//= fine
trait Pick { fn pick<'a>(&self, a: &'a str, b: &'a str) -> &'a str; }
struct S;
impl Pick for S { fn pick<'x>(&self, a: &'x str, _: &'x str) -> &'x str { a } }
fn main() {}
//= fine
trait Shape<'a> { fn name(&self) -> &'a str; }
struct Holder<'a> { shape: Box<dyn Shape<'a>> }
struct Part<'a, T: Iterator<Item = &'a str>> { items: T }
fn main() {}
//= fine
use std::marker::PhantomData;
struct Tagged<T> { number: u32, tag: PhantomData<T> }
enum Tree<T> { Leaf, Node(Box<Tree<T>>, T) }
struct Call<'a, A, R>(Box<dyn Fn(A) -> R + 'a>);
struct Held<'a, const N: usize>([&'a str; N]);
fn main() {}
