fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn lcm(a: u64, b: u64) -> u64 {
    a / gcd(a, b) * b
}

/// Bézout: (g, x, y) with a·x + b·y = g.
fn extended(a: i64, b: i64) -> (i64, i64, i64) {
    if b == 0 {
        return (a, 1, 0);
    }
    let (g, x, y) = extended(b, a % b);
    (g, y, x - a / b * y)
}

fn main() {
    println!("{} {}", gcd(1071, 462), lcm(21, 6));
    let (g, x, y) = extended(240, 46);
    println!("{} = 240*{} + 46*{}", g, x, y);
    assert!(240 * x + 46 * y == g);
    println!("{}", (1..=20u64).fold(1, lcm));
}
