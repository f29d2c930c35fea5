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
impl<A: Default, B: Default> Default for (A, B) { fn default() -> (A, B) { (A::default(), B::default()) } }
impl<A: Default, B: Default, C: Default> Default for (A, B, C) {
    fn default() -> (A, B, C) { (A::default(), B::default(), C::default()) }
}
impl<T: Default + Copy, const N: usize> Default for [T; N] { fn default() -> [T; N] { [T::default(); N] } }
