fn primes_below(limit: usize) -> Vec<usize> {
    let mut composite = vec![false; limit];
    let mut primes = Vec::new();
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
