//! Integer methods at the ends of their ranges.
macro_rules! ints { ($($t:ident)*) => { $( for a in [$t::MIN, $t::MIN + 1, 0, 1, 2, 7, 100, $t::MAX - 1, $t::MAX] {
    println!("{} {:?} {:?} {:?} {:?}", a, a.checked_ilog2(), a.checked_ilog10(), a.checked_ilog(3), a.checked_ilog(1));
    println!("{} {} {} {} {} {}", a.to_be(), a.to_le(), $t::from_be(a), $t::from_le(a), a.unbounded_shl(3), a.unbounded_shr(200));
    for b in [$t::MIN, 0, 1, 3, $t::MAX] {
        println!("{} {:?} {:?}", a.midpoint(b), a.checked_div_euclid(b), a.checked_rem_euclid(b));
        if b != 0 { println!("{} {} {} {:?} {:?} {:?} {:?}", a.saturating_div(b), a.wrapping_div_euclid(b), a.wrapping_rem_euclid(b), a.overflowing_div(b), a.overflowing_rem(b), a.overflowing_div_euclid(b), a.overflowing_rem_euclid(b)); }
    }
    println!("{:?} {:?} {:?} {:?}", a.overflowing_shl(9), a.overflowing_shr(130), a.overflowing_pow(2), a.overflowing_pow(0));
    println!("{} {} {:?}", $t::min_value(), $t::max_value(), $t::from_ne_bytes(a.to_ne_bytes()));
} )* } }
macro_rules! signed { ($($t:ident $u:ident)*) => { $( for a in [$t::MIN, -1, 0, 1, 5, $t::MAX] { println!("{:?} {:?}", a.checked_isqrt(), a.overflowing_abs());
    println!("{} {}", a.midpoint(-1), a.midpoint(-4));
    for b in [0, 1, 200, $u::MAX] { println!("{:?} {:?} {} {} {:?} {:?} {}", a.checked_add_unsigned(b), a.checked_sub_unsigned(b), a.saturating_add_unsigned(b), a.saturating_sub_unsigned(b), a.overflowing_add_unsigned(b), a.overflowing_sub_unsigned(b), a.wrapping_sub_unsigned(b)); } } )* } }
macro_rules! unsigned { ($($t:ident $s:ident)*) => { $( for a in [0, 1, 5, 200, $t::MAX] { println!("{:?} {:?} {} {} {}", a.checked_next_multiple_of(7), a.checked_next_multiple_of(0), a.is_multiple_of(5), a.is_multiple_of(0), a.cast_signed());
    for b in [$s::MIN, -1, 0, 1, $s::MAX] { println!("{:?} {} {} {} {:?} {:?} {:?}", a.checked_sub_signed(b), a.saturating_add_signed(b), a.saturating_sub_signed(b), a.wrapping_sub_signed(b), a.overflowing_add_signed(b), a.overflowing_sub_signed(b), a.checked_add_signed(b)); }
    for b in [0, 1, 100, $t::MAX] { println!("{:?}", a.checked_signed_diff(b)); } } )* } }
fn main() { ints! { i8 u8 i16 u32 i32 u64 i64 i128 u128 } signed! { i8 u8 i32 u32 i64 u64 i128 u128 } unsigned! { u8 i8 u32 i32 u64 i64 u128 i128 }
    println!("{} {} {}", 1000u32.ilog(10), 8i64.ilog2(), 99u8.ilog10()); }
