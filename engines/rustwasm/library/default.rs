//! std::default.

pub trait Default { fn default() -> Self; }

macro_rules! zero {
    ($($t:ty)*) => { $(impl Default for $t { fn default() -> $t { 0 as $t } })* }
}
zero! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 }

impl Default for bool { fn default() -> bool { false } }
impl Default for char { fn default() -> char { '\0' } }
impl Default for () { fn default() -> () {} }
impl<'a> Default for &'a str { fn default() -> &'a str { "" } }
impl<'a, T> Default for &'a [T] { fn default() -> &'a [T] { &[] } }
impl<'a, T> Default for &'a mut [T] { fn default() -> &'a mut [T] { &mut [] } }
impl<T> Default for Option<T> { fn default() -> Option<T> { None } }
macro_rules! tuples { ($($name:ident)*) => { impl<$($name: Default),*> Default for ($($name,)*) { fn default() -> ($($name,)*) { ($($name::default(),)*) } } } }
tuples! { A }
tuples! { A B }
tuples! { A B C }
tuples! { A B C D }
tuples! { A B C D E }
tuples! { A B C D E F }
tuples! { A B C D E F G }
tuples! { A B C D E F G H }
tuples! { A B C D E F G H I }
tuples! { A B C D E F G H I J }
tuples! { A B C D E F G H I J K }
tuples! { A B C D E F G H I J K L }
impl<T: Default, const N: usize> Default for [T; N] { fn default() -> [T; N] { crate::array::from_fn(|_| T::default()) } }
