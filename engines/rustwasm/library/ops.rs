//! std::ops: operators, calls, ranges.

#[lang] pub trait Drop { fn drop(&mut self); }

#[lang] pub trait FnOnce<Args> { type Output; fn call_once(self, args: Args) -> Self::Output; }
#[lang] pub trait FnMut<Args>: FnOnce<Args> { fn call_mut(&mut self, args: Args) -> Self::Output; }
#[lang] pub trait Fn<Args>: FnMut<Args> { fn call(&self, args: Args) -> Self::Output; }

impl<'a, A, F: Fn<A> + ?Sized> Fn<A> for &'a F { fn call(&self, args: A) -> F::Output { (**self).call(args) } }
impl<'a, A, F: Fn<A> + ?Sized> FnMut<A> for &'a F { fn call_mut(&mut self, args: A) -> F::Output { (**self).call(args) } }
impl<'a, A, F: Fn<A> + ?Sized> FnOnce<A> for &'a F {
    type Output = F::Output;
    fn call_once(self, args: A) -> F::Output { (*self).call(args) }
}
impl<'a, A, F: FnMut<A> + ?Sized> FnMut<A> for &'a mut F {
    fn call_mut(&mut self, args: A) -> F::Output { (**self).call_mut(args) }
}
impl<'a, A, F: FnMut<A> + ?Sized> FnOnce<A> for &'a mut F {
    type Output = F::Output;
    fn call_once(self, args: A) -> F::Output { (*self).call_mut(args) }
}
impl<A, F: Fn<A> + ?Sized> Fn<A> for Box<F> { fn call(&self, args: A) -> F::Output { (**self).call(args) } }
impl<A, F: FnMut<A> + ?Sized> FnMut<A> for Box<F> { fn call_mut(&mut self, args: A) -> F::Output { (**self).call_mut(args) } }
impl<A, F: FnOnce<A> + ?Sized> FnOnce<A> for Box<F> {
    type Output = F::Output;
    fn call_once(self, args: A) -> F::Output { (*self).call_once(args) }
}

#[lang] pub trait Deref { type Target: ?Sized; fn deref(&self) -> &Self::Target; }
#[lang] pub trait DerefMut: Deref { fn deref_mut(&mut self) -> &mut Self::Target; }
impl<'a, T: ?Sized> Deref for &'a T { type Target = T; fn deref(&self) -> &T { &**self } }
impl<'a, T: ?Sized> Deref for &'a mut T { type Target = T; fn deref(&self) -> &T { &**self } }
impl<'a, T: ?Sized> DerefMut for &'a mut T { fn deref_mut(&mut self) -> &mut T { &mut **self } }
#[lang] pub trait Index<Idx: ?Sized> { type Output: ?Sized; fn index(&self, index: Idx) -> &Self::Output; }
#[lang] pub trait IndexMut<Idx: ?Sized>: Index<Idx> { fn index_mut(&mut self, index: Idx) -> &mut Self::Output; }

#[lang] pub trait Add<Rhs = Self> { type Output; fn add(self, rhs: Rhs) -> Self::Output; }
#[lang] pub trait Sub<Rhs = Self> { type Output; fn sub(self, rhs: Rhs) -> Self::Output; }
#[lang] pub trait Mul<Rhs = Self> { type Output; fn mul(self, rhs: Rhs) -> Self::Output; }
#[lang] pub trait Div<Rhs = Self> { type Output; fn div(self, rhs: Rhs) -> Self::Output; }
#[lang] pub trait Rem<Rhs = Self> { type Output; fn rem(self, rhs: Rhs) -> Self::Output; }
#[lang] pub trait BitAnd<Rhs = Self> { type Output; fn bitand(self, rhs: Rhs) -> Self::Output; }
#[lang] pub trait BitOr<Rhs = Self> { type Output; fn bitor(self, rhs: Rhs) -> Self::Output; }
#[lang] pub trait BitXor<Rhs = Self> { type Output; fn bitxor(self, rhs: Rhs) -> Self::Output; }
#[lang] pub trait Shl<Rhs = Self> { type Output; fn shl(self, rhs: Rhs) -> Self::Output; }
#[lang] pub trait Shr<Rhs = Self> { type Output; fn shr(self, rhs: Rhs) -> Self::Output; }
#[lang] pub trait Neg { type Output; fn neg(self) -> Self::Output; }
#[lang] pub trait Not { type Output; fn not(self) -> Self::Output; }
#[lang] pub trait AddAssign<Rhs = Self> { fn add_assign(&mut self, rhs: Rhs); }
#[lang] pub trait SubAssign<Rhs = Self> { fn sub_assign(&mut self, rhs: Rhs); }
#[lang] pub trait MulAssign<Rhs = Self> { fn mul_assign(&mut self, rhs: Rhs); }
#[lang] pub trait DivAssign<Rhs = Self> { fn div_assign(&mut self, rhs: Rhs); }
#[lang] pub trait RemAssign<Rhs = Self> { fn rem_assign(&mut self, rhs: Rhs); }
#[lang] pub trait BitAndAssign<Rhs = Self> { fn bitand_assign(&mut self, rhs: Rhs); }
#[lang] pub trait BitOrAssign<Rhs = Self> { fn bitor_assign(&mut self, rhs: Rhs); }
#[lang] pub trait BitXorAssign<Rhs = Self> { fn bitxor_assign(&mut self, rhs: Rhs); }
#[lang] pub trait ShlAssign<Rhs = Self> { fn shl_assign(&mut self, rhs: Rhs); }
#[lang] pub trait ShrAssign<Rhs = Self> { fn shr_assign(&mut self, rhs: Rhs); }

macro_rules! operator {
    ($trait:ident $method:ident $assign:ident $assign_method:ident $op:tt $($t:ty)*) => { $(
        impl $trait for $t { type Output = $t; #[track_caller] fn $method(self, rhs: $t) -> $t { self $op rhs } }
        impl<'a> $trait<&'a $t> for $t { type Output = $t; #[track_caller] fn $method(self, rhs: &'a $t) -> $t { self $op *rhs } }
        impl<'a> $trait<$t> for &'a $t { type Output = $t; #[track_caller] fn $method(self, rhs: $t) -> $t { *self $op rhs } }
        impl<'a, 'b> $trait<&'b $t> for &'a $t {
            type Output = $t;
            #[track_caller] fn $method(self, rhs: &'b $t) -> $t { *self $op *rhs }
        }
        impl $assign for $t { #[track_caller] fn $assign_method(&mut self, rhs: $t) { *self = *self $op rhs; } }
        impl<'a> $assign<&'a $t> for $t { #[track_caller] fn $assign_method(&mut self, rhs: &'a $t) { *self = *self $op *rhs; } }
    )* }
}
operator! { Add add AddAssign add_assign + i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 }
operator! { Sub sub SubAssign sub_assign - i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 }
operator! { Mul mul MulAssign mul_assign * i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 }
operator! { Div div DivAssign div_assign / i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 }
operator! { Rem rem RemAssign rem_assign % i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 }
operator! { BitAnd bitand BitAndAssign bitand_assign & i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool }
operator! { BitOr bitor BitOrAssign bitor_assign | i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool }
operator! { BitXor bitxor BitXorAssign bitxor_assign ^ i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool }

macro_rules! shift {
    ($($t:ty)*) => { $(
        impl Shl<u32> for $t { type Output = $t; #[track_caller] fn shl(self, rhs: u32) -> $t { self << rhs } }
        impl Shl<i32> for $t { type Output = $t; #[track_caller] fn shl(self, rhs: i32) -> $t { self << rhs } }
        impl Shl<usize> for $t { type Output = $t; #[track_caller] fn shl(self, rhs: usize) -> $t { self << rhs } }
        impl Shr<u32> for $t { type Output = $t; #[track_caller] fn shr(self, rhs: u32) -> $t { self >> rhs } }
        impl Shr<i32> for $t { type Output = $t; #[track_caller] fn shr(self, rhs: i32) -> $t { self >> rhs } }
        impl Shr<usize> for $t { type Output = $t; #[track_caller] fn shr(self, rhs: usize) -> $t { self >> rhs } }
    )* }
}
shift! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize }

macro_rules! negate {
    ($($t:ty)*) => { $(
        impl Neg for $t { type Output = $t; #[track_caller] fn neg(self) -> $t { -self } }
        impl<'a> Neg for &'a $t { type Output = $t; #[track_caller] fn neg(self) -> $t { -*self } }
    )* }
}
negate! { i8 i16 i32 i64 i128 isize f32 f64 }

macro_rules! invert {
    ($($t:ty)*) => { $(
        impl Not for $t { type Output = $t; fn not(self) -> $t { !self } }
        impl<'a> Not for &'a $t { type Output = $t; fn not(self) -> $t { !*self } }
    )* }
}
invert! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool }

#[lang] #[derive(Clone, Copy, PartialEq, Eq, Hash)] pub struct RangeFull;
#[lang] #[derive(Clone, PartialEq, Eq, Hash, Default)] pub struct Range<Idx> { pub start: Idx, pub end: Idx }
#[lang] #[derive(Clone, PartialEq, Eq, Hash)] pub struct RangeFrom<Idx> { pub start: Idx }
#[lang] #[derive(Clone, Copy, PartialEq, Eq, Hash)] pub struct RangeTo<Idx> { pub end: Idx }
#[lang] #[derive(Clone, PartialEq, Eq, Hash)] pub struct RangeInclusive<Idx> { start: Idx, end: Idx, exhausted: bool }
#[lang] #[derive(Clone, Copy, PartialEq, Eq, Hash)] pub struct RangeToInclusive<Idx> { pub end: Idx }

impl<Idx: PartialOrd> Range<Idx> {
    pub fn contains(&self, item: &Idx) -> bool { *item >= self.start && *item < self.end }
    pub fn is_empty(&self) -> bool { !(self.start < self.end) }
}
impl<Idx: PartialOrd> RangeFrom<Idx> { pub fn contains(&self, item: &Idx) -> bool { *item >= self.start } }
impl<Idx: PartialOrd> RangeTo<Idx> { pub fn contains(&self, item: &Idx) -> bool { *item < self.end } }
impl<Idx> RangeInclusive<Idx> {
    pub const fn new(start: Idx, end: Idx) -> RangeInclusive<Idx> { RangeInclusive { start, end, exhausted: false } }
    pub const fn start(&self) -> &Idx { &self.start }
    pub const fn end(&self) -> &Idx { &self.end }
    pub fn into_inner(self) -> (Idx, Idx) { (self.start, self.end) }
}
impl<Idx: PartialOrd> RangeInclusive<Idx> {
    pub fn contains(&self, item: &Idx) -> bool { *item >= self.start && if self.exhausted { *item < self.end } else { *item <= self.end } }
    pub fn is_empty(&self) -> bool { self.exhausted || !(self.start <= self.end) }
}
impl<Idx: PartialOrd> RangeToInclusive<Idx> { pub fn contains(&self, item: &Idx) -> bool { *item <= self.end } }

/// Numbers that ranges count through.
pub trait Step: Clone + PartialOrd {
    fn forward(&self) -> Self;
    fn backward(&self) -> Self;
    fn distance(from: &Self, to: &Self) -> usize;
    fn advance(&self, count: usize) -> Self;
}
macro_rules! step {
    ($($t:ty)*) => { $(impl Step for $t {
        fn forward(&self) -> $t { *self + 1 }
        fn backward(&self) -> $t { *self - 1 }
        fn distance(from: &$t, to: &$t) -> usize {
            if *from < *to { crate::intrinsics::wrapping_sub(*to, *from) as usize } else { 0 }
        }
        fn advance(&self, count: usize) -> $t { crate::intrinsics::wrapping_add(*self, count as $t) }
    })* }
}
step! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize }
impl Step for char {
    fn forward(&self) -> char { if *self == '\u{d7ff}' { '\u{e000}' } else { crate::intrinsics::char_from_u32_unchecked(*self as u32 + 1) } }
    fn backward(&self) -> char { if *self == '\u{e000}' { '\u{d7ff}' } else { crate::intrinsics::char_from_u32_unchecked(*self as u32 - 1) } }
    fn distance(from: &char, to: &char) -> usize {
        let (low, high) = (*from as u32, *to as u32);
        if low >= high { 0 } else { (high - low - if low < 0xd800 && high > 0xdfff { 0x800 } else { 0 }) as usize }
    }
    fn advance(&self, count: usize) -> char {
        let code = *self as u32 + count as u32;
        let moved = if (*self as u32) < 0xd800 && code >= 0xd800 { code + 0x800 } else { code };
        crate::intrinsics::char_from_u32_unchecked(moved)
    }
}

impl<A: Step> Iterator for Range<A> {
    type Item = A;
    fn next(&mut self) -> Option<A> {
        if self.start < self.end {
            let following = self.start.forward();
            Some(crate::mem::replace(&mut self.start, following))
        } else {
            None
        }
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = A::distance(&self.start, &self.end);
        (count, Some(count))
    }
    fn nth(&mut self, n: usize) -> Option<A> {
        if n < A::distance(&self.start, &self.end) {
            self.start = self.start.advance(n);
            self.next()
        } else {
            self.start = self.end.clone();
            None
        }
    }
}
impl<A: Step> DoubleEndedIterator for Range<A> {
    fn next_back(&mut self) -> Option<A> {
        if self.start < self.end {
            self.end = self.end.backward();
            Some(self.end.clone())
        } else {
            None
        }
    }
}
impl<A: Step> ExactSizeIterator for Range<A> {}
impl<A: Step> Iterator for RangeFrom<A> {
    type Item = A;
    fn next(&mut self) -> Option<A> {
        let following = self.start.forward();
        Some(crate::mem::replace(&mut self.start, following))
    }
    fn size_hint(&self) -> (usize, Option<usize>) { (usize::MAX, None) }
    fn nth(&mut self, n: usize) -> Option<A> {
        self.start = self.start.advance(n);
        self.next()
    }
}
impl<A: Step> Iterator for RangeInclusive<A> {
    type Item = A;
    fn next(&mut self) -> Option<A> {
        if self.exhausted || !(self.start <= self.end) {
            return None;
        }
        if self.start < self.end {
            let following = self.start.forward();
            Some(crate::mem::replace(&mut self.start, following))
        } else {
            self.exhausted = true;
            Some(self.start.clone())
        }
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.exhausted || !(self.start <= self.end) {
            return (0, Some(0));
        }
        let count = A::distance(&self.start, &self.end);
        (count.saturating_add(1), count.checked_add(1))
    }
}
impl<A: Step> DoubleEndedIterator for RangeInclusive<A> {
    fn next_back(&mut self) -> Option<A> {
        if self.exhausted || !(self.start <= self.end) {
            return None;
        }
        if self.start < self.end {
            let before = self.end.backward();
            Some(crate::mem::replace(&mut self.end, before))
        } else {
            self.exhausted = true;
            Some(self.end.clone())
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Bound<T> { Included(T), Excluded(T), Unbounded }
impl<T> Bound<T> {
    pub fn as_ref(&self) -> Bound<&T> {
        match self { Bound::Included(x) => Bound::Included(x), Bound::Excluded(x) => Bound::Excluded(x), Bound::Unbounded => Bound::Unbounded }
    }
    pub fn map<U, F: FnOnce(T) -> U>(self, f: F) -> Bound<U> {
        match self { Bound::Included(x) => Bound::Included(f(x)), Bound::Excluded(x) => Bound::Excluded(f(x)), Bound::Unbounded => Bound::Unbounded }
    }
}
impl<'a, T: Clone> Bound<&'a T> {
    pub fn cloned(self) -> Bound<T> {
        match self { Bound::Included(x) => Bound::Included(x.clone()), Bound::Excluded(x) => Bound::Excluded(x.clone()), Bound::Unbounded => Bound::Unbounded }
    }
}
impl<T> RangeBounds<T> for (Bound<T>, Bound<T>) {
    fn start_bound(&self) -> Bound<&T> { self.0.as_ref() }
    fn end_bound(&self) -> Bound<&T> { self.1.as_ref() }
}
impl<'a, T: ?Sized + 'a> RangeBounds<T> for (Bound<&'a T>, Bound<&'a T>) {
    fn start_bound(&self) -> Bound<&T> { self.0 }
    fn end_bound(&self) -> Bound<&T> { self.1 }
}
pub trait RangeBounds<T: ?Sized> {
    fn start_bound(&self) -> Bound<&T>;
    fn end_bound(&self) -> Bound<&T>;
    fn contains<U: PartialOrd<T> + ?Sized>(&self, item: &U) -> bool where T: PartialOrd<U> {
        let above = match self.start_bound() { Bound::Included(x) => *x <= *item, Bound::Excluded(x) => *x < *item, Bound::Unbounded => true };
        above && match self.end_bound() { Bound::Included(x) => *item <= *x, Bound::Excluded(x) => *item < *x, Bound::Unbounded => true }
    }
}
impl<T> RangeBounds<T> for Range<T> {
    fn start_bound(&self) -> Bound<&T> { Bound::Included(&self.start) }
    fn end_bound(&self) -> Bound<&T> { Bound::Excluded(&self.end) }
}
impl<T> RangeBounds<T> for RangeFrom<T> {
    fn start_bound(&self) -> Bound<&T> { Bound::Included(&self.start) }
    fn end_bound(&self) -> Bound<&T> { Bound::Unbounded }
}
impl<T> RangeBounds<T> for RangeTo<T> {
    fn start_bound(&self) -> Bound<&T> { Bound::Unbounded }
    fn end_bound(&self) -> Bound<&T> { Bound::Excluded(&self.end) }
}
impl<T> RangeBounds<T> for RangeInclusive<T> {
    fn start_bound(&self) -> Bound<&T> { Bound::Included(&self.start) }
    fn end_bound(&self) -> Bound<&T> { if self.exhausted { Bound::Excluded(&self.end) } else { Bound::Included(&self.end) } }
}
impl<T> RangeBounds<T> for RangeToInclusive<T> {
    fn start_bound(&self) -> Bound<&T> { Bound::Unbounded }
    fn end_bound(&self) -> Bound<&T> { Bound::Included(&self.end) }
}
impl<T> RangeBounds<T> for RangeFull {
    fn start_bound(&self) -> Bound<&T> { Bound::Unbounded }
    fn end_bound(&self) -> Bound<&T> { Bound::Unbounded }
}

/// Whether a loop of closures goes on.
#[lang]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ControlFlow<B, C = ()> { Continue(C), Break(B) }
impl<B, C> ControlFlow<B, C> {
    pub const fn is_break(&self) -> bool { match self { ControlFlow::Break(_) => true, ControlFlow::Continue(_) => false } }
    pub const fn is_continue(&self) -> bool { !self.is_break() }
    pub fn continue_value(self) -> Option<C> { match self { ControlFlow::Continue(value) => Some(value), ControlFlow::Break(_) => None } }
    pub fn map_break<T, F: FnOnce(B) -> T>(self, f: F) -> ControlFlow<T, C> {
        match self { ControlFlow::Continue(value) => ControlFlow::Continue(value), ControlFlow::Break(value) => ControlFlow::Break(f(value)) }
    }
    pub fn map_continue<T, F: FnOnce(C) -> T>(self, f: F) -> ControlFlow<B, T> {
        match self { ControlFlow::Continue(value) => ControlFlow::Continue(f(value)), ControlFlow::Break(value) => ControlFlow::Break(value) }
    }
    pub fn break_value(self) -> Option<B> { match self { ControlFlow::Break(value) => Some(value), ControlFlow::Continue(_) => None } }
}
/// What `try_fold` can stop at: `Err` of `branch` holds what to answer then.
pub trait Try: Sized {
    type Output;
    fn from_output(output: Self::Output) -> Self;
    fn branch(self) -> Result<Self::Output, Self>;
}
impl<T> Try for Option<T> {
    type Output = T;
    fn from_output(output: T) -> Option<T> { Some(output) }
    fn branch(self) -> Result<T, Option<T>> { match self { Some(value) => Ok(value), None => Err(None) } }
}
impl<T, E> Try for Result<T, E> {
    type Output = T;
    fn from_output(output: T) -> Result<T, E> { Ok(output) }
    fn branch(self) -> Result<T, Result<T, E>> { match self { Ok(value) => Ok(value), Err(error) => Err(Err(error)) } }
}
impl<B, C> Try for ControlFlow<B, C> {
    type Output = C;
    fn from_output(output: C) -> ControlFlow<B, C> { ControlFlow::Continue(output) }
    fn branch(self) -> Result<C, ControlFlow<B, C>> {
        match self { ControlFlow::Continue(value) => Ok(value), ControlFlow::Break(value) => Err(ControlFlow::Break(value)) }
    }
}
