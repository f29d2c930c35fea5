struct Node<T> {
    value: T,
    next: Option<Box<Node<T>>>,
}

struct List<T> {
    head: Option<Box<Node<T>>>,
    length: usize,
}

impl<T> List<T> {
    fn new() -> Self {
        List { head: None, length: 0 }
    }

    fn push(&mut self, value: T) {
        let next = self.head.take();
        self.head = Some(Box::new(Node { value, next }));
        self.length += 1;
    }

    fn pop(&mut self) -> Option<T> {
        self.head.take().map(|node| {
            self.head = node.next;
            self.length -= 1;
            node.value
        })
    }

    fn peek(&self) -> Option<&T> {
        self.head.as_ref().map(|node| &node.value)
    }

    fn peek_mut(&mut self) -> Option<&mut T> {
        self.head.as_mut().map(|node| &mut node.value)
    }

    fn reverse(&mut self) {
        let mut previous = None;
        let mut current = self.head.take();
        while let Some(mut node) = current {
            current = node.next.take();
            node.next = previous;
            previous = Some(node);
        }
        self.head = previous;
    }

    fn iter(&self) -> Iter<'_, T> {
        Iter { next: self.head.as_deref() }
    }
}

struct Iter<'a, T> {
    next: Option<&'a Node<T>>,
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;
    fn next(&mut self) -> Option<&'a T> {
        self.next.map(|node| {
            self.next = node.next.as_deref();
            &node.value
        })
    }
}

impl<T> Drop for List<T> {
    fn drop(&mut self) {
        let mut current = self.head.take();
        while let Some(mut node) = current {
            current = node.next.take();
        }
    }
}

fn main() {
    let mut list = List::new();
    for n in 1..=5 {
        list.push(n * 10);
    }
    println!("{:?} {}", list.peek(), list.length);
    if let Some(first) = list.peek_mut() {
        *first += 1;
    }
    list.reverse();
    println!("{:?}", list.iter().collect::<Vec<_>>());
    println!("{:?} {:?}", list.pop(), list.pop());
    println!("{}", list.iter().map(|n| n * 2).sum::<i32>());
    let mut long = List::new();
    for n in 0..20_000 {
        long.push(n);
    }
    println!("{}", long.length);
}
