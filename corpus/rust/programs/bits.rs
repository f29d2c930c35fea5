fn reverse(mut x: u32) -> u32 {
    let mut out = 0;
    for _ in 0..32 {
        out = out << 1 | x & 1;
        x >>= 1;
    }
    out
}

fn gray(n: u8) -> u8 {
    n ^ (n >> 1)
}

fn main() {
    for x in [0u32, 1, 0xdead_beef, u32::MAX] {
        println!("{:#010x} {} {} {} {:#010x}", x, x.count_ones(), x.leading_zeros(), x.trailing_zeros(), reverse(x));
        assert_eq!(reverse(x), x.reverse_bits());
    }
    println!("{:?}", (0..8).map(gray).collect::<Vec<_>>());
    println!("{:08b} {:o} {:X} {:e}", 0b1011u8, 64, 255, 1500.0);
    println!("{} {}", i32::MAX.wrapping_add(1), (-128i8).wrapping_neg());
    println!("{:?} {:?}", 250u8.checked_add(10), 250u8.checked_add(5));
    println!("{} {}", 250u8.saturating_add(10), (-100i8).saturating_sub(100));
    println!("{:?}", 200u8.overflowing_add(100));
    println!("{} {} {}", -7 / 2, -7 % 2, (-7i32).rem_euclid(2));
    println!("{} {} {}", -1i32 as u32, 300i32 as u8, -1i8 as i64);
    println!("{} {} {}", 3.99f64 as i32, -1.0f64 as u8, f64::NAN as i32);
    println!("{} {}", u64::MAX, i128::MIN);
    println!("{}", 1u128 << 100);
    println!("{} {}", 1i32 << 31, -16i32 >> 2);
}
