//! std::cell.

use crate::intrinsics::unsafe_mut;
use crate::mem;
use crate::ops::{Deref, DerefMut};

pub struct Cell<T: ?Sized> { value: T }
impl<T> Cell<T> {
    pub const fn new(value: T) -> Cell<T> { Cell { value } }
    pub fn set(&self, value: T) { *unsafe_mut(&self.value) = value; }
    pub const fn replace(&self, value: T) -> T { mem::replace(unsafe_mut(&self.value), value) }
    pub const fn into_inner(self) -> T { self.value }
    pub const fn get_mut(&mut self) -> &mut T { &mut self.value }
    pub const fn get(&self) -> T where T: Copy { self.value }
    pub fn take(&self) -> T where T: Default { mem::replace(unsafe_mut(&self.value), T::default()) }
    pub fn swap(&self, other: &Cell<T>) { mem::swap(unsafe_mut(&self.value), unsafe_mut(&other.value)); }
    pub fn update<F: FnOnce(T) -> T>(&self, f: F) where T: Copy { self.set(f(self.get())); }
}
impl<T: Copy> Clone for Cell<T> { fn clone(&self) -> Cell<T> { Cell::new(self.get()) } }
impl<T: Default> Default for Cell<T> { fn default() -> Cell<T> { Cell::new(T::default()) } }
impl<T: PartialEq + Copy> PartialEq for Cell<T> { fn eq(&self, other: &Cell<T>) -> bool { self.get() == other.get() } }
impl<T: crate::fmt::Debug + Copy> crate::fmt::Debug for Cell<T> {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { f.debug_struct("Cell").field("value", &self.get()).finish() }
}

/// `state` counts shared borrows; -1 is a mutable one.
pub struct RefCell<T: ?Sized> { state: Cell<isize>, value: T }
pub struct BorrowError(());
pub struct BorrowMutError(());
impl<T> RefCell<T> {
    pub const fn new(value: T) -> RefCell<T> { RefCell { state: Cell::new(0), value } }
    pub const fn into_inner(self) -> T { self.value }
    #[track_caller]
    pub fn replace(&self, value: T) -> T { mem::replace(&mut *self.borrow_mut(), value) }
    #[track_caller]
    pub fn replace_with<F: FnOnce(&mut T) -> T>(&self, f: F) -> T {
        let place = &mut *self.borrow_mut();
        let value = f(place);
        mem::replace(place, value)
    }
    #[track_caller]
    pub fn take(&self) -> T where T: Default { self.replace(T::default()) }
    #[track_caller]
    pub fn swap(&self, other: &RefCell<T>) { mem::swap(&mut *self.borrow_mut(), &mut *other.borrow_mut()); }
}
#[track_caller]
fn already_mutable() -> ! { panic!("RefCell already mutably borrowed") }
#[track_caller]
fn already(state: isize) -> ! { if state > 0 { panic!("RefCell already borrowed") } else { already_mutable() } }
impl<T: ?Sized> RefCell<T> {
    #[track_caller]
    pub fn borrow(&self) -> Ref<'_, T> {
        let state = self.state.get();
        if state < 0 { already_mutable(); }
        self.state.set(state + 1);
        Ref { value: &self.value, state: &self.state }
    }
    #[track_caller]
    pub fn borrow_mut(&self) -> RefMut<'_, T> {
        if self.state.get() != 0 { already(self.state.get()); }
        self.state.set(-1);
        RefMut { value: unsafe_mut(&self.value), state: &self.state }
    }
    pub fn try_borrow(&self) -> Result<Ref<'_, T>, BorrowError> {
        if self.state.get() < 0 { return Err(BorrowError(())); }
        self.state.set(self.state.get() + 1);
        Ok(Ref { value: &self.value, state: &self.state })
    }
    pub fn try_borrow_mut(&self) -> Result<RefMut<'_, T>, BorrowMutError> {
        if self.state.get() != 0 { return Err(BorrowMutError(())); }
        self.state.set(-1);
        Ok(RefMut { value: unsafe_mut(&self.value), state: &self.state })
    }
    pub fn get_mut(&mut self) -> &mut T { &mut self.value }
}
impl<T: Clone> Clone for RefCell<T> { #[track_caller] fn clone(&self) -> RefCell<T> { RefCell::new(self.borrow().clone()) } }
impl<T: Default> Default for RefCell<T> { fn default() -> RefCell<T> { RefCell::new(T::default()) } }
impl<T: PartialEq> PartialEq for RefCell<T> { fn eq(&self, other: &RefCell<T>) -> bool { *self.borrow() == *other.borrow() } }
impl<T: crate::fmt::Debug> crate::fmt::Debug for RefCell<T> {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result {
        if self.state.get() < 0 { return f.debug_struct("RefCell").field("value", &Text("<borrowed>")).finish(); }
        f.debug_struct("RefCell").field("value", &self.value).finish()
    }
}
pub struct Ref<'b, T: ?Sized> { value: &'b T, state: &'b Cell<isize> }
impl<'b, T: ?Sized> Ref<'b, T> {
    pub fn clone(orig: &Ref<'b, T>) -> Ref<'b, T> {
        orig.state.set(orig.state.get() + 1);
        Ref { value: orig.value, state: orig.state }
    }
    pub fn filter_map<U: ?Sized, F: FnOnce(&T) -> Option<&U>>(orig: Ref<'b, T>, f: F) -> Result<Ref<'b, U>, Ref<'b, T>> {
        match f(orig.value) {
            Some(value) => { let made = Ref { value, state: orig.state }; mem::forget(orig); Ok(made) }
            None => Err(orig),
        }
    }
    pub fn map_split<U: ?Sized, V: ?Sized, F: FnOnce(&T) -> (&U, &V)>(orig: Ref<'b, T>, f: F) -> (Ref<'b, U>, Ref<'b, V>) {
        let (first, second) = f(orig.value);
        let state = orig.state;
        state.set(state.get() + 1);
        mem::forget(orig);
        (Ref { value: first, state }, Ref { value: second, state })
    }
    pub fn map<U: ?Sized, F: FnOnce(&T) -> &U>(orig: Ref<'b, T>, f: F) -> Ref<'b, U> {
        let made = Ref { value: f(orig.value), state: orig.state };
        mem::forget(orig);
        made
    }
}
impl<'b, T: ?Sized> Deref for Ref<'b, T> { type Target = T; fn deref(&self) -> &T { self.value } }
impl<'b, T: ?Sized> Drop for Ref<'b, T> { fn drop(&mut self) { self.state.set(self.state.get() - 1); } }
impl<'b, T: crate::fmt::Display + ?Sized> crate::fmt::Display for Ref<'b, T> { fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { (**self).fmt(f) } }
impl<'b, T: crate::fmt::Debug + ?Sized> crate::fmt::Debug for Ref<'b, T> { fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { (**self).fmt(f) } }
pub struct RefMut<'b, T: ?Sized> { value: &'b mut T, state: &'b Cell<isize> }
impl<'b, T: ?Sized> Deref for RefMut<'b, T> { type Target = T; fn deref(&self) -> &T { &*self.value } }
impl<'b, T: ?Sized> DerefMut for RefMut<'b, T> { fn deref_mut(&mut self) -> &mut T { &mut *self.value } }
impl<'b, T: ?Sized> Drop for RefMut<'b, T> { fn drop(&mut self) { self.state.set(0); } }
impl<'b, T: crate::fmt::Display + ?Sized> crate::fmt::Display for RefMut<'b, T> { fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { (**self).fmt(f) } }
impl<'b, T: crate::fmt::Debug + ?Sized> crate::fmt::Debug for RefMut<'b, T> { fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { (**self).fmt(f) } }
impl<'b, T: ?Sized> RefMut<'b, T> {
    pub fn map<U: ?Sized, F: FnOnce(&mut T) -> &mut U>(orig: RefMut<'b, T>, f: F) -> RefMut<'b, U> {
        let state = orig.state;
        let value = unsafe_mut(&*orig.value);
        mem::forget(orig);
        RefMut { value: f(value), state }
    }
}
impl<T: Eq> Eq for RefCell<T> {}
impl<T: PartialOrd> PartialOrd for RefCell<T> { fn partial_cmp(&self, other: &RefCell<T>) -> Option<crate::cmp::Ordering> { (*self.borrow()).partial_cmp(&*other.borrow()) } }
impl<T: Ord> Ord for RefCell<T> { fn cmp(&self, other: &RefCell<T>) -> crate::cmp::Ordering { (*self.borrow()).cmp(&*other.borrow()) } }
impl<T> From<T> for RefCell<T> { fn from(value: T) -> RefCell<T> { RefCell::new(value) } }
impl<T: Eq + Copy> Eq for Cell<T> {}
impl<T: PartialOrd + Copy> PartialOrd for Cell<T> { fn partial_cmp(&self, other: &Cell<T>) -> Option<crate::cmp::Ordering> { self.get().partial_cmp(&other.get()) } }
impl<T> From<T> for Cell<T> { fn from(value: T) -> Cell<T> { Cell::new(value) } }
struct Text(&'static str);
impl crate::fmt::Debug for Text { fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { f.write_str(self.0) } }
macro_rules! error {
    ($name:ident $debug:literal $display:literal) => {
        impl crate::fmt::Debug for $name { fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { f.write_str($debug) } }
        impl crate::fmt::Display for $name { fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { f.write_str($display) } }
        impl crate::error::Error for $name {}
    }
}
error! { BorrowError "BorrowError" "RefCell already mutably borrowed" }
error! { BorrowMutError "BorrowMutError" "RefCell already borrowed" }

/// A place that is written once.
pub struct OnceCell<T> { value: Option<T> }
impl<T> OnceCell<T> {
    pub const fn new() -> OnceCell<T> { OnceCell { value: None } }
    pub fn get(&self) -> Option<&T> { self.value.as_ref() }
    pub fn set(&self, value: T) -> Result<(), T> {
        if self.value.is_some() { return Err(value); }
        *unsafe_mut(&self.value) = Some(value);
        Ok(())
    }
    pub fn get_or_init<F: FnOnce() -> T>(&self, f: F) -> &T {
        if self.value.is_none() { *unsafe_mut(&self.value) = Some(f()); }
        match &self.value { Some(value) => value, None => unreachable!() }
    }
    pub fn into_inner(self) -> Option<T> { self.value }
    pub fn get_mut(&mut self) -> Option<&mut T> { self.value.as_mut() }
    pub fn take(&mut self) -> Option<T> { self.value.take() }
}
impl<T: Clone> Clone for OnceCell<T> { fn clone(&self) -> OnceCell<T> { OnceCell { value: self.value.clone() } } }
impl<T: PartialEq> PartialEq for OnceCell<T> { fn eq(&self, other: &OnceCell<T>) -> bool { self.value == other.value } }
impl<T: Eq> Eq for OnceCell<T> {}
impl<T> From<T> for OnceCell<T> { fn from(value: T) -> OnceCell<T> { OnceCell { value: Some(value) } } }
impl<T: crate::fmt::Debug> crate::fmt::Debug for OnceCell<T> {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result {
        match &self.value {
            Some(value) => f.debug_tuple("OnceCell").field(value).finish(),
            None => f.debug_tuple("OnceCell").field(&Text("<uninit>")).finish(),
        }
    }
}

/// A value that is made when it is first asked for.
pub struct LazyCell<T, F = fn() -> T> { value: OnceCell<T>, make: Cell<Option<F>> }
impl<T, F: FnOnce() -> T> LazyCell<T, F> {
    pub const fn new(make: F) -> LazyCell<T, F> { LazyCell { value: OnceCell::new(), make: Cell::new(Some(make)) } }
    pub fn force(this: &LazyCell<T, F>) -> &T {
        this.value.get_or_init(|| match this.make.take() { Some(make) => make(), None => panic!("LazyCell instance has previously been poisoned") })
    }
}
impl<T, F: FnOnce() -> T> Deref for LazyCell<T, F> { type Target = T; fn deref(&self) -> &T { LazyCell::force(self) } }
impl<T: Default> Default for LazyCell<T> { fn default() -> LazyCell<T> { LazyCell::new(T::default) } }
impl<T: crate::fmt::Debug, F> crate::fmt::Debug for LazyCell<T, F> {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result {
        match self.value.get() {
            Some(value) => f.debug_tuple("LazyCell").field(value).finish(),
            None => f.debug_tuple("LazyCell").field(&Text("<uninit>")).finish(),
        }
    }
}
impl<T> Default for OnceCell<T> { fn default() -> OnceCell<T> { OnceCell::new() } }
