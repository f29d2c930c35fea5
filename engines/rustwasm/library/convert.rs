//! std::convert.

#[lang] pub trait From<T>: Sized { fn from(value: T) -> Self; }
#[lang] pub trait Into<T>: Sized { fn into(self) -> T; }
pub trait TryFrom<T>: Sized { type Error; fn try_from(value: T) -> Result<Self, Self::Error>; }
pub trait TryInto<T>: Sized { type Error; fn try_into(self) -> Result<T, Self::Error>; }
pub trait AsRef<T: ?Sized> { fn as_ref(&self) -> &T; }
pub trait AsMut<T: ?Sized> { fn as_mut(&mut self) -> &mut T; }
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Infallible {}
impl crate::fmt::Debug for Infallible { fn fmt(&self, _f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { match *self {} } }
impl crate::fmt::Display for Infallible { fn fmt(&self, _f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { match *self {} } }
impl crate::error::Error for Infallible {}

impl<T> From<T> for T { fn from(value: T) -> T { value } }
impl<T, U: From<T>> Into<U> for T { fn into(self) -> U { U::from(self) } }
impl<T, U: TryFrom<T>> TryInto<U> for T {
    type Error = U::Error;
    fn try_into(self) -> Result<U, U::Error> { U::try_from(self) }
}

impl AsRef<str> for str { fn as_ref(&self) -> &str { self } }
impl AsRef<[u8]> for str { fn as_ref(&self) -> &[u8] { self.as_bytes() } }
impl<T> AsRef<[T]> for [T] { fn as_ref(&self) -> &[T] { self } }
impl<'a, T: ?Sized, U: AsRef<T> + ?Sized> AsRef<T> for &'a U { fn as_ref(&self) -> &T { (**self).as_ref() } }

macro_rules! widen {
    ($($from:ty => $($to:ty)*;)*) => { $($(impl From<$from> for $to { fn from(value: $from) -> $to { value as $to } })*)* }
}
widen! {
    u8 => u16 u32 u64 u128 usize i16 i32 i64 i128 isize f32 f64 char;
    u16 => u32 u64 u128 usize i32 i64 i128 f32 f64;
    u32 => u64 u128 i64 i128 f64;
    u64 => u128 i128;
    i8 => i16 i32 i64 i128 isize f32 f64;
    i16 => i32 i64 i128 isize f32 f64;
    i32 => i64 i128 f64;
    i64 => i128;
    f32 => f64;
    bool => u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize;
    char => u32 u64 u128;
}

macro_rules! narrow {
    ($($from:ty => $($to:ty)*;)*) => { $($(impl TryFrom<$from> for $to {
        type Error = crate::num::TryFromIntError;
        fn try_from(value: $from) -> Result<$to, crate::num::TryFromIntError> {
            let made = value as $to;
            if made as $from == value && (made < (0 as $to)) == (value < (0 as $from)) {
                Ok(made)
            } else {
                Err(crate::num::TryFromIntError::new())
            }
        }
    })*)* }
}
narrow! {
    u8 => i8 u8;
    u16 => u8 i8 i16 u16;
    u32 => u8 u16 i8 i16 i32 usize isize u32;
    u64 => u8 u16 u32 i8 i16 i32 i64 usize isize u64;
    u128 => u8 u16 u32 u64 i8 i16 i32 i64 i128 usize isize u128;
    usize => u8 u16 u32 u64 u128 i8 i16 i32 i64 i128 isize usize;
    i8 => u8 u16 u32 u64 u128 usize i8;
    i16 => u8 u16 u32 u64 u128 usize i8 i16;
    i32 => u8 u16 u32 u64 u128 usize i8 i16 isize i32;
    i64 => u8 u16 u32 u64 u128 usize i8 i16 i32 isize i64;
    i128 => u8 u16 u32 u64 u128 usize i8 i16 i32 i64 isize i128;
    isize => u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TryFromCharError(());
impl crate::fmt::Display for TryFromCharError {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { f.write_str("unicode code point out of range") }
}
impl crate::error::Error for TryFromCharError {}
impl TryFrom<char> for u8 {
    type Error = TryFromCharError;
    fn try_from(c: char) -> Result<u8, TryFromCharError> { if (c as u32) < 256 { Ok(c as u32 as u8) } else { Err(TryFromCharError(())) } }
}
pub const fn identity<T>(value: T) -> T { value }
impl TryFrom<char> for u16 {
    type Error = TryFromCharError;
    fn try_from(c: char) -> Result<u16, TryFromCharError> { if (c as u32) < 0x10000 { Ok(c as u32 as u16) } else { Err(TryFromCharError(())) } }
}
impl From<bool> for f32 { fn from(value: bool) -> f32 { value as u8 as f32 } }
impl From<bool> for f64 { fn from(value: bool) -> f64 { value as u8 as f64 } }
macro_rules! truth {
    ($($t:ty)*) => { $(impl TryFrom<$t> for bool {
        type Error = crate::num::TryFromIntError;
        fn try_from(value: $t) -> Result<bool, crate::num::TryFromIntError> {
            match value { 0 => Ok(false), 1 => Ok(true), _ => Err(crate::num::TryFromIntError::new()) }
        }
    })* }
}
truth! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize }
impl<T> AsMut<[T]> for [T] { fn as_mut(&mut self) -> &mut [T] { self } }
impl<'a, T: ?Sized, U: AsMut<T> + ?Sized> AsMut<T> for &'a mut U { fn as_mut(&mut self) -> &mut T { (**self).as_mut() } }
impl<'a, T: ?Sized, U: AsRef<T> + ?Sized> AsRef<T> for &'a mut U { fn as_ref(&self) -> &T { (**self).as_ref() } }
macro_rules! alike {
    ($($name:ident $t:ident),* => $array:ty) => {
        impl<T> From<$array> for ($($t,)*) { fn from(array: $array) -> ($($t,)*) { let [$($name),*] = array; ($($name,)*) } }
        impl<T> From<($($t,)*)> for $array { fn from(tuple: ($($t,)*)) -> $array { let ($($name,)*) = tuple; [$($name),*] } }
    }
}
alike! { a T => [T; 1] }
alike! { a T, b T => [T; 2] }
alike! { a T, b T, c T => [T; 3] }
alike! { a T, b T, c T, d T => [T; 4] }
alike! { a T, b T, c T, d T, e T => [T; 5] }
alike! { a T, b T, c T, d T, e T, f T => [T; 6] }
