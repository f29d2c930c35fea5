#[derive(Debug)]
struct Stack<T> {
    items: Vec<T>,
}

impl<T> Stack<T> {
    fn new() -> Self {
        Self { items: Vec::new() }
    }
    fn push(&mut self, item: T) -> &mut Self {
        self.items.push(item);
        self
    }
    fn pop(&mut self) -> Option<T> {
        self.items.pop()
    }
}

/// A queue made of two stacks.
struct Queue<T> {
    incoming: Stack<T>,
    outgoing: Stack<T>,
}

impl<T> Queue<T> {
    fn new() -> Self {
        Queue { incoming: Stack::new(), outgoing: Stack::new() }
    }
    fn enqueue(&mut self, item: T) {
        self.incoming.push(item);
    }
    fn dequeue(&mut self) -> Option<T> {
        if self.outgoing.items.is_empty() {
            while let Some(item) = self.incoming.pop() {
                self.outgoing.push(item);
            }
        }
        self.outgoing.pop()
    }
}

struct Ring<T, const N: usize> {
    slots: [Option<T>; N],
    start: usize,
    length: usize,
}

impl<T: Copy, const N: usize> Ring<T, N> {
    fn new() -> Self {
        Ring { slots: [None; N], start: 0, length: 0 }
    }
    fn push(&mut self, item: T) -> Option<T> {
        let place = (self.start + self.length) % N;
        if self.length == N {
            self.start = (self.start + 1) % N;
            self.slots[place].replace(item)
        } else {
            self.length += 1;
            self.slots[place] = Some(item);
            None
        }
    }
}

fn main() {
    let mut stack = Stack::new();
    stack.push(1).push(2).push(3);
    println!("{:?} {:?}", stack.pop(), stack);
    let mut queue = Queue::new();
    queue.enqueue("a");
    queue.enqueue("b");
    print!("{:?} ", queue.dequeue());
    queue.enqueue("c");
    println!("{:?} {:?} {:?}", queue.dequeue(), queue.dequeue(), queue.dequeue());
    let mut ring: Ring<i32, 3> = Ring::new();
    let dropped: Vec<Option<i32>> = (1..=5).map(|n| ring.push(n)).collect();
    println!("{:?} {:?}", dropped, ring.slots);
}
