fn factorise(mut n: u64) -> Vec<(u64, u32)> {
    let mut factors = Vec::new();
    let mut divisor = 2;
    while divisor * divisor <= n {
        let mut exponent = 0;
        while n % divisor == 0 {
            n /= divisor;
            exponent += 1;
        }
        if exponent > 0 {
            factors.push((divisor, exponent));
        }
        divisor += 1;
    }
    if n > 1 {
        factors.push((n, 1));
    }
    factors
}

fn main() {
    for n in [2u64, 360, 9973, 1_000_000_007, 600_851_475_143] {
        let mut parts: Vec<String> = Vec::new();
        for (prime, exponent) in factorise(n) {
            parts.push(if exponent == 1 { format!("{}", prime) } else { format!("{}^{}", prime, exponent) });
        }
        println!("{} = {}", n, parts.join(" * "));
    }
}
