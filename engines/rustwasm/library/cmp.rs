//! std::cmp.

use crate::slice::element;

#[lang] pub trait PartialEq<Rhs: ?Sized = Self> {
    fn eq(&self, other: &Rhs) -> bool;
    fn ne(&self, other: &Rhs) -> bool { !self.eq(other) }
}
pub trait Eq: PartialEq {}

#[lang]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Ordering { Less = -1, Equal = 0, Greater = 1 }
use Ordering::{Equal, Greater, Less};

impl Ordering {
    pub const fn reverse(self) -> Ordering { match self { Less => Greater, Equal => Equal, Greater => Less } }
    pub const fn then(self, other: Ordering) -> Ordering { match self { Equal => other, _ => self } }
    pub fn then_with<F: FnOnce() -> Ordering>(self, f: F) -> Ordering { match self { Equal => f(), _ => self } }
    pub const fn is_eq(self) -> bool { self == Equal }
    pub const fn is_ne(self) -> bool { self != Equal }
    pub const fn is_lt(self) -> bool { self == Less }
    pub const fn is_gt(self) -> bool { self == Greater }
    pub const fn is_le(self) -> bool { self != Greater }
    pub const fn is_ge(self) -> bool { self != Less }
}

#[lang] pub trait PartialOrd<Rhs: ?Sized = Self>: PartialEq<Rhs> {
    fn partial_cmp(&self, other: &Rhs) -> Option<Ordering>;
    fn lt(&self, other: &Rhs) -> bool { match self.partial_cmp(other) { Some(Less) => true, _ => false } }
    fn le(&self, other: &Rhs) -> bool { match self.partial_cmp(other) { Some(Less) | Some(Equal) => true, _ => false } }
    fn gt(&self, other: &Rhs) -> bool { match self.partial_cmp(other) { Some(Greater) => true, _ => false } }
    fn ge(&self, other: &Rhs) -> bool { match self.partial_cmp(other) { Some(Greater) | Some(Equal) => true, _ => false } }
}
pub trait Ord: Eq + PartialOrd {
    fn cmp(&self, other: &Self) -> Ordering;
    fn max(self, other: Self) -> Self where Self: Sized { if other < self { self } else { other } }
    fn min(self, other: Self) -> Self where Self: Sized { if other < self { other } else { self } }
    fn clamp(self, min: Self, max: Self) -> Self where Self: Sized {
        if self < min { min } else if self > max { max } else { self }
    }
}
pub fn max<T: Ord>(a: T, b: T) -> T { a.max(b) }
pub fn min<T: Ord>(a: T, b: T) -> T { a.min(b) }
pub fn max_by<T, F: FnOnce(&T, &T) -> Ordering>(a: T, b: T, compare: F) -> T { if compare(&a, &b) == Greater { a } else { b } }
pub fn min_by<T, F: FnOnce(&T, &T) -> Ordering>(a: T, b: T, compare: F) -> T { if compare(&a, &b) == Greater { b } else { a } }
pub fn max_by_key<T, K: Ord, F: FnMut(&T) -> K>(a: T, b: T, mut key: F) -> T { if key(&a) > key(&b) { a } else { b } }
pub fn min_by_key<T, K: Ord, F: FnMut(&T) -> K>(a: T, b: T, mut key: F) -> T { if key(&a) > key(&b) { b } else { a } }

macro_rules! compare {
    ($($t:ty)*) => { $(
        impl PartialEq for $t {
            fn eq(&self, other: &$t) -> bool { *self == *other }
            fn ne(&self, other: &$t) -> bool { *self != *other }
        }
        impl PartialOrd for $t {
            fn partial_cmp(&self, other: &$t) -> Option<Ordering> {
                if *self < *other { Some(Less) } else if *self == *other { Some(Equal) } else if *self > *other { Some(Greater) } else { None }
            }
            fn lt(&self, other: &$t) -> bool { *self < *other }
            fn le(&self, other: &$t) -> bool { *self <= *other }
            fn gt(&self, other: &$t) -> bool { *self > *other }
            fn ge(&self, other: &$t) -> bool { *self >= *other }
        }
    )* }
}
compare! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 bool char }
macro_rules! total {
    ($($t:ty)*) => { $(
        impl Eq for $t {}
        impl Ord for $t {
            fn cmp(&self, other: &$t) -> Ordering {
                if *self < *other { Less } else if *self == *other { Equal } else { Greater }
            }
        }
    )* }
}
total! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool char }

impl<'a, 'b, A: PartialEq<B> + ?Sized, B: ?Sized> PartialEq<&'b B> for &'a A {
    fn eq(&self, other: &&'b B) -> bool { (**self).eq(*other) }
    fn ne(&self, other: &&'b B) -> bool { (**self).ne(*other) }
}
impl<'a, 'b, A: PartialEq<B> + ?Sized, B: ?Sized> PartialEq<&'b mut B> for &'a mut A {
    fn eq(&self, other: &&'b mut B) -> bool { (**self).eq(&**other) }
}
impl<'a, 'b, A: PartialEq<B> + ?Sized, B: ?Sized> PartialEq<&'b B> for &'a mut A { fn eq(&self, other: &&'b B) -> bool { (**self).eq(*other) } }
impl<'a, 'b, A: PartialEq<B> + ?Sized, B: ?Sized> PartialEq<&'b mut B> for &'a A { fn eq(&self, other: &&'b mut B) -> bool { (**self).eq(&**other) } }
impl<'a, 'b, A: PartialOrd<B> + ?Sized, B: ?Sized> PartialOrd<&'b mut B> for &'a mut A {
    fn partial_cmp(&self, other: &&'b mut B) -> Option<Ordering> { (**self).partial_cmp(&**other) }
}
impl<'a, A: Ord + ?Sized> Ord for &'a mut A { fn cmp(&self, other: &Self) -> Ordering { (**self).cmp(&**other) } }
impl<'a, A: PartialEq<B>, B, const N: usize> PartialEq<[B; N]> for &'a mut [A] { fn eq(&self, other: &[B; N]) -> bool { **self == other[..] } }
impl<'a, A: PartialEq<B>, B, const N: usize> PartialEq<&'a mut [B]> for [A; N] { fn eq(&self, other: &&'a mut [B]) -> bool { self[..] == **other } }
impl<'a, A: Eq + ?Sized> Eq for &'a A {}
impl<'a, A: Eq + ?Sized> Eq for &'a mut A {}
impl<'a, 'b, A: PartialOrd<B> + ?Sized, B: ?Sized> PartialOrd<&'b B> for &'a A {
    fn partial_cmp(&self, other: &&'b B) -> Option<Ordering> { (**self).partial_cmp(*other) }
}
impl<'a, A: Ord + ?Sized> Ord for &'a A { fn cmp(&self, other: &Self) -> Ordering { (**self).cmp(*other) } }

impl PartialEq for () { fn eq(&self, _other: &()) -> bool { true } }
impl Eq for () {}
impl PartialOrd for () { fn partial_cmp(&self, _other: &()) -> Option<Ordering> { Some(Equal) } }
impl Ord for () { fn cmp(&self, _other: &()) -> Ordering { Equal } }

macro_rules! tuples {
    ($($name:ident $index:tt),*) => {
        impl<$($name: PartialEq),*> PartialEq for ($($name,)*) {
            fn eq(&self, other: &Self) -> bool { $(self.$index == other.$index)&&* }
        }
        impl<$($name: Eq),*> Eq for ($($name,)*) {}
        impl<$($name: PartialOrd),*> PartialOrd for ($($name,)*) {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                $(match self.$index.partial_cmp(&other.$index) { Some(Equal) => {} unequal => return unequal })*
                Some(Equal)
            }
        }
        impl<$($name: Ord),*> Ord for ($($name,)*) {
            fn cmp(&self, other: &Self) -> Ordering {
                $(match self.$index.cmp(&other.$index) { Equal => {} unequal => return unequal })*
                Equal
            }
        }
    }
}
tuples! { A 0 }
tuples! { A 0, B 1 }
tuples! { A 0, B 1, C 2 }
tuples! { A 0, B 1, C 2, D 3 }
tuples! { A 0, B 1, C 2, D 3, E 4 }
tuples! { A 0, B 1, C 2, D 3, E 4, F 5 }
tuples! { A 0, B 1, C 2, D 3, E 4, F 5, G 6 }
tuples! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7 }
tuples! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8 }
tuples! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9 }
tuples! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10 }
tuples! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11 }

impl<A: PartialEq<B>, B> PartialEq<[B]> for [A] {
    fn eq(&self, other: &[B]) -> bool {
        if self.len() != other.len() {
            return false;
        }
        let mut i = 0;
        while i < self.len() {
            if *element(self, i) != *element(other, i) {
                return false;
            }
            i += 1;
        }
        true
    }
}
impl<A: Eq> Eq for [A] {}
impl<A: PartialOrd> PartialOrd for [A] {
    fn partial_cmp(&self, other: &[A]) -> Option<Ordering> {
        let mut i = 0;
        while i < self.len() && i < other.len() {
            match element(self, i).partial_cmp(element(other, i)) { Some(Equal) => {} unequal => return unequal }
            i += 1;
        }
        self.len().partial_cmp(&other.len())
    }
}
impl<A: Ord> Ord for [A] {
    fn cmp(&self, other: &[A]) -> Ordering {
        let mut i = 0;
        while i < self.len() && i < other.len() {
            match element(self, i).cmp(element(other, i)) { Equal => {} unequal => return unequal }
            i += 1;
        }
        self.len().cmp(&other.len())
    }
}
impl<A: PartialEq<B>, B, const N: usize> PartialEq<[B; N]> for [A; N] { fn eq(&self, other: &[B; N]) -> bool { self[..] == other[..] } }
impl<A: PartialEq<B>, B, const N: usize> PartialEq<[B]> for [A; N] { fn eq(&self, other: &[B]) -> bool { self[..] == *other } }
impl<A: PartialEq<B>, B, const N: usize> PartialEq<[B; N]> for [A] { fn eq(&self, other: &[B; N]) -> bool { *self == other[..] } }
impl<'a, A: PartialEq<B>, B, const N: usize> PartialEq<[B; N]> for &'a [A] { fn eq(&self, other: &[B; N]) -> bool { **self == other[..] } }
impl<'a, A: PartialEq<B>, B, const N: usize> PartialEq<&'a [B]> for [A; N] { fn eq(&self, other: &&'a [B]) -> bool { self[..] == **other } }
impl<A: Eq, const N: usize> Eq for [A; N] {}
impl<A: PartialOrd, const N: usize> PartialOrd for [A; N] {
    fn partial_cmp(&self, other: &[A; N]) -> Option<Ordering> { self[..].partial_cmp(&other[..]) }
}
impl<A: Ord, const N: usize> Ord for [A; N] { fn cmp(&self, other: &[A; N]) -> Ordering { self[..].cmp(&other[..]) } }

impl PartialEq for str { fn eq(&self, other: &str) -> bool { self.as_bytes() == other.as_bytes() } }
impl Eq for str {}
impl PartialOrd for str { fn partial_cmp(&self, other: &str) -> Option<Ordering> { Some(self.cmp(other)) } }
impl Ord for str { fn cmp(&self, other: &str) -> Ordering { self.as_bytes().cmp(other.as_bytes()) } }
#[lang] fn str_eq(a: &str, b: &str) -> bool { a == b }
#[lang] fn bytes_eq(a: &[u8], b: &[u8]) -> bool { a == b }

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Default)]
pub struct Reverse<T>(pub T);
impl<T: PartialOrd> PartialOrd for Reverse<T> {
    fn partial_cmp(&self, other: &Reverse<T>) -> Option<Ordering> { other.0.partial_cmp(&self.0) }
}
impl<T: Ord> Ord for Reverse<T> { fn cmp(&self, other: &Reverse<T>) -> Ordering { other.0.cmp(&self.0) } }
