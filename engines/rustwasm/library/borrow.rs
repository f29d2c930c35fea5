//! std::borrow.

use crate::cmp::Ordering;
use crate::fmt;
use crate::hash::{Hash, Hasher};
use crate::ops::{Add, AddAssign, Deref};

pub trait Borrow<T: ?Sized> { fn borrow(&self) -> &T; }
impl<T: ?Sized> Borrow<T> for T { fn borrow(&self) -> &T { self } }
impl<'a, T: ?Sized> Borrow<T> for &'a T { fn borrow(&self) -> &T { &**self } }
impl<'a, T: ?Sized> Borrow<T> for &'a mut T { fn borrow(&self) -> &T { &**self } }
impl<T: ?Sized> Borrow<T> for Box<T> { fn borrow(&self) -> &T { &**self } }
impl<T, const N: usize> Borrow<[T]> for [T; N] { fn borrow(&self) -> &[T] { self } }
impl Borrow<str> for String { fn borrow(&self) -> &str { self.as_str() } }
pub trait BorrowMut<T: ?Sized>: Borrow<T> { fn borrow_mut(&mut self) -> &mut T; }
impl<T: ?Sized> BorrowMut<T> for T { fn borrow_mut(&mut self) -> &mut T { self } }

pub trait ToOwned {
    type Owned: Borrow<Self>;
    fn to_owned(&self) -> Self::Owned;
    fn clone_into(&self, target: &mut Self::Owned) { *target = self.to_owned(); }
}
impl<T: Clone> ToOwned for T { type Owned = T; fn to_owned(&self) -> T { self.clone() } }
impl ToOwned for str { type Owned = String; fn to_owned(&self) -> String { String::from(self) } }
impl<T: Clone> ToOwned for [T] { type Owned = Vec<T>; fn to_owned(&self) -> Vec<T> { self.to_vec() } }

/// Borrowed, or owned once it had to change.
pub enum Cow<'a, B: ToOwned + ?Sized> { Borrowed(&'a B), Owned(<B as ToOwned>::Owned) }
impl<'a, B: ToOwned + ?Sized> Cow<'a, B> {
    pub fn is_borrowed(&self) -> bool { match self { Cow::Borrowed(_) => true, Cow::Owned(_) => false } }
    pub fn is_owned(&self) -> bool { !self.is_borrowed() }
    pub fn into_owned(self) -> <B as ToOwned>::Owned { match self { Cow::Borrowed(value) => value.to_owned(), Cow::Owned(value) => value } }
    pub fn to_mut(&mut self) -> &mut <B as ToOwned>::Owned {
        if let Cow::Borrowed(value) = self { *self = Cow::Owned(value.to_owned()); }
        match self { Cow::Owned(value) => value, Cow::Borrowed(_) => unreachable!() }
    }
}
impl<'a, B: ToOwned + ?Sized> Deref for Cow<'a, B> {
    type Target = B;
    fn deref(&self) -> &B { match self { Cow::Borrowed(value) => *value, Cow::Owned(value) => value.borrow() } }
}
impl<'a, B: ToOwned + ?Sized> Borrow<B> for Cow<'a, B> { fn borrow(&self) -> &B { &**self } }
impl<'a, B: ToOwned + ?Sized> AsRef<B> for Cow<'a, B> { fn as_ref(&self) -> &B { &**self } }
impl<'a, B: ToOwned + ?Sized> Clone for Cow<'a, B> {
    fn clone(&self) -> Cow<'a, B> {
        match self {
            Cow::Borrowed(value) => Cow::Borrowed(*value),
            Cow::Owned(value) => { let shared: &B = value.borrow(); Cow::Owned(shared.to_owned()) }
        }
    }
}
impl<'a, B: ToOwned + PartialEq + ?Sized> PartialEq for Cow<'a, B> { fn eq(&self, other: &Cow<'a, B>) -> bool { **self == **other } }
impl<'a> PartialEq<str> for Cow<'a, str> { fn eq(&self, other: &str) -> bool { **self == *other } }
impl<'a, 'b> PartialEq<&'b str> for Cow<'a, str> { fn eq(&self, other: &&'b str) -> bool { **self == **other } }
impl<'a> PartialEq<String> for Cow<'a, str> { fn eq(&self, other: &String) -> bool { **self == *other.as_str() } }
impl<'a, B: ToOwned + Eq + ?Sized> Eq for Cow<'a, B> {}
impl<'a, B: ToOwned + PartialOrd + ?Sized> PartialOrd for Cow<'a, B> {
    fn partial_cmp(&self, other: &Cow<'a, B>) -> Option<Ordering> { (**self).partial_cmp(&**other) }
}
impl<'a, B: ToOwned + Ord + ?Sized> Ord for Cow<'a, B> { fn cmp(&self, other: &Cow<'a, B>) -> Ordering { (**self).cmp(&**other) } }
impl<'a, B: ToOwned + Hash + ?Sized> Hash for Cow<'a, B> { fn hash<H: Hasher>(&self, state: &mut H) { (**self).hash(state); } }
impl<'a, B: ToOwned + fmt::Display + ?Sized> fmt::Display for Cow<'a, B> { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(&**self, f) } }
impl<'a, B: ToOwned + fmt::Debug + ?Sized> fmt::Debug for Cow<'a, B> { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Debug::fmt(&**self, f) } }
impl<'a> From<&'a str> for Cow<'a, str> { fn from(text: &'a str) -> Cow<'a, str> { Cow::Borrowed(text) } }
impl<'a> From<String> for Cow<'a, str> { fn from(text: String) -> Cow<'a, str> { Cow::Owned(text) } }
impl<'a> From<&'a String> for Cow<'a, str> { fn from(text: &'a String) -> Cow<'a, str> { Cow::Borrowed(text.as_str()) } }
impl<'a> From<Cow<'a, str>> for String { fn from(text: Cow<'a, str>) -> String { text.into_owned() } }
impl<'a> Add<&'a str> for Cow<'a, str> { type Output = Cow<'a, str>; fn add(mut self, rhs: &'a str) -> Cow<'a, str> { self.to_mut().push_str(rhs); self } }
impl<'a> AddAssign<&'a str> for Cow<'a, str> { fn add_assign(&mut self, rhs: &'a str) { self.to_mut().push_str(rhs); } }
impl<T> BorrowMut<[T]> for Vec<T> { fn borrow_mut(&mut self) -> &mut [T] { self.as_mut_slice() } }
impl<T: ?Sized> BorrowMut<T> for Box<T> { fn borrow_mut(&mut self) -> &mut T { &mut **self } }
impl BorrowMut<str> for String { fn borrow_mut(&mut self) -> &mut str { self.as_mut_str() } }
impl<'a, T: Clone> From<&'a [T]> for Cow<'a, [T]> { fn from(values: &'a [T]) -> Cow<'a, [T]> { Cow::Borrowed(values) } }
impl<'a, T: Clone, const N: usize> From<&'a [T; N]> for Cow<'a, [T]> { fn from(values: &'a [T; N]) -> Cow<'a, [T]> { Cow::Borrowed(values) } }
impl<'a, T: Clone> From<Vec<T>> for Cow<'a, [T]> { fn from(values: Vec<T>) -> Cow<'a, [T]> { Cow::Owned(values) } }
impl<'a, T: Clone> From<&'a Vec<T>> for Cow<'a, [T]> { fn from(values: &'a Vec<T>) -> Cow<'a, [T]> { Cow::Borrowed(values.as_slice()) } }
impl<'a, 'b> PartialEq<Cow<'a, str>> for str { fn eq(&self, other: &Cow<'a, str>) -> bool { *self == **other } }
impl<'a, 'b> PartialEq<Cow<'a, str>> for &'b str { fn eq(&self, other: &Cow<'a, str>) -> bool { **self == **other } }
impl<'a> PartialEq<Cow<'a, str>> for String { fn eq(&self, other: &Cow<'a, str>) -> bool { *self.as_str() == **other } }
impl<'a> FromIterator<char> for Cow<'a, str> { fn from_iter<I: IntoIterator<Item = char>>(iter: I) -> Cow<'a, str> { Cow::Owned(iter.into_iter().collect()) } }
impl<'a> FromIterator<String> for Cow<'a, str> { fn from_iter<I: IntoIterator<Item = String>>(iter: I) -> Cow<'a, str> { Cow::Owned(iter.into_iter().collect()) } }
impl<'a, B: ToOwned + ?Sized> Default for Cow<'a, B> where <B as ToOwned>::Owned: Default { fn default() -> Cow<'a, B> { Cow::Owned(<B as ToOwned>::Owned::default()) } }
impl<'a, 'b> FromIterator<Cow<'b, str>> for String { fn from_iter<I: IntoIterator<Item = Cow<'b, str>>>(iter: I) -> String { let mut made = String::new(); for one in iter { made.push_str(&one); } made } }
