//! std::iter.

use crate::cmp::Ordering;
use crate::ops::Try;

#[lang]
pub trait Iterator {
    type Item;
    fn next(&mut self) -> Option<Self::Item>;
    fn size_hint(&self) -> (usize, Option<usize>) { (0, None) }
    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        let mut left = n;
        while left > 0 { self.next()?; left -= 1; }
        self.next()
    }
    fn count(self) -> usize where Self: Sized { let mut n = 0; for _ in self { n += 1; } n }
    fn last(self) -> Option<Self::Item> where Self: Sized { let mut found = None; for x in self { found = Some(x); } found }
    fn step_by(self, step: usize) -> StepBy<Self> where Self: Sized {
        if step == 0 { panic!("assertion failed: step != 0"); }
        StepBy { iter: self, step, first: true }
    }
    fn chain<U: IntoIterator<Item = Self::Item>>(self, other: U) -> Chain<Self, U::IntoIter> where Self: Sized { Chain { a: Some(self), b: Some(other.into_iter()) } }
    fn zip<U: IntoIterator>(self, other: U) -> Zip<Self, U::IntoIter> where Self: Sized { Zip { a: self, b: other.into_iter() } }
    fn map<B, F: FnMut(Self::Item) -> B>(self, f: F) -> Map<Self, F> where Self: Sized { Map { iter: self, f } }
    fn for_each<F: FnMut(Self::Item)>(self, mut f: F) where Self: Sized { for x in self { f(x); } }
    fn filter<P: FnMut(&Self::Item) -> bool>(self, predicate: P) -> Filter<Self, P> where Self: Sized { Filter { iter: self, predicate } }
    fn filter_map<B, F: FnMut(Self::Item) -> Option<B>>(self, f: F) -> FilterMap<Self, F> where Self: Sized { FilterMap { iter: self, f } }
    fn enumerate(self) -> Enumerate<Self> where Self: Sized { Enumerate { iter: self, count: 0 } }
    fn peekable(self) -> Peekable<Self> where Self: Sized { Peekable { iter: self, peeked: None } }
    fn skip_while<P: FnMut(&Self::Item) -> bool>(self, predicate: P) -> SkipWhile<Self, P> where Self: Sized { SkipWhile { iter: self, done: false, predicate } }
    fn take_while<P: FnMut(&Self::Item) -> bool>(self, predicate: P) -> TakeWhile<Self, P> where Self: Sized { TakeWhile { iter: self, done: false, predicate } }
    fn map_while<B, P: FnMut(Self::Item) -> Option<B>>(self, predicate: P) -> MapWhile<Self, P> where Self: Sized { MapWhile { iter: self, predicate } }
    fn skip(self, n: usize) -> Skip<Self> where Self: Sized { Skip { iter: self, n } }
    fn take(self, n: usize) -> Take<Self> where Self: Sized { Take { iter: self, n } }
    fn scan<S, B, F: FnMut(&mut S, Self::Item) -> Option<B>>(self, state: S, f: F) -> Scan<Self, S, F> where Self: Sized { Scan { iter: self, state, f } }
    fn flat_map<U: IntoIterator, F: FnMut(Self::Item) -> U>(self, f: F) -> FlatMap<Self, U, F> where Self: Sized { FlatMap { iter: self, f, front: None, back: None } }
    fn flatten(self) -> Flatten<Self> where Self: Sized, Self::Item: IntoIterator { Flatten { iter: self, front: None, back: None } }
    fn fuse(self) -> Fuse<Self> where Self: Sized { Fuse { iter: Some(self) } }
    fn inspect<F: FnMut(&Self::Item)>(self, f: F) -> Inspect<Self, F> where Self: Sized { Inspect { iter: self, f } }
    fn by_ref(&mut self) -> &mut Self where Self: Sized { self }
    fn collect<B: FromIterator<Self::Item>>(self) -> B where Self: Sized { B::from_iter(self) }
    fn partition<B: Default + Extend<Self::Item>, F: FnMut(&Self::Item) -> bool>(self, mut f: F) -> (B, B) where Self: Sized {
        let mut left = B::default();
        let mut right = B::default();
        for x in self { if f(&x) { left.extend(Some(x)); } else { right.extend(Some(x)); } }
        (left, right)
    }
    fn fold<B, F: FnMut(B, Self::Item) -> B>(self, init: B, mut f: F) -> B where Self: Sized {
        let mut state = init;
        for x in self { state = f(state, x); }
        state
    }
    fn try_fold<B, F: FnMut(B, Self::Item) -> R, R: Try<Output = B>>(&mut self, init: B, mut f: F) -> R where Self: Sized {
        let mut state = init;
        while let Some(x) = self.next() {
            match f(state, x).branch() { Ok(value) => state = value, Err(stop) => return stop }
        }
        R::from_output(state)
    }
    fn try_for_each<F: FnMut(Self::Item) -> R, R: Try<Output = ()>>(&mut self, mut f: F) -> R where Self: Sized {
        while let Some(x) = self.next() { if let Err(stop) = f(x).branch() { return stop; } }
        R::from_output(())
    }
    fn partial_cmp<I: IntoIterator>(mut self, other: I) -> Option<Ordering> where Self: Sized, Self::Item: PartialOrd<I::Item> {
        let mut others = other.into_iter();
        loop {
            match (self.next(), others.next()) {
                (None, None) => return Some(Ordering::Equal),
                (None, Some(_)) => return Some(Ordering::Less),
                (Some(_), None) => return Some(Ordering::Greater),
                (Some(a), Some(b)) => match a.partial_cmp(&b) { Some(Ordering::Equal) => {} unequal => return unequal },
            }
        }
    }
    fn lt<I: IntoIterator>(self, other: I) -> bool where Self: Sized, Self::Item: PartialOrd<I::Item> { Iterator::partial_cmp(self, other) == Some(Ordering::Less) }
    fn gt<I: IntoIterator>(self, other: I) -> bool where Self: Sized, Self::Item: PartialOrd<I::Item> { Iterator::partial_cmp(self, other) == Some(Ordering::Greater) }
    fn le<I: IntoIterator>(self, other: I) -> bool where Self: Sized, Self::Item: PartialOrd<I::Item> {
        match Iterator::partial_cmp(self, other) { Some(order) => order != Ordering::Greater, None => false }
    }
    fn ge<I: IntoIterator>(self, other: I) -> bool where Self: Sized, Self::Item: PartialOrd<I::Item> {
        match Iterator::partial_cmp(self, other) { Some(order) => order != Ordering::Less, None => false }
    }
    fn reduce<F: FnMut(Self::Item, Self::Item) -> Self::Item>(mut self, f: F) -> Option<Self::Item> where Self: Sized {
        let first = self.next()?;
        Some(self.fold(first, f))
    }
    fn all<F: FnMut(Self::Item) -> bool>(&mut self, mut f: F) -> bool where Self: Sized { while let Some(x) = self.next() { if !f(x) { return false; } } true }
    fn any<F: FnMut(Self::Item) -> bool>(&mut self, mut f: F) -> bool where Self: Sized { while let Some(x) = self.next() { if f(x) { return true; } } false }
    fn find<P: FnMut(&Self::Item) -> bool>(&mut self, mut predicate: P) -> Option<Self::Item> where Self: Sized {
        while let Some(x) = self.next() { if predicate(&x) { return Some(x); } }
        None
    }
    fn find_map<B, F: FnMut(Self::Item) -> Option<B>>(&mut self, mut f: F) -> Option<B> where Self: Sized {
        while let Some(x) = self.next() { if let Some(found) = f(x) { return Some(found); } }
        None
    }
    fn position<P: FnMut(Self::Item) -> bool>(&mut self, mut predicate: P) -> Option<usize> where Self: Sized {
        let mut i = 0;
        while let Some(x) = self.next() { if predicate(x) { return Some(i); } i += 1; }
        None
    }
    fn rposition<P: FnMut(Self::Item) -> bool>(&mut self, mut predicate: P) -> Option<usize> where Self: Sized + ExactSizeIterator + DoubleEndedIterator {
        let mut i = self.size_hint().0;
        while let Some(x) = self.next_back() { i -= 1; if predicate(x) { return Some(i); } }
        None
    }
    fn max(self) -> Option<Self::Item> where Self: Sized, Self::Item: Ord { self.max_by(|a, b| a.cmp(b)) }
    fn min(self) -> Option<Self::Item> where Self: Sized, Self::Item: Ord { self.min_by(|a, b| a.cmp(b)) }
    fn max_by<F: FnMut(&Self::Item, &Self::Item) -> Ordering>(self, mut compare: F) -> Option<Self::Item> where Self: Sized {
        self.reduce(|a, b| if compare(&a, &b) == Ordering::Greater { a } else { b })
    }
    fn min_by<F: FnMut(&Self::Item, &Self::Item) -> Ordering>(self, mut compare: F) -> Option<Self::Item> where Self: Sized {
        self.reduce(|a, b| if compare(&a, &b) == Ordering::Greater { b } else { a })
    }
    fn max_by_key<B: Ord, F: FnMut(&Self::Item) -> B>(self, mut key: F) -> Option<Self::Item> where Self: Sized { self.max_by(|a, b| key(a).cmp(&key(b))) }
    fn min_by_key<B: Ord, F: FnMut(&Self::Item) -> B>(self, mut key: F) -> Option<Self::Item> where Self: Sized { self.min_by(|a, b| key(a).cmp(&key(b))) }
    fn rev(self) -> Rev<Self> where Self: Sized + DoubleEndedIterator { Rev { iter: self } }
    fn unzip<A, B, FromA: Default + Extend<A>, FromB: Default + Extend<B>>(self) -> (FromA, FromB) where Self: Sized + Iterator<Item = (A, B)> {
        let mut left = FromA::default();
        let mut right = FromB::default();
        for (a, b) in self { left.extend(Some(a)); right.extend(Some(b)); }
        (left, right)
    }
    fn copied<'a, T: Copy + 'a>(self) -> Copied<Self> where Self: Sized + Iterator<Item = &'a T> { Copied { iter: self } }
    fn cloned<'a, T: Clone + 'a>(self) -> Cloned<Self> where Self: Sized + Iterator<Item = &'a T> { Cloned { iter: self } }
    fn cycle(self) -> Cycle<Self> where Self: Sized + Clone { Cycle { original: self.clone(), iter: self } }
    fn sum<S: Sum<Self::Item>>(self) -> S where Self: Sized { S::sum(self) }
    fn product<P: Product<Self::Item>>(self) -> P where Self: Sized { P::product(self) }
    fn cmp<I: IntoIterator<Item = Self::Item>>(mut self, other: I) -> Ordering where Self: Sized, Self::Item: Ord {
        let mut others = other.into_iter();
        loop {
            match (self.next(), others.next()) {
                (None, None) => return Ordering::Equal,
                (None, Some(_)) => return Ordering::Less,
                (Some(_), None) => return Ordering::Greater,
                (Some(a), Some(b)) => match a.cmp(&b) { Ordering::Equal => {} unequal => return unequal },
            }
        }
    }
    fn eq<I: IntoIterator>(mut self, other: I) -> bool where Self: Sized, Self::Item: PartialEq<I::Item> {
        let mut others = other.into_iter();
        loop {
            match (self.next(), others.next()) {
                (None, None) => return true,
                (Some(a), Some(b)) => if a != b { return false; },
                _ => return false,
            }
        }
    }
    fn ne<I: IntoIterator>(self, other: I) -> bool where Self: Sized, Self::Item: PartialEq<I::Item> { !self.eq(other) }
    fn is_sorted_by<F: FnMut(&Self::Item, &Self::Item) -> bool>(mut self, mut sorted: F) -> bool where Self: Sized {
        let mut before = match self.next() { Some(x) => x, None => return true };
        while let Some(x) = self.next() { if !sorted(&before, &x) { return false; } before = x; }
        true
    }
    fn is_sorted_by_key<K: PartialOrd, F: FnMut(Self::Item) -> K>(self, key: F) -> bool where Self: Sized { self.map(key).is_sorted() }
    fn is_sorted(mut self) -> bool where Self: Sized, Self::Item: PartialOrd {
        let mut before = match self.next() { Some(x) => x, None => return true };
        while let Some(x) = self.next() { if !(before <= x) { return false; } before = x; }
        true
    }
}
#[lang]
pub trait IntoIterator { type Item; type IntoIter: Iterator<Item = Self::Item>; fn into_iter(self) -> Self::IntoIter; }
impl<I: Iterator> IntoIterator for I { type Item = I::Item; type IntoIter = I; fn into_iter(self) -> I { self } }
impl<'a, I: Iterator + ?Sized> Iterator for &'a mut I {
    type Item = I::Item;
    fn next(&mut self) -> Option<I::Item> { (**self).next() }
    fn size_hint(&self) -> (usize, Option<usize>) { (**self).size_hint() }
}
pub trait DoubleEndedIterator: Iterator {
    fn next_back(&mut self) -> Option<Self::Item>;
    fn nth_back(&mut self, n: usize) -> Option<Self::Item> {
        let mut left = n;
        while left > 0 { self.next_back()?; left -= 1; }
        self.next_back()
    }
    fn rfind<P: FnMut(&Self::Item) -> bool>(&mut self, mut predicate: P) -> Option<Self::Item> where Self: Sized {
        while let Some(x) = self.next_back() { if predicate(&x) { return Some(x); } }
        None
    }
    fn try_rfold<B, F: FnMut(B, Self::Item) -> R, R: Try<Output = B>>(&mut self, init: B, mut f: F) -> R where Self: Sized {
        let mut state = init;
        while let Some(x) = self.next_back() {
            match f(state, x).branch() { Ok(value) => state = value, Err(stop) => return stop }
        }
        R::from_output(state)
    }
    fn rfold<B, F: FnMut(B, Self::Item) -> B>(mut self, init: B, mut f: F) -> B where Self: Sized {
        let mut state = init;
        while let Some(x) = self.next_back() { state = f(state, x); }
        state
    }
}
pub trait ExactSizeIterator: Iterator { fn len(&self) -> usize { self.size_hint().0 } }
pub trait FromIterator<A>: Sized { fn from_iter<I: IntoIterator<Item = A>>(iter: I) -> Self; }
pub trait Extend<A> { fn extend<I: IntoIterator<Item = A>>(&mut self, iter: I); }
pub trait FusedIterator: Iterator {}

pub trait Sum<A = Self>: Sized { fn sum<I: Iterator<Item = A>>(iter: I) -> Self; }
pub trait Product<A = Self>: Sized { fn product<I: Iterator<Item = A>>(iter: I) -> Self; }
macro_rules! sums {
    ($($t:ty, $zero:expr, $one:expr;)*) => { $(
        impl Sum for $t { #[track_caller] fn sum<I: Iterator<Item = $t>>(iter: I) -> $t { let mut total = $zero; for x in iter { total += x; } total } }
        impl<'a> Sum<&'a $t> for $t { #[track_caller] fn sum<I: Iterator<Item = &'a $t>>(iter: I) -> $t { let mut total = $zero; for x in iter { total += *x; } total } }
        impl Product for $t { #[track_caller] fn product<I: Iterator<Item = $t>>(iter: I) -> $t { let mut total = $one; for x in iter { total *= x; } total } }
        impl<'a> Product<&'a $t> for $t { #[track_caller] fn product<I: Iterator<Item = &'a $t>>(iter: I) -> $t { let mut total = $one; for x in iter { total *= *x; } total } }
    )* }
}
sums! { i8, 0, 1; i16, 0, 1; i32, 0, 1; i64, 0, 1; i128, 0, 1; isize, 0, 1; u8, 0, 1; u16, 0, 1; u32, 0, 1; u64, 0, 1; u128, 0, 1; usize, 0, 1; f32, -0.0, 1.0; f64, -0.0, 1.0; }

impl<A, E, V: FromIterator<A>> FromIterator<Result<A, E>> for Result<V, E> {
    fn from_iter<I: IntoIterator<Item = Result<A, E>>>(iter: I) -> Result<V, E> {
        let mut error = None;
        let made = V::from_iter(Shunt { iter: iter.into_iter(), error: &mut error });
        match error { Some(e) => Err(e), None => Ok(made) }
    }
}
struct Shunt<'a, I, E> { iter: I, error: &'a mut Option<E> }
impl<'a, A, E, I: Iterator<Item = Result<A, E>>> Iterator for Shunt<'a, I, E> {
    type Item = A;
    fn next(&mut self) -> Option<A> {
        match self.iter.next() {
            Some(Ok(x)) => Some(x),
            Some(Err(e)) => { *self.error = Some(e); None }
            None => None,
        }
    }
}
impl<A, V: FromIterator<A>> FromIterator<Option<A>> for Option<V> {
    fn from_iter<I: IntoIterator<Item = Option<A>>>(iter: I) -> Option<V> {
        let mut missing = false;
        let made = V::from_iter(OptionShunt { iter: iter.into_iter(), missing: &mut missing });
        if missing { None } else { Some(made) }
    }
}
struct OptionShunt<'a, I> { iter: I, missing: &'a mut bool }
impl<'a, A, I: Iterator<Item = Option<A>>> Iterator for OptionShunt<'a, I> {
    type Item = A;
    fn next(&mut self) -> Option<A> {
        match self.iter.next() {
            Some(Some(x)) => Some(x),
            Some(None) => { *self.missing = true; None }
            None => None,
        }
    }
}
impl<T, E, U: Sum<T>> Sum<Result<T, E>> for Result<U, E> {
    fn sum<I: Iterator<Item = Result<T, E>>>(iter: I) -> Result<U, E> {
        let mut error = None;
        let made = U::sum(Shunt { iter, error: &mut error });
        match error { Some(e) => Err(e), None => Ok(made) }
    }
}
impl<T, U: Sum<T>> Sum<Option<T>> for Option<U> {
    fn sum<I: Iterator<Item = Option<T>>>(iter: I) -> Option<U> {
        let mut missing = false;
        let made = U::sum(OptionShunt { iter, missing: &mut missing });
        if missing { None } else { Some(made) }
    }
}
impl FromIterator<()> for () { fn from_iter<I: IntoIterator<Item = ()>>(iter: I) -> () { for _ in iter {} } }

#[derive(Clone)] pub struct Map<I, F> { iter: I, f: F }
impl<B, I: Iterator, F: FnMut(I::Item) -> B> Iterator for Map<I, F> {
    type Item = B;
    fn next(&mut self) -> Option<B> { match self.iter.next() { Some(x) => Some((self.f)(x)), None => None } }
    fn size_hint(&self) -> (usize, Option<usize>) { self.iter.size_hint() }
}
impl<B, I: DoubleEndedIterator, F: FnMut(I::Item) -> B> DoubleEndedIterator for Map<I, F> {
    fn next_back(&mut self) -> Option<B> { match self.iter.next_back() { Some(x) => Some((self.f)(x)), None => None } }
}
impl<B, I: ExactSizeIterator, F: FnMut(I::Item) -> B> ExactSizeIterator for Map<I, F> {}
#[derive(Clone)] pub struct Filter<I, P> { iter: I, predicate: P }
impl<I: Iterator, P: FnMut(&I::Item) -> bool> Iterator for Filter<I, P> {
    type Item = I::Item;
    fn next(&mut self) -> Option<I::Item> { while let Some(x) = self.iter.next() { if (self.predicate)(&x) { return Some(x); } } None }
    fn size_hint(&self) -> (usize, Option<usize>) { (0, self.iter.size_hint().1) }
}
impl<I: DoubleEndedIterator, P: FnMut(&I::Item) -> bool> DoubleEndedIterator for Filter<I, P> {
    fn next_back(&mut self) -> Option<I::Item> { while let Some(x) = self.iter.next_back() { if (self.predicate)(&x) { return Some(x); } } None }
}
#[derive(Clone)] pub struct FilterMap<I, F> { iter: I, f: F }
impl<B, I: Iterator, F: FnMut(I::Item) -> Option<B>> Iterator for FilterMap<I, F> {
    type Item = B;
    fn next(&mut self) -> Option<B> { while let Some(x) = self.iter.next() { if let Some(y) = (self.f)(x) { return Some(y); } } None }
    fn size_hint(&self) -> (usize, Option<usize>) { (0, self.iter.size_hint().1) }
}
impl<B, I: DoubleEndedIterator, F: FnMut(I::Item) -> Option<B>> DoubleEndedIterator for FilterMap<I, F> {
    fn next_back(&mut self) -> Option<B> { while let Some(x) = self.iter.next_back() { if let Some(y) = (self.f)(x) { return Some(y); } } None }
}
#[derive(Clone)] pub struct Enumerate<I> { iter: I, count: usize }
impl<I: Iterator> Iterator for Enumerate<I> {
    type Item = (usize, I::Item);
    fn next(&mut self) -> Option<(usize, I::Item)> {
        let x = self.iter.next()?;
        self.count += 1;
        Some((self.count - 1, x))
    }
    fn size_hint(&self) -> (usize, Option<usize>) { self.iter.size_hint() }
}
impl<I: ExactSizeIterator + DoubleEndedIterator> DoubleEndedIterator for Enumerate<I> {
    fn next_back(&mut self) -> Option<(usize, I::Item)> {
        let x = self.iter.next_back()?;
        Some((self.count + self.iter.size_hint().0, x))
    }
}
impl<I: ExactSizeIterator> ExactSizeIterator for Enumerate<I> {}
#[derive(Clone)] pub struct Rev<I> { iter: I }
impl<I: DoubleEndedIterator> Iterator for Rev<I> {
    type Item = I::Item;
    fn next(&mut self) -> Option<I::Item> { self.iter.next_back() }
    fn size_hint(&self) -> (usize, Option<usize>) { self.iter.size_hint() }
}
impl<I: DoubleEndedIterator> DoubleEndedIterator for Rev<I> { fn next_back(&mut self) -> Option<I::Item> { self.iter.next() } }
impl<I: ExactSizeIterator + DoubleEndedIterator> ExactSizeIterator for Rev<I> {}
#[derive(Clone)] pub struct Copied<I> { iter: I }
impl<'a, T: Copy + 'a, I: Iterator<Item = &'a T>> Iterator for Copied<I> {
    type Item = T;
    fn next(&mut self) -> Option<T> { match self.iter.next() { Some(x) => Some(*x), None => None } }
    fn size_hint(&self) -> (usize, Option<usize>) { self.iter.size_hint() }
}
impl<'a, T: Copy + 'a, I: DoubleEndedIterator<Item = &'a T>> DoubleEndedIterator for Copied<I> {
    fn next_back(&mut self) -> Option<T> { match self.iter.next_back() { Some(x) => Some(*x), None => None } }
}
impl<'a, T: Copy + 'a, I: ExactSizeIterator<Item = &'a T>> ExactSizeIterator for Copied<I> {}
#[derive(Clone)] pub struct Cloned<I> { iter: I }
impl<'a, T: Clone + 'a, I: Iterator<Item = &'a T>> Iterator for Cloned<I> {
    type Item = T;
    fn next(&mut self) -> Option<T> { match self.iter.next() { Some(x) => Some(x.clone()), None => None } }
    fn size_hint(&self) -> (usize, Option<usize>) { self.iter.size_hint() }
}
impl<'a, T: Clone + 'a, I: DoubleEndedIterator<Item = &'a T>> DoubleEndedIterator for Cloned<I> {
    fn next_back(&mut self) -> Option<T> { match self.iter.next_back() { Some(x) => Some(x.clone()), None => None } }
}
#[derive(Clone)] pub struct Chain<A, B> { a: Option<A>, b: Option<B> }
impl<A: Iterator, B: Iterator<Item = A::Item>> Iterator for Chain<A, B> {
    type Item = A::Item;
    fn next(&mut self) -> Option<A::Item> {
        if let Some(a) = &mut self.a {
            if let Some(x) = a.next() { return Some(x); }
            self.a = None;
        }
        match &mut self.b { Some(b) => b.next(), None => None }
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        let (low, high) = match &self.a { Some(a) => a.size_hint(), None => (0, Some(0)) };
        let (more, most) = match &self.b { Some(b) => b.size_hint(), None => (0, Some(0)) };
        (low.saturating_add(more), match (high, most) { (Some(a), Some(b)) => a.checked_add(b), _ => None })
    }
}
impl<A: DoubleEndedIterator, B: DoubleEndedIterator<Item = A::Item>> DoubleEndedIterator for Chain<A, B> {
    fn next_back(&mut self) -> Option<A::Item> {
        if let Some(b) = &mut self.b {
            if let Some(x) = b.next_back() { return Some(x); }
            self.b = None;
        }
        match &mut self.a { Some(a) => a.next_back(), None => None }
    }
}
#[derive(Clone)] pub struct Zip<A, B> { a: A, b: B }
impl<A: Iterator, B: Iterator> Iterator for Zip<A, B> {
    type Item = (A::Item, B::Item);
    fn next(&mut self) -> Option<(A::Item, B::Item)> {
        let a = self.a.next()?;
        let b = self.b.next()?;
        Some((a, b))
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        let (a, most) = self.a.size_hint();
        let (b, other) = self.b.size_hint();
        let high = match (most, other) { (Some(x), Some(y)) => Some(if x < y { x } else { y }), (Some(x), None) => Some(x), (None, y) => y };
        (if a < b { a } else { b }, high)
    }
}
impl<A: ExactSizeIterator + DoubleEndedIterator, B: ExactSizeIterator + DoubleEndedIterator> DoubleEndedIterator for Zip<A, B> {
    fn next_back(&mut self) -> Option<(A::Item, B::Item)> {
        while self.a.size_hint().0 > self.b.size_hint().0 { self.a.next_back(); }
        while self.b.size_hint().0 > self.a.size_hint().0 { self.b.next_back(); }
        let a = self.a.next_back()?;
        let b = self.b.next_back()?;
        Some((a, b))
    }
}
impl<A: ExactSizeIterator, B: ExactSizeIterator> ExactSizeIterator for Zip<A, B> {}
pub struct Peekable<I: Iterator> { iter: I, peeked: Option<Option<I::Item>> }
impl<I: Iterator + Clone> Clone for Peekable<I> where I::Item: Clone {
    fn clone(&self) -> Peekable<I> { Peekable { iter: self.iter.clone(), peeked: self.peeked.clone() } }
}
impl<I: Iterator> Peekable<I> {
    pub fn peek(&mut self) -> Option<&I::Item> {
        if self.peeked.is_none() { self.peeked = Some(self.iter.next()); }
        match &self.peeked { Some(Some(x)) => Some(x), _ => None }
    }
    pub fn peek_mut(&mut self) -> Option<&mut I::Item> {
        if self.peeked.is_none() { self.peeked = Some(self.iter.next()); }
        match &mut self.peeked { Some(Some(x)) => Some(x), _ => None }
    }
    pub fn next_if<F: FnOnce(&I::Item) -> bool>(&mut self, f: F) -> Option<I::Item> {
        match self.next() {
            Some(x) => if f(&x) { Some(x) } else { self.peeked = Some(Some(x)); None },
            None => { self.peeked = Some(None); None }
        }
    }
    pub fn next_if_eq(&mut self, expected: &I::Item) -> Option<I::Item> where I::Item: PartialEq { self.next_if(|x| *x == *expected) }
}
impl<I: Iterator> Iterator for Peekable<I> {
    type Item = I::Item;
    fn next(&mut self) -> Option<I::Item> { match self.peeked.take() { Some(x) => x, None => self.iter.next() } }
    fn size_hint(&self) -> (usize, Option<usize>) {
        let (low, high) = self.iter.size_hint();
        match &self.peeked {
            None => (low, high),
            Some(None) => (0, Some(0)),
            Some(Some(_)) => (low.saturating_add(1), match high { Some(n) => n.checked_add(1), None => None }),
        }
    }
}
#[derive(Clone)] pub struct Skip<I> { iter: I, n: usize }
impl<I: Iterator> Iterator for Skip<I> {
    type Item = I::Item;
    fn next(&mut self) -> Option<I::Item> {
        if self.n > 0 {
            let n = self.n;
            self.n = 0;
            return self.iter.nth(n);
        }
        self.iter.next()
    }
    fn size_hint(&self) -> (usize, Option<usize>) { let (low, high) = self.iter.size_hint(); (low.saturating_sub(self.n), match high { Some(n) => Some(n.saturating_sub(self.n)), None => None }) }
}
impl<I: DoubleEndedIterator + ExactSizeIterator> DoubleEndedIterator for Skip<I> {
    fn next_back(&mut self) -> Option<I::Item> { if self.iter.size_hint().0 > self.n { self.iter.next_back() } else { None } }
}
impl<I: ExactSizeIterator> ExactSizeIterator for Skip<I> {}
#[derive(Clone)] pub struct Take<I> { iter: I, n: usize }
impl<I: Iterator> Iterator for Take<I> {
    type Item = I::Item;
    fn next(&mut self) -> Option<I::Item> {
        if self.n == 0 { return None; }
        self.n -= 1;
        self.iter.next()
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        let (low, high) = self.iter.size_hint();
        (if low < self.n { low } else { self.n }, match high { Some(n) if n < self.n => Some(n), _ => Some(self.n) })
    }
}
impl<I: DoubleEndedIterator + ExactSizeIterator> DoubleEndedIterator for Take<I> {
    fn next_back(&mut self) -> Option<I::Item> {
        if self.n == 0 { return None; }
        while self.iter.size_hint().0 > self.n { self.iter.next_back(); }
        self.n -= 1;
        self.iter.next_back()
    }
}
impl<I: ExactSizeIterator> ExactSizeIterator for Take<I> {}
#[derive(Clone)] pub struct SkipWhile<I, P> { iter: I, done: bool, predicate: P }
impl<I: Iterator, P: FnMut(&I::Item) -> bool> Iterator for SkipWhile<I, P> {
    type Item = I::Item;
    fn next(&mut self) -> Option<I::Item> {
        loop {
            let x = self.iter.next()?;
            if self.done || !(self.predicate)(&x) { self.done = true; return Some(x); }
        }
    }
    fn size_hint(&self) -> (usize, Option<usize>) { (0, self.iter.size_hint().1) }
}
#[derive(Clone)] pub struct TakeWhile<I, P> { iter: I, done: bool, predicate: P }
impl<I: Iterator, P: FnMut(&I::Item) -> bool> Iterator for TakeWhile<I, P> {
    type Item = I::Item;
    fn next(&mut self) -> Option<I::Item> {
        if self.done { return None; }
        let x = self.iter.next()?;
        if (self.predicate)(&x) { Some(x) } else { self.done = true; None }
    }
    fn size_hint(&self) -> (usize, Option<usize>) { (0, if self.done { Some(0) } else { self.iter.size_hint().1 }) }
}
#[derive(Clone)] pub struct MapWhile<I, P> { iter: I, predicate: P }
impl<B, I: Iterator, P: FnMut(I::Item) -> Option<B>> Iterator for MapWhile<I, P> {
    type Item = B;
    fn next(&mut self) -> Option<B> { let x = self.iter.next()?; (self.predicate)(x) }
    fn size_hint(&self) -> (usize, Option<usize>) { (0, self.iter.size_hint().1) }
}
#[derive(Clone)] pub struct StepBy<I> { iter: I, step: usize, first: bool }
impl<I: Iterator> Iterator for StepBy<I> {
    type Item = I::Item;
    fn next(&mut self) -> Option<I::Item> {
        if self.first { self.first = false; self.iter.next() } else { self.iter.nth(self.step - 1) }
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        let (low, high) = self.iter.size_hint();
        (self.steps(low), match high { Some(n) => Some(self.steps(n)), None => None })
    }
}
impl<I> StepBy<I> {
    /// How many items `n` of the inner iterator give.
    fn steps(&self, n: usize) -> usize { if self.first && n > 0 { 1 + (n - 1) / self.step } else { n / self.step } }
}
impl<I: DoubleEndedIterator + ExactSizeIterator> DoubleEndedIterator for StepBy<I> {
    fn next_back(&mut self) -> Option<I::Item> {
        let n = self.iter.size_hint().0;
        if self.first {
            if n == 0 { return None; }
            self.iter.nth_back((n - 1) % self.step)
        } else {
            if n < self.step { return None; }
            self.iter.nth_back(n % self.step)
        }
    }
}
#[derive(Clone)] pub struct Scan<I, S, F> { iter: I, state: S, f: F }
impl<B, S, I: Iterator, F: FnMut(&mut S, I::Item) -> Option<B>> Iterator for Scan<I, S, F> {
    type Item = B;
    fn next(&mut self) -> Option<B> { let x = self.iter.next()?; (self.f)(&mut self.state, x) }
    fn size_hint(&self) -> (usize, Option<usize>) { (0, self.iter.size_hint().1) }
}
pub struct FlatMap<I, U: IntoIterator, F> { iter: I, f: F, front: Option<U::IntoIter>, back: Option<U::IntoIter> }
impl<I: Iterator, U: IntoIterator, F: FnMut(I::Item) -> U> Iterator for FlatMap<I, U, F> {
    type Item = U::Item;
    fn next(&mut self) -> Option<U::Item> {
        loop {
            if let Some(inner) = &mut self.front {
                if let Some(x) = inner.next() { return Some(x); }
                self.front = None;
            }
            match self.iter.next() {
                Some(x) => self.front = Some((self.f)(x).into_iter()),
                None => return match &mut self.back { Some(inner) => inner.next(), None => None },
            }
        }
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        let (low, high) = match &self.front { Some(inner) => inner.size_hint(), None => (0, Some(0)) };
        let (more, most) = match &self.back { Some(inner) => inner.size_hint(), None => (0, Some(0)) };
        let none_left = match self.iter.size_hint() { (0, Some(0)) => true, _ => false };
        (low.saturating_add(more), match (high, most) { (Some(a), Some(b)) if none_left => a.checked_add(b), _ => None })
    }
}
impl<I: DoubleEndedIterator, U: IntoIterator, F: FnMut(I::Item) -> U> DoubleEndedIterator for FlatMap<I, U, F> where U::IntoIter: DoubleEndedIterator {
    fn next_back(&mut self) -> Option<U::Item> {
        loop {
            if let Some(inner) = &mut self.back {
                if let Some(x) = inner.next_back() { return Some(x); }
                self.back = None;
            }
            match self.iter.next_back() {
                Some(x) => self.back = Some((self.f)(x).into_iter()),
                None => return match &mut self.front { Some(inner) => inner.next_back(), None => None },
            }
        }
    }
}
pub struct Flatten<I: Iterator> where I::Item: IntoIterator { iter: I, front: Option<<I::Item as IntoIterator>::IntoIter>, back: Option<<I::Item as IntoIterator>::IntoIter> }
impl<I: Iterator> Iterator for Flatten<I> where I::Item: IntoIterator {
    type Item = <I::Item as IntoIterator>::Item;
    fn next(&mut self) -> Option<<I::Item as IntoIterator>::Item> {
        loop {
            if let Some(inner) = &mut self.front {
                if let Some(x) = inner.next() { return Some(x); }
                self.front = None;
            }
            match self.iter.next() {
                Some(x) => self.front = Some(x.into_iter()),
                None => return match &mut self.back { Some(inner) => inner.next(), None => None },
            }
        }
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        let (low, high) = match &self.front { Some(inner) => inner.size_hint(), None => (0, Some(0)) };
        let (more, most) = match &self.back { Some(inner) => inner.size_hint(), None => (0, Some(0)) };
        let none_left = match self.iter.size_hint() { (0, Some(0)) => true, _ => false };
        (low.saturating_add(more), match (high, most) { (Some(a), Some(b)) if none_left => a.checked_add(b), _ => None })
    }
}
impl<I: DoubleEndedIterator> DoubleEndedIterator for Flatten<I> where I::Item: IntoIterator, <I::Item as IntoIterator>::IntoIter: DoubleEndedIterator {
    fn next_back(&mut self) -> Option<<I::Item as IntoIterator>::Item> {
        loop {
            if let Some(inner) = &mut self.back {
                if let Some(x) = inner.next_back() { return Some(x); }
                self.back = None;
            }
            match self.iter.next_back() {
                Some(x) => self.back = Some(x.into_iter()),
                None => return match &mut self.front { Some(inner) => inner.next_back(), None => None },
            }
        }
    }
}
#[derive(Clone)] pub struct Fuse<I> { iter: Option<I> }
impl<I: Iterator> Iterator for Fuse<I> {
    type Item = I::Item;
    fn next(&mut self) -> Option<I::Item> {
        let found = match &mut self.iter { Some(iter) => iter.next(), None => None };
        if found.is_none() { self.iter = None; }
        found
    }
    fn size_hint(&self) -> (usize, Option<usize>) { match &self.iter { Some(iter) => iter.size_hint(), None => (0, Some(0)) } }
}
#[derive(Clone)] pub struct Inspect<I, F> { iter: I, f: F }
impl<I: Iterator, F: FnMut(&I::Item)> Iterator for Inspect<I, F> {
    type Item = I::Item;
    fn next(&mut self) -> Option<I::Item> { let x = self.iter.next()?; (self.f)(&x); Some(x) }
    fn size_hint(&self) -> (usize, Option<usize>) { self.iter.size_hint() }
}
#[derive(Clone)] pub struct Cycle<I> { original: I, iter: I }
impl<I: Iterator + Clone> Iterator for Cycle<I> {
    type Item = I::Item;
    fn next(&mut self) -> Option<I::Item> {
        match self.iter.next() { None => { self.iter = self.original.clone(); self.iter.next() } found => found }
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        match self.original.size_hint() { (0, Some(0)) => (0, Some(0)), (0, _) => (0, None), _ => (usize::MAX, None) }
    }
}

/// What a collection gave up, which it is lent for until that is dropped.
pub struct Drained<'a, I> { taken: I }
pub(crate) fn drained<'a, T: ?Sized, I>(_from: &'a mut T, taken: I) -> Drained<'a, I> { Drained { taken } }
impl<'a, I: Iterator> Iterator for Drained<'a, I> {
    type Item = I::Item;
    fn next(&mut self) -> Option<I::Item> { self.taken.next() }
    fn size_hint(&self) -> (usize, Option<usize>) { self.taken.size_hint() }
}
impl<'a, I: DoubleEndedIterator> DoubleEndedIterator for Drained<'a, I> { fn next_back(&mut self) -> Option<I::Item> { self.taken.next_back() } }
impl<'a, I: ExactSizeIterator> ExactSizeIterator for Drained<'a, I> {}

#[derive(Clone)] pub struct Once<T> { value: Option<T> }
pub fn once<T>(value: T) -> Once<T> { Once { value: Some(value) } }
impl<T> Iterator for Once<T> {
    type Item = T;
    fn next(&mut self) -> Option<T> { self.value.take() }
    fn size_hint(&self) -> (usize, Option<usize>) { let count = self.value.is_some() as usize; (count, Some(count)) }
}
impl<T> DoubleEndedIterator for Once<T> { fn next_back(&mut self) -> Option<T> { self.value.take() } }
#[derive(Clone)] pub struct Repeat<T> { value: T }
pub fn repeat<T: Clone>(value: T) -> Repeat<T> { Repeat { value } }
impl<T: Clone> Iterator for Repeat<T> {
    type Item = T;
    fn next(&mut self) -> Option<T> { Some(self.value.clone()) }
    fn size_hint(&self) -> (usize, Option<usize>) { (usize::MAX, None) }
}
pub struct RepeatWith<F> { f: F }
pub fn repeat_with<T, F: FnMut() -> T>(f: F) -> RepeatWith<F> { RepeatWith { f } }
impl<T, F: FnMut() -> T> Iterator for RepeatWith<F> { type Item = T; fn next(&mut self) -> Option<T> { Some((self.f)()) } fn size_hint(&self) -> (usize, Option<usize>) { (usize::MAX, None) } }
pub struct Empty<T> { nothing: Option<T> }
pub const fn empty<T>() -> Empty<T> { Empty { nothing: None } }
impl<T> Iterator for Empty<T> { type Item = T; fn next(&mut self) -> Option<T> { None } fn size_hint(&self) -> (usize, Option<usize>) { (0, Some(0)) } }
pub struct FromFn<F> { f: F }
pub fn from_fn<T, F: FnMut() -> Option<T>>(f: F) -> FromFn<F> { FromFn { f } }
impl<T, F: FnMut() -> Option<T>> Iterator for FromFn<F> { type Item = T; fn next(&mut self) -> Option<T> { (self.f)() } }
pub struct Successors<T, F> { next: Option<T>, f: F }
pub fn successors<T, F: FnMut(&T) -> Option<T>>(first: Option<T>, f: F) -> Successors<T, F> { Successors { next: first, f } }
impl<T, F: FnMut(&T) -> Option<T>> Iterator for Successors<T, F> {
    type Item = T;
    fn next(&mut self) -> Option<T> {
        let value = self.next.take()?;
        self.next = (self.f)(&value);
        Some(value)
    }
}
pub fn zip<A: IntoIterator, B: IntoIterator>(a: A, b: B) -> Zip<A::IntoIter, B::IntoIter> { Zip { a: a.into_iter(), b: b.into_iter() } }
pub struct RepeatN<T> { value: Option<T>, left: usize }
pub fn repeat_n<T: Clone>(value: T, count: usize) -> RepeatN<T> { RepeatN { value: if count == 0 { None } else { Some(value) }, left: count } }
impl<T: Clone> Iterator for RepeatN<T> {
    type Item = T;
    fn next(&mut self) -> Option<T> {
        if self.left < 2 { self.left = 0; return self.value.take(); }
        self.left -= 1;
        self.value.clone()
    }
    fn size_hint(&self) -> (usize, Option<usize>) { (self.left, Some(self.left)) }
}
impl<T: Clone> DoubleEndedIterator for RepeatN<T> { fn next_back(&mut self) -> Option<T> { self.next() } }
impl<T: Clone> ExactSizeIterator for RepeatN<T> {}
#[derive(Clone)] pub struct OnceWith<F> { make: Option<F> }
pub fn once_with<T, F: FnOnce() -> T>(make: F) -> OnceWith<F> { OnceWith { make: Some(make) } }
impl<T, F: FnOnce() -> T> Iterator for OnceWith<F> {
    type Item = T;
    fn next(&mut self) -> Option<T> { match self.make.take() { Some(make) => Some(make()), None => None } }
}
pub fn chain<A: IntoIterator, B: IntoIterator<Item = A::Item>>(a: A, b: B) -> Chain<A::IntoIter, B::IntoIter> { Chain { a: Some(a.into_iter()), b: Some(b.into_iter()) } }
impl<T, E, U: Product<T>> Product<Result<T, E>> for Result<U, E> {
    fn product<I: Iterator<Item = Result<T, E>>>(iter: I) -> Result<U, E> {
        let mut error = None;
        let made = U::product(Shunt { iter, error: &mut error });
        match error { Some(e) => Err(e), None => Ok(made) }
    }
}
impl<T, U: Product<T>> Product<Option<T>> for Option<U> {
    fn product<I: Iterator<Item = Option<T>>>(iter: I) -> Option<U> {
        let mut missing = false;
        let made = U::product(OptionShunt { iter, missing: &mut missing });
        if missing { None } else { Some(made) }
    }
}
impl<A, B, FromA: Extend<A>, FromB: Extend<B>> Extend<(A, B)> for (FromA, FromB) {
    fn extend<I: IntoIterator<Item = (A, B)>>(&mut self, iter: I) {
        for (a, b) in iter { self.0.extend(Some(a)); self.1.extend(Some(b)); }
    }
}
impl<A, B, FromA: Default + Extend<A>, FromB: Default + Extend<B>> FromIterator<(A, B)> for (FromA, FromB) {
    fn from_iter<I: IntoIterator<Item = (A, B)>>(iter: I) -> (FromA, FromB) { iter.into_iter().unzip() }
}
impl<'a, T: Clone + 'a, I: ExactSizeIterator<Item = &'a T>> ExactSizeIterator for Cloned<I> {}
impl<I: ExactSizeIterator> ExactSizeIterator for Peekable<I> {}
impl<I: ExactSizeIterator, F: FnMut(&I::Item)> ExactSizeIterator for Inspect<I, F> {}
impl<I: ExactSizeIterator> ExactSizeIterator for StepBy<I> {}
impl<T> ExactSizeIterator for Once<T> {}
impl<I: DoubleEndedIterator, F: FnMut(&I::Item)> DoubleEndedIterator for Inspect<I, F> {
    fn next_back(&mut self) -> Option<I::Item> { let x = self.iter.next_back()?; (self.f)(&x); Some(x) }
}
impl<I: DoubleEndedIterator> DoubleEndedIterator for Peekable<I> {
    fn next_back(&mut self) -> Option<I::Item> {
        match &self.peeked {
            Some(None) => None,
            Some(Some(_)) => match self.iter.next_back() { None => match self.peeked.take() { Some(last) => last, None => None }, found => found },
            None => self.iter.next_back(),
        }
    }
}
