// The twin of programs/sieve.rs.
#[wasm::gc]
fn primes_below(limit: usize) -> GcArray<usize> {
    let composite = GcArray::filled(false, limit);
    let primes = GcArray::new();
    for n in 2..limit {
        if composite[n] {
            continue;
        }
        primes.push(n);
        let mut multiple = n * n;
        while multiple < limit {
            composite[multiple] = true;
            multiple += n;
        }
    }
    primes
}

fn main() {
    let primes = primes_below(10_000);
    println!("{} primes, the last is {}", primes.len(), primes[primes.len() - 1]);
    let sum: usize = primes.iter().sum();
    println!("sum {}", sum);
    let twins = primes.windows(2).filter(|pair| pair[1] - pair[0] == 2).count();
    println!("{} twin pairs", twins);
}
