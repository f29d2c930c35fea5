//! std::boxed.

use crate::cmp::Ordering;
use crate::ops::{Deref, DerefMut};

/// One value on the heap. `*b` is a place; moving out of it leaves a box whose memory alone is freed.
#[lang]
pub struct Box<T: ?Sized> { pointer: *mut T }

impl<T> Box<T> {
    pub fn new(value: T) -> Box<T> { crate::raw::box_new(value) }
}
impl<T: ?Sized> Box<T> {
    pub fn leak<'a>(whole: Box<T>) -> &'a mut T { crate::raw::raw_mut(crate::raw::box_into_raw(whole)) }
    pub fn as_ref(&self) -> &T { &**self }
    pub fn as_mut(&mut self) -> &mut T { &mut **self }
}
impl<T: ?Sized> Deref for Box<T> { type Target = T; fn deref(&self) -> &T { &**self } }
impl<T: ?Sized> DerefMut for Box<T> { fn deref_mut(&mut self) -> &mut T { &mut **self } }
impl<T: Clone> Clone for Box<T> { fn clone(&self) -> Box<T> { Box::new((**self).clone()) } }
impl<T: Default> Default for Box<T> { fn default() -> Box<T> { Box::new(T::default()) } }
impl<T> From<T> for Box<T> { fn from(value: T) -> Box<T> { Box::new(value) } }
impl<T: ?Sized> AsRef<T> for Box<T> { fn as_ref(&self) -> &T { &**self } }
impl<T: ?Sized> AsMut<T> for Box<T> { fn as_mut(&mut self) -> &mut T { &mut **self } }
impl<T: PartialEq + ?Sized> PartialEq for Box<T> { fn eq(&self, other: &Box<T>) -> bool { **self == **other } }
impl<T: Eq + ?Sized> Eq for Box<T> {}
impl<T: PartialOrd + ?Sized> PartialOrd for Box<T> {
    fn partial_cmp(&self, other: &Box<T>) -> Option<Ordering> { (**self).partial_cmp(&**other) }
}
impl<T: Ord + ?Sized> Ord for Box<T> { fn cmp(&self, other: &Box<T>) -> Ordering { (**self).cmp(&**other) } }
impl<T: crate::hash::Hash + ?Sized> crate::hash::Hash for Box<T> {
    fn hash<H: crate::hash::Hasher>(&self, state: &mut H) { (**self).hash(state); }
}
impl<I: Iterator + ?Sized> Iterator for Box<I> {
    type Item = I::Item;
    fn next(&mut self) -> Option<I::Item> { (**self).next() }
    fn size_hint(&self) -> (usize, Option<usize>) { (**self).size_hint() }
}
impl<T: crate::fmt::Display + ?Sized> crate::fmt::Display for Box<T> {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { (**self).fmt(f) }
}
impl<T: crate::fmt::Debug + ?Sized> crate::fmt::Debug for Box<T> {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { (**self).fmt(f) }
}
impl<'a, E: crate::error::Error + 'a> From<E> for Box<dyn crate::error::Error + 'a> {
    fn from(error: E) -> Box<dyn crate::error::Error + 'a> { Box::new(error) }
}
impl<'a> From<&'a str> for Box<dyn crate::error::Error> {
    fn from(message: &'a str) -> Box<dyn crate::error::Error> { Box::new(crate::error::Message { text: String::from(message) }) }
}
impl From<String> for Box<dyn crate::error::Error> {
    fn from(message: String) -> Box<dyn crate::error::Error> { Box::new(crate::error::Message { text: message }) }
}
impl<T: Clone> Clone for Box<[T]> { fn clone(&self) -> Box<[T]> { (**self).to_vec().into_boxed_slice() } }
impl<T> Default for Box<[T]> { fn default() -> Box<[T]> { Vec::new().into_boxed_slice() } }
impl<T> From<Vec<T>> for Box<[T]> { fn from(elements: Vec<T>) -> Box<[T]> { elements.into_boxed_slice() } }
impl<'a, T: Clone> From<&'a [T]> for Box<[T]> { fn from(elements: &'a [T]) -> Box<[T]> { elements.to_vec().into_boxed_slice() } }
impl<T, const N: usize> From<[T; N]> for Box<[T]> { fn from(elements: [T; N]) -> Box<[T]> { Box::new(elements) } }
impl<T> From<Box<[T]>> for Vec<T> { fn from(elements: Box<[T]>) -> Vec<T> { elements.into_vec() } }
impl<T> FromIterator<T> for Box<[T]> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Box<[T]> { Vec::from_iter(elements).into_boxed_slice() }
}
impl<'a, T> IntoIterator for &'a Box<[T]> {
    type Item = &'a T;
    type IntoIter = crate::slice::Iter<'a, T>;
    fn into_iter(self) -> crate::slice::Iter<'a, T> { (**self).iter() }
}
impl Clone for Box<str> { fn clone(&self) -> Box<str> { String::from(&**self).into_boxed_str() } }
impl Default for Box<str> { fn default() -> Box<str> { String::new().into_boxed_str() } }
impl<'a> From<&'a str> for Box<str> { fn from(text: &'a str) -> Box<str> { String::from(text).into_boxed_str() } }
impl From<String> for Box<str> { fn from(text: String) -> Box<str> { text.into_boxed_str() } }
impl From<Box<str>> for String { fn from(text: Box<str>) -> String { text.into_string() } }
impl<'a, T: Clone> From<&'a mut [T]> for Box<[T]> { fn from(elements: &'a mut [T]) -> Box<[T]> { elements.to_vec().into_boxed_slice() } }
impl<'a> From<crate::borrow::Cow<'a, str>> for Box<str> { fn from(text: crate::borrow::Cow<'a, str>) -> Box<str> { text.into_owned().into_boxed_str() } }
impl FromIterator<char> for Box<str> { fn from_iter<I: IntoIterator<Item = char>>(iter: I) -> Box<str> { String::from_iter(iter).into_boxed_str() } }
impl<T, const N: usize> TryFrom<Box<[T]>> for Box<[T; N]> {
    type Error = Box<[T]>;
    fn try_from(elements: Box<[T]>) -> Result<Box<[T; N]>, Box<[T]>> {
        if elements.len() != N { return Err(elements); }
        match <[T; N]>::try_from(elements.into_vec()) { Ok(array) => Ok(Box::new(array)), Err(vec) => Err(vec.into_boxed_slice()) }
    }
}
impl<I: DoubleEndedIterator + ?Sized> DoubleEndedIterator for Box<I> { fn next_back(&mut self) -> Option<I::Item> { (**self).next_back() } }
impl<I: ExactSizeIterator + ?Sized> ExactSizeIterator for Box<I> {}
