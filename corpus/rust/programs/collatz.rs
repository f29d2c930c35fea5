fn steps(mut n: u64) -> u32 {
    let mut count = 0;
    while n != 1 {
        n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
        count += 1;
    }
    count
}

fn main() {
    let mut best = (1, 0);
    for n in 1..10_000u64 {
        let count = steps(n);
        if count > best.1 {
            best = (n, count);
        }
    }
    println!("{} takes {} steps", best.0, best.1);
    println!("27 takes {}", steps(27));
}
