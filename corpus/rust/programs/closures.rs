fn compose<A, B, C>(f: impl Fn(A) -> B, g: impl Fn(B) -> C) -> impl Fn(A) -> C {
    move |x| g(f(x))
}

fn adder(n: i32) -> Box<dyn Fn(i32) -> i32> {
    Box::new(move |x| x + n)
}

fn apply<F: FnOnce(String) -> usize>(f: F, text: String) -> usize {
    f(text)
}

fn repeat(times: usize, mut action: impl FnMut(usize)) {
    for i in 0..times {
        action(i);
    }
}

struct Cache<F: Fn(u64) -> u64> {
    function: F,
    known: Vec<(u64, u64)>,
    misses: u32,
}

impl<F: Fn(u64) -> u64> Cache<F> {
    fn get(&mut self, key: u64) -> u64 {
        if let Some(&(_, value)) = self.known.iter().find(|(k, _)| *k == key) {
            return value;
        }
        self.misses += 1;
        let value = (self.function)(key);
        self.known.push((key, value));
        value
    }
}

fn main() {
    let double_then_text = compose(|x: i32| x * 2, |x: i32| format!("<{}>", x));
    println!("{}", double_then_text(21));
    let functions: Vec<Box<dyn Fn(i32) -> i32>> = vec![adder(1), adder(10), Box::new(|x| x * x)];
    println!("{}", functions.iter().fold(3, |value, f| f(value)));
    let prefix = String::from("length of ");
    println!("{}", apply(move |text| prefix.len() + text.len(), "abc".to_string()));
    let mut total = 0;
    repeat(5, |i| total += i);
    println!("{}", total);
    let mut counter = {
        let mut count = 0;
        move || {
            count += 1;
            count
        }
    };
    println!("{} {} {}", counter(), counter(), counter());
    let offset = 100;
    let mut cache = Cache { function: |x| x * x + offset, known: Vec::new(), misses: 0 };
    println!("{} {} {} misses {}", cache.get(3), cache.get(4), cache.get(3), cache.misses);
    let pointer: fn(i32, i32) -> i32 = |a, b| a - b;
    println!("{}", pointer(5, 8));
}
