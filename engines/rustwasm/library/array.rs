//! std::array.

use crate::raw::*;

impl<T: Copy, const N: usize> Copy for [T; N] {}
impl<T: Clone, const N: usize> Clone for [T; N] {
    fn clone(&self) -> [T; N] {
        let made = raw_array_new(N);
        let mut i = 0;
        while i < N { raw_array_write(&made, i, self[i].clone()); i += 1; }
        raw_into_array(made)
    }
}
impl<T, const N: usize> [T; N] {
    pub const fn as_slice(&self) -> &[T] { self }
    pub const fn as_mut_slice(&mut self) -> &mut [T] { self }
    pub fn map<U, F: FnMut(T) -> U>(self, mut f: F) -> [U; N] {
        let from = array_into_raw(self);
        let made = raw_array_new(N);
        let mut i = 0;
        while i < N { raw_array_write(&made, i, f(raw_array_read(&from, i))); i += 1; }
        raw_array_free(&from);
        raw_into_array(made)
    }
    pub fn each_ref(&self) -> [&T; N] { from_fn(|i| &self[i]) }
    pub fn each_mut(&mut self) -> [&mut T; N] { from_fn(|i| crate::intrinsics::unsafe_mut(&self[i])) }
}
pub fn from_fn<T, const N: usize, F: FnMut(usize) -> T>(mut f: F) -> [T; N] {
    let made = raw_array_new(N);
    let mut i = 0;
    while i < N { raw_array_write(&made, i, f(i)); i += 1; }
    raw_into_array(made)
}
impl<T, const N: usize> IntoIterator for [T; N] {
    type Item = T;
    type IntoIter = crate::vec::IntoIter<T>;
    fn into_iter(self) -> crate::vec::IntoIter<T> { Vec::from(self).into_iter() }
}
impl<'a, T, const N: usize> IntoIterator for &'a [T; N] {
    type Item = &'a T;
    type IntoIter = crate::slice::Iter<'a, T>;
    fn into_iter(self) -> crate::slice::Iter<'a, T> { self.iter() }
}
impl<'a, T, const N: usize> IntoIterator for &'a mut [T; N] {
    type Item = &'a mut T;
    type IntoIter = crate::slice::IterMut<'a, T>;
    fn into_iter(self) -> crate::slice::IterMut<'a, T> { self.iter_mut() }
}
impl<T, const N: usize> AsRef<[T]> for [T; N] { fn as_ref(&self) -> &[T] { self } }
#[derive(Debug, Clone, Copy)]
pub struct TryFromSliceError(());
impl<'a, T: Copy, const N: usize> TryFrom<&'a [T]> for [T; N] {
    type Error = TryFromSliceError;
    fn try_from(slice: &'a [T]) -> Result<[T; N], TryFromSliceError> {
        if slice.len() != N { return Err(TryFromSliceError(())); }
        Ok(from_fn(|i| slice[i]))
    }
}
impl crate::fmt::Display for TryFromSliceError {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { f.pad("could not convert slice to array") }
}
impl crate::error::Error for TryFromSliceError {}
impl<'a, T: Copy, const N: usize> TryFrom<&'a mut [T]> for [T; N] {
    type Error = TryFromSliceError;
    fn try_from(slice: &'a mut [T]) -> Result<[T; N], TryFromSliceError> { <[T; N]>::try_from(&*slice) }
}
impl<T, const N: usize> AsMut<[T]> for [T; N] { fn as_mut(&mut self) -> &mut [T] { self } }
impl<T, const N: usize> crate::borrow::BorrowMut<[T]> for [T; N] { fn borrow_mut(&mut self) -> &mut [T] { self } }
