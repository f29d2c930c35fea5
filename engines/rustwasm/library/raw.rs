//! The two kinds of memory below references: an array of slots that may be empty, and the content of a whole box.

/// A block of `T` slots, each with or without value. Whoever owns it drops the values and frees the block.
#[lang]
pub struct RawArray<T> { slots: *mut T }

#[intrinsic] pub fn raw_array_new<T>(capacity: usize) -> RawArray<T>;
#[intrinsic] pub fn raw_array_read<T>(array: &RawArray<T>, index: usize) -> T;
#[intrinsic] pub fn raw_array_write<T>(array: &RawArray<T>, index: usize, value: T);
#[intrinsic] pub fn raw_array_ref<T>(array: &RawArray<T>, index: usize) -> &T;
#[intrinsic] pub fn raw_array_mut<T>(array: &mut RawArray<T>, index: usize) -> &mut T;
#[intrinsic] pub fn raw_array_slice<T>(array: &RawArray<T>, from: usize, length: usize) -> &[T];
#[intrinsic] pub fn raw_array_slice_mut<T>(array: &mut RawArray<T>, from: usize, length: usize) -> &mut [T];
/// Moves `count` slots; the ranges may overlap.
#[intrinsic] pub fn raw_array_copy<T>(from: &RawArray<T>, at: usize, to: &RawArray<T>, to_at: usize, count: usize);
#[intrinsic] pub fn raw_array_free<T>(array: &RawArray<T>);
#[intrinsic] pub fn array_into_raw<T, const N: usize>(array: [T; N]) -> RawArray<T>;
#[intrinsic] pub fn raw_into_array<T, const N: usize>(array: RawArray<T>) -> [T; N];

/// The elements of a box as the slots that they are, as many as there are elements.
#[intrinsic] pub fn box_into_slots<T>(whole: Box<[T]>) -> RawArray<T>;

#[intrinsic] pub fn box_new<T>(value: T) -> Box<T>;
#[intrinsic] pub fn box_into_raw<T: ?Sized>(whole: Box<T>) -> *mut T;
#[intrinsic] pub fn box_from_raw<T: ?Sized>(pointer: *mut T) -> Box<T>;
#[intrinsic] pub fn raw_read<T>(pointer: *mut T) -> T;
#[intrinsic] pub fn raw_write<T>(pointer: *mut T, value: T);
#[intrinsic] pub fn raw_ref<'a, T: ?Sized>(pointer: *mut T) -> &'a T;
#[intrinsic] pub fn raw_mut<'a, T: ?Sized>(pointer: *mut T) -> &'a mut T;
#[intrinsic] pub fn raw_equal<T: ?Sized>(a: *mut T, b: *mut T) -> bool;
/// Frees the memory of a box whose content is gone.
#[intrinsic] pub fn raw_free<T: ?Sized>(pointer: *mut T);
