// The twin of programs/linked_list.rs: a list of shared nodes.
#![wasm::gc]

struct Node<T> {
    value: T,
    next: Option<Node<T>>,
}

struct List<T> {
    head: Option<Node<T>>,
    length: usize,
}

impl<T> List<T> {
    fn new() -> Self {
        List { head: None, length: 0 }
    }

    fn push(self, value: T) {
        self.head = Some(Node { value, next: self.head });
        self.length += 1;
    }

    fn pop(self) -> Option<T> {
        let node = self.head?;
        self.head = node.next;
        self.length -= 1;
        Some(node.value)
    }

    fn peek(self) -> Option<T> {
        self.head.map(|node| node.value)
    }

    fn reverse(self) {
        let mut previous = None;
        let mut current = self.head;
        while let Some(node) = current {
            current = node.next;
            node.next = previous;
            previous = Some(node);
        }
        self.head = previous;
    }

    fn iter(self) -> Iter<T> {
        Iter { next: self.head }
    }
}

struct Iter<T> {
    next: Option<Node<T>>,
}

impl<T> Iterator for Iter<T> {
    type Item = T;
    fn next(&mut self) -> Option<T> {
        let node = self.next?;
        self.next = node.next;
        Some(node.value)
    }
}

fn main() {
    let list = List::new();
    for n in 1..=5 {
        list.push(n * 10);
    }
    println!("{:?} {}", list.peek(), list.length);
    if let Some(first) = list.head {
        first.value += 1;
    }
    list.reverse();
    println!("{:?}", list.iter().collect::<GcArray<_>>());
    println!("{:?} {:?}", list.pop(), list.pop());
    println!("{}", list.iter().map(|n| n * 2).sum::<i32>());
    let long = List::new();
    for n in 0..20_000 {
        long.push(n);
    }
    println!("{}", long.length);
}
