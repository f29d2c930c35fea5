//! Operations that have no body: the compiler or the interpreter does them (docs/reference/mir.md).

#[intrinsic] pub fn print_bytes(stream: u32, text: &str);
#[intrinsic] pub fn exit(code: i32) -> !;
#[intrinsic] pub fn discriminant<T>(value: &T) -> isize;
#[intrinsic] pub fn drop_in_place<T: ?Sized>(place: *mut T);
#[intrinsic] pub fn needs_drop<T>() -> bool;
#[intrinsic] pub fn type_name<'a, T: ?Sized>() -> &'a str;

#[intrinsic] pub fn slice_len<T>(slice: &[T]) -> usize;
#[intrinsic] pub fn slice_part<T>(slice: &[T], start: usize, length: usize) -> &[T];
#[intrinsic] pub fn slice_part_mut<T>(slice: &mut [T], start: usize, length: usize) -> &mut [T];
#[intrinsic] pub fn str_len(text: &str) -> usize;
#[intrinsic] pub fn str_bytes(text: &str) -> &[u8];
#[intrinsic] pub fn str_from_bytes(bytes: &[u8]) -> &str;
#[intrinsic] pub fn unsafe_mut<T: ?Sized>(place: &T) -> &mut T;
#[intrinsic] pub fn char_from_u32_unchecked(code: u32) -> char;

#[intrinsic] pub fn wrapping_add<T>(a: T, b: T) -> T;
#[intrinsic] pub fn wrapping_sub<T>(a: T, b: T) -> T;
#[intrinsic] pub fn wrapping_mul<T>(a: T, b: T) -> T;
#[intrinsic] pub fn add_with_overflow<T>(a: T, b: T) -> (T, bool);
#[intrinsic] pub fn sub_with_overflow<T>(a: T, b: T) -> (T, bool);
#[intrinsic] pub fn mul_with_overflow<T>(a: T, b: T) -> (T, bool);
#[intrinsic] pub fn count_ones<T>(value: T) -> u32;
#[intrinsic] pub fn leading_zeros<T>(value: T) -> u32;
#[intrinsic] pub fn trailing_zeros<T>(value: T) -> u32;

#[intrinsic] pub fn float_sqrt<T>(value: T) -> T;
#[intrinsic] pub fn float_floor<T>(value: T) -> T;
#[intrinsic] pub fn float_ceil<T>(value: T) -> T;
#[intrinsic] pub fn float_trunc<T>(value: T) -> T;
#[intrinsic] pub fn float_round_even<T>(value: T) -> T;
#[intrinsic] pub fn float_abs<T>(value: T) -> T;
#[intrinsic] pub fn f64_to_bits(value: f64) -> u64;
#[intrinsic] pub fn f32_to_bits(value: f32) -> u32;
#[intrinsic] pub fn f64_from_bits(bits: u64) -> f64;
#[intrinsic] pub fn f32_from_bits(bits: u32) -> f32;

#[intrinsic] pub fn copy<T>(place: &T) -> T;
