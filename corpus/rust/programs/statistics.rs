struct Random {
    state: u64,
}

impl Random {
    fn next(&mut self) -> u32 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 32) as u32
    }

    fn below(&mut self, limit: u32) -> u32 {
        self.next() % limit
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let j = self.below(i as u32 + 1) as usize;
            items.swap(i, j);
        }
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() { None } else { Some(values.iter().sum::<f64>() / values.len() as f64) }
}

fn median(values: &mut Vec<f64>) -> Option<f64> {
    values.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]) / 2.0),
    }
}

fn main() {
    let mut random = Random { state: 88_172_645_463_325_252 };
    let mut dice = [0u32; 6];
    for _ in 0..6000 {
        dice[random.below(6) as usize] += 1;
    }
    println!("{:?} {}", dice, dice.iter().sum::<u32>());
    let mut values: Vec<f64> = (0..101).map(|_| random.below(1000) as f64 / 10.0).collect();
    println!("{:.3?} {:?}", mean(&values), median(&mut values));
    println!("{:?} {:?}", mean(&[]), median(&mut vec![1.0, 4.0]));
    let mut cards: Vec<u8> = (1..=10).collect();
    random.shuffle(&mut cards);
    println!("{:?}", cards);
}
