struct Countdown(u32);

impl Iterator for Countdown {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        if self.0 == 0 {
            None
        } else {
            self.0 -= 1;
            Some(self.0 + 1)
        }
    }
}

fn evens() -> impl Iterator<Item = u64> {
    (0..).step_by(2)
}

struct Pairs<I: Iterator> {
    inner: I,
}

impl<I: Iterator> Iterator for Pairs<I> {
    type Item = (I::Item, I::Item);
    fn next(&mut self) -> Option<Self::Item> {
        let first = self.inner.next()?;
        let second = self.inner.next()?;
        Some((first, second))
    }
}

fn main() {
    println!("{:?}", Countdown(5).collect::<Vec<_>>());
    println!("{}", Countdown(10).filter(|n| n % 3 == 0).map(|n| n * n).sum::<u32>());
    println!("{:?}", evens().skip(3).take(4).collect::<Vec<_>>());
    println!("{:?}", Pairs { inner: "abcde".chars() }.collect::<Vec<_>>());
    let words = ["apple", "bob", "cat"];
    for (i, (word, n)) in words.iter().zip(Countdown(3)).enumerate() {
        println!("{} {} {}", i, word, n);
    }
    let (short, long): (Vec<&str>, Vec<&str>) = words.iter().partition(|w| w.len() < 4);
    println!("{:?} {:?}", short, long);
    println!("{:?} {:?}", words.iter().position(|w| *w == "bob"), words.iter().max_by_key(|w| w.len()));
    println!("{:?}", (1..=4).fold(String::new(), |acc, n| format!("{}{}", acc, n)));
    println!("{} {}", (1..5).any(|n| n == 3), (1..5).all(|n| n < 3));
    println!("{:?}", (1..4).flat_map(|n| vec![n; n]).collect::<Vec<usize>>());
    println!("{:?}", (1..4).chain(7..9).rev().collect::<Vec<i32>>());
    println!("{:?}", [3, 1, 2].iter().copied().min());
    let mut peek = [1, 1, 2, 3, 3].iter().peekable();
    let mut runs = Vec::new();
    while let Some(value) = peek.next() {
        let mut count = 1;
        while peek.peek() == Some(&value) {
            peek.next();
            count += 1;
        }
        runs.push((*value, count));
    }
    println!("{:?}", runs);
}
