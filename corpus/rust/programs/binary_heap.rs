// A generic priority queue.
struct Heap<T: PartialOrd> {
    items: Vec<T>,
}

impl<T: PartialOrd> Heap<T> {
    fn new() -> Self {
        Heap { items: Vec::new() }
    }

    fn push(&mut self, item: T) {
        self.items.push(item);
        let mut child = self.items.len() - 1;
        while child > 0 {
            let parent = (child - 1) / 2;
            if self.items[parent] <= self.items[child] {
                break;
            }
            self.items.swap(parent, child);
            child = parent;
        }
    }

    fn pop(&mut self) -> Option<T> {
        if self.items.is_empty() {
            return None;
        }
        let last = self.items.len() - 1;
        self.items.swap(0, last);
        let out = self.items.pop();
        let mut parent = 0;
        loop {
            let mut least = parent;
            for child in [2 * parent + 1, 2 * parent + 2] {
                if child < self.items.len() && self.items[child] < self.items[least] {
                    least = child;
                }
            }
            if least == parent {
                return out;
            }
            self.items.swap(parent, least);
            parent = least;
        }
    }

    fn len(&self) -> usize {
        self.items.len()
    }
}

fn main() {
    let mut numbers = Heap::new();
    for n in [5, 3, 9, 1, 7, 3, 8] {
        numbers.push(n);
    }
    let mut sorted = Vec::new();
    while let Some(n) = numbers.pop() {
        sorted.push(n);
    }
    println!("{:?}", sorted);
    let mut tasks = Heap::new();
    tasks.push((2, "write".to_string()));
    tasks.push((1, "think".to_string()));
    tasks.push((3, "ship".to_string()));
    println!("{}", tasks.len());
    while let Some((priority, name)) = tasks.pop() {
        println!("{} {}", priority, name);
    }
}
