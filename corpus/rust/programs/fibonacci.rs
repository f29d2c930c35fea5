// Fibonacci numbers three ways.
fn recursive(n: u32) -> u64 {
    if n < 2 { n as u64 } else { recursive(n - 1) + recursive(n - 2) }
}

fn iterative(n: u32) -> u64 {
    let (mut a, mut b) = (0u64, 1u64);
    for _ in 0..n {
        let next = a + b;
        a = b;
        b = next;
    }
    a
}

fn memoised(n: usize, memo: &mut Vec<Option<u64>>) -> u64 {
    if let Some(known) = memo[n] {
        return known;
    }
    let value = if n < 2 { n as u64 } else { memoised(n - 1, memo) + memoised(n - 2, memo) };
    memo[n] = Some(value);
    value
}

fn main() {
    for n in 0..20 {
        assert_eq!(recursive(n), iterative(n));
    }
    println!("fib(20) = {}", recursive(20));
    println!("fib(90) = {}", iterative(90));
    let mut memo = vec![None; 91];
    println!("memoised fib(90) = {}", memoised(90, &mut memo));
}
