//! A type's own `&mut self` goes before a trait's `self` of the reference, where the receiver is that reference.

struct Counter(u8);
impl Iterator for Counter {
    type Item = u8;
    fn next(&mut self) -> Option<u8> {
        self.0 = self.0.checked_sub(1)?;
        Some(self.0)
    }
}
impl Counter {
    fn last(&mut self) -> &'static str {
        "own last"
    }
    fn count(&self) -> &'static str {
        "own count"
    }
    fn by_itself(&mut self) {
        println!("{:?} {:?}", self.last(), self.count());
    }
}
trait Named {
    fn first(self) -> &'static str;
    fn second(&self) -> &'static str;
}
impl Named for &mut Counter {
    fn first(self) -> &'static str {
        "first of the reference"
    }
    fn second(&self) -> &'static str {
        "second of the reference"
    }
}
impl Named for &Counter {
    fn first(self) -> &'static str {
        "first of the shared reference"
    }
    fn second(&self) -> &'static str {
        "second of the shared reference"
    }
}
impl Counter {
    fn first(&mut self) -> &'static str {
        "own first"
    }
    fn second(&self) -> &'static str {
        "own second"
    }
}

fn main() {
    let mut counter = Counter(3);
    counter.by_itself();
    let lent = &mut counter;
    println!("{}", lent.first());
    println!("{}", lent.second());
    println!("{}", (&mut *lent).last());
    let shared = &Counter(1);
    println!("{}", shared.first());
    println!("{}", shared.second());
    println!("{}", shared.count());
    println!("{:?}", Counter(4).last());
}
